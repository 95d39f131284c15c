"""Spots in images that are worth a look, and the pictures of them that are cut from the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spinegui.gui.language import tr
from spinegui.imaging.contrast import apply_window, auto_window
from spinegui.imaging.opening import open_image

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.domain.geometry import Box
    from spinegui.gui.background import Task

CONTEXT = 0.8
"""A picture shows the box with this much of its size around it on each side."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A box in an image's file, with a few words below its picture and more in its tooltip."""

    file: Path
    box: Box
    z: float | None = None
    channel: int = 0
    caption: str = ""
    tip: str = ""

    @property
    def slice(self) -> int | None:
        """The slice of best focus, counted from 0, None in 2D."""
        return None if self.z is None else round(self.z)


@dataclass(frozen=True, eq=False)
class Picture:
    """What is around a spot: grey (Y, X) uint8, and the spot's box in it, x0, y0, x1, y1 px."""

    grey: NDArray[np.uint8]
    box: tuple[float, float, float, float]


def cut_pictures(spots: Sequence[Spot], task: Task[Any]) -> list[Picture]:
    """Return a picture of each spot, in their order. Raises ImageReadError, CancelledError."""
    # Plane by plane: reading one and finding its contrast takes far longer than cutting.
    order = sorted(range(len(spots)), key=lambda i: _plane_of(spots[i]))
    found: dict[int, Picture] = {}
    plane: tuple[Path, int, int] | None = None
    grey = np.zeros((1, 1), np.uint8)
    for done, i in enumerate(order):
        task.step(done, len(order), tr("Cutting pictures"))
        if _plane_of(spots[i]) != plane:
            plane = _plane_of(spots[i])
            grey = _grey_plane(*plane)
        found[i] = _cut(grey, spots[i].box)
    return [found[i] for i in range(len(spots))]


def _plane_of(spot: Spot) -> tuple[Path, int, int]:
    return spot.file, spot.channel, spot.slice or 0


def _grey_plane(file: Path, channel: int, z: int) -> NDArray[np.uint8]:
    with open_image(file) as source:
        plane = np.asarray(source.plane(min(z, source.n_z - 1), channel))
        return apply_window(plane, *auto_window(plane))


def _cut(grey: NDArray[np.uint8], box: Box) -> Picture:
    cx, cy = box.center
    half = max(box.width, box.height) * (0.5 + CONTEXT)
    height, width = grey.shape
    x0, x1 = max(0, int(cx - half)), min(width, int(cx + half) + 1)
    y0, y1 = max(0, int(cy - half)), min(height, int(cy + half) + 1)
    part = np.ascontiguousarray(grey[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)])
    return Picture(part, (box.x0 - x0, box.y0 - y0, box.x1 - x0, box.y1 - y0))
