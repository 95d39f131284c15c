"""Spines behind the numbers of a confusion matrix, cut out of their images."""

from __future__ import annotations

import base64
import io
from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.image import imsave

from spinegui.imaging.contrast import apply_window
from spinegui.imaging.opening import open_image
from spinegui.imaging.projection import max_projection
from spinegui.reports.figures import label_colour, label_name
from spinegui.reports.pictures import window_of
from spinegui.storage.exchange.coco import resolve_below

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.imaging.source import ImageSource
    from spinegui.reports.evaluation import ClassResult
    from spinegui.reports.image_results import ImageResult

EXAMPLES_EACH = 4
"""Crops of one number of the matrix."""

MOST_CLASSES = 8
"""A wider matrix would not fit on a page."""

_AROUND = 2.2
_SMALLEST_PX = 16
_SLICES = 2


class _Example(NamedTuple):
    image: int
    spine: int
    score: float


def crops_html(result: ClassResult, images: tuple[ImageResult, ...], root: Path) -> str:
    """Return the confusion matrix with some spines of each number; most certain answers first.

    Empty where there are too many classes. Raises ImageReadError and CocoError.
    """
    labels = result.table.label_ids
    if len(labels) > MOST_CLASSES:
        return ""
    counts = result.table.confusion()
    chosen = _examples(result)
    pictures = _pictures({e for cell in chosen.values() for e in cell}, images, root)
    head = "".join(f"<th>{_name(label)}</th>" for label in labels)
    rows = []
    for i, label in enumerate(labels):
        cells = "".join(
            _cell(int(counts[i, j]), [pictures[e] for e in chosen[i, j]], is_right=i == j)
            for j in range(len(labels))
        )
        rows.append(f"<tr><th scope=row>{_name(label)}</th>{cells}</tr>")
    return (
        "<h3>Spines behind these numbers</h3><p class=note>Rows are what people say, columns what "
        "the model says; the answers that it is surest of come first.</p>"
        f"<table class=crops><thead><tr><th></th>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _examples(result: ClassResult) -> dict[tuple[int, int], list[_Example]]:
    table = result.table
    chosen: dict[tuple[int, int], list[_Example]] = defaultdict(list)
    for row in np.argsort(-table.scores.max(axis=1), kind="stable").tolist():
        cell = chosen[int(table.truth[row]), int(table.predicted[row])]
        if len(cell) < EXAMPLES_EACH:
            score = float(table.scores[row].max())
            cell.append(_Example(int(table.image[row]), int(result.spine[row]), score))
    return chosen


def _pictures(
    examples: set[_Example], images: tuple[ImageResult, ...], root: Path
) -> dict[_Example, str]:
    """Return each example as an HTML image; every file is opened once."""
    made: dict[_Example, str] = {}
    for i in sorted({e.image for e in examples}):
        result = images[i]
        with open_image(resolve_below(root, result.image.pixels)) as source:
            window = window_of(_plane(source, result.image.channel, None))
            for e in (e for e in examples if e.image == i):
                z = float(result.truth.points[e.spine, 2])
                plane = _plane(source, result.image.channel, None if np.isnan(z) else z)
                crop = _crop(plane, result.truth.boxes[e.spine])
                made[e] = _img(apply_window(crop, *window), result.image.file_name, e.score)
    return made


def _plane(source: ImageSource, channel: int, z: float | None) -> NDArray[np.generic]:
    """Return a plane, of a stack the projection of the slices about the spine, or of all."""
    if source.n_z == 1:
        return source.plane(c=channel)
    if z is None:
        return max_projection(source, c=channel)
    first = int(np.clip(round(z) - _SLICES, 0, source.n_z - 1))
    last = int(np.clip(round(z) + _SLICES, 0, source.n_z - 1))
    return max_projection(source, c=channel, z_range=(first, last))


def _crop(plane: NDArray[np.generic], box: NDArray[np.float64]) -> NDArray[np.generic]:
    """Return the square about a box with some surroundings; beyond the image it is dark."""
    x0, y0, x1, y1 = (float(v) for v in box)
    side = int(max(_SMALLEST_PX, np.ceil(_AROUND * max(x1 - x0, y1 - y0))))
    left, top = round((x0 + x1 - side) / 2), round((y0 + y1 - side) / 2)
    crop = np.full((side, side), plane.min(), plane.dtype)
    height, width = plane.shape
    rows = slice(max(top, 0), min(top + side, height))
    columns = slice(max(left, 0), min(left + side, width))
    if rows.start < rows.stop and columns.start < columns.stop:
        crop[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = (
            plane[rows, columns]
        )
    return crop


def _img(grey: NDArray[np.uint8], file_name: str, score: float) -> str:
    out = io.BytesIO()
    imsave(out, grey, cmap="gray", vmin=0, vmax=255, format="png")
    data = base64.b64encode(out.getvalue()).decode()
    said = f"{escape(file_name)}, {score:.2f}"
    return f'<img alt="{said}" title="{said}" src="data:image/png;base64,{data}">'


def _cell(n: int, pictures: list[str], *, is_right: bool) -> str:
    kind = "none" if not n else "right" if is_right else "wrong"
    shown = f"<div>{''.join(pictures)}</div>" if pictures else ""
    return f'<td class="{kind}"><b>{n or "·"}</b>{shown}</td>'


def _name(label: str) -> str:
    dot = f'<i class=dot style="background:{label_colour(label)}"></i>'
    return dot + escape(label_name(label))
