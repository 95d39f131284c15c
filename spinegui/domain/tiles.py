"""Going over an image tile by tile, so that no part of it is left out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spinegui.domain.geometry import Box
from spinegui.domain.rectangles import without

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spinegui.domain.annotation import Annotation

Size = tuple[float, float]
ZRange = tuple[int, int] | None

OVERLAP = 0.1
"""Neighbouring tiles share this part of a tile: a spine cut by one's edge is whole in the next."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One piece of an image; row and column count from the upper left."""

    row: int
    column: int
    box: Box


def tile_grid(image: Size, tile: Size, *, overlap: float = OVERLAP) -> tuple[Tile, ...]:
    """Return tiles of that size (width, height in px) that cover the image, in walking order.

    Odd rows run from right to left, so that each tile lies beside the one before. The tiles are
    spread evenly, overlap by at least `overlap` of their size and end at the image's borders; a
    tile larger than the image is cut to it. Raises ValueError for an empty image or tile and for
    an overlap outside 0 to 0.9.
    """
    if min(*image, *tile) <= 0 or not 0 <= overlap <= 0.9:
        raise ValueError(f"No tiles of {tile} with overlap {overlap} cover an image of {image}.")
    columns = _spans(image[0], tile[0], overlap)
    rows = _spans(image[1], tile[1], overlap)
    found = []
    for row, (y0, y1) in enumerate(rows):
        across = list(enumerate(columns))
        for column, (x0, x1) in across if row % 2 == 0 else reversed(across):
            found.append(Tile(row, column, Box(x0, y0, x1, y1)))
    return tuple(found)


def _spans(length: float, tile: float, overlap: float) -> list[tuple[float, float]]:
    tile = max(1.0, float(math.floor(tile)))
    if tile >= length:
        return [(0.0, float(length))]
    step = max(1.0, tile * (1 - overlap))
    n = math.ceil((length - tile) / step) + 1
    # Whole pixels, so that tiles of a row unite to one region without slivers between them.
    starts = [math.floor(i * (length - tile) / (n - 1)) for i in range(n)]
    return [
        (float(start), float(length) if i == n - 1 else start + tile)
        for i, start in enumerate(starts)
    ]


def is_covered(box: Box, boxes: Iterable[Box]) -> bool:
    """Tell whether no part of `box` lies outside `boxes`."""
    near = [part for other in boxes if (part := other.intersection(box)) is not None]
    return box in near or (len(near) > 1 and not without([box], near))


def looked_at(annotation: Annotation, z_range: ZRange) -> tuple[Box, ...]:
    """Return the reviewed boxes that hold all slices of `z_range`; None asks for every slice."""
    return tuple(r.box for r in annotation.regions.values() if _holds(r.z_range, z_range))


def _holds(region: ZRange, asked: ZRange) -> bool:
    if region is None or asked is None:
        return region is None
    return region[0] <= asked[0] and asked[1] <= region[1]
