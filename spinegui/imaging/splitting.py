"""Where one box holds two heads: the cut between them, found in the pixels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from spinegui.domain.geometry import Box
from spinegui.imaging.snapping import smoothed

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FINE = 0.1
_APART = 0.25
"""Two peaks nearer than this share of the box's longer side are one head."""
_MIN_PX = 3.0


def split_in_two(plane: NDArray[Any], box: Box) -> tuple[Box, Box]:
    """Return two boxes (px) for the two heads that a box on a plane (Y, X) lies over.

    The heads are the two peaks with the deepest valley between them, and the box is cut through
    that valley's bottom, as a watershed from two markers would (Meyer 1994), straight across. Each
    part is as large as its own bright pixels. Without two peaks the longer side is halved.
    """
    found = _peaks(plane, box)
    if found is None:
        return _halves(box)
    smooth, x0, y0, (a, b) = found
    line = _line(smooth, a, b)
    lowest = int(np.argmin(line))
    share = lowest / (len(line) - 1)
    cut = np.array(a) + share * (np.array(b) - np.array(a))
    way = np.array(b, float) - np.array(a)
    rows, columns = np.indices(smooth.shape)
    is_second = (rows - cut[0]) * way[0] + (columns - cut[1]) * way[1] > 0
    parts = []
    for side, peak in ((~is_second, a), (is_second, b)):
        ground = float(np.percentile(smooth, 10))
        bright = side & (smooth >= ground + 0.35 * (smooth[peak] - ground))
        ys, xs = np.nonzero(bright)
        part = Box(
            float(x0 + xs.min()), float(y0 + ys.min()), float(x0 + xs.max() + 1),
            float(y0 + ys.max() + 1),
        ).intersection(box)  # fmt: skip
        parts.append(part)
    first, second = parts
    if first is None or second is None or min(first.area, second.area) < _MIN_PX**2:
        return _halves(box)
    return first, second


def _peaks(
    plane: NDArray[Any], box: Box
) -> tuple[NDArray[np.float64], int, int, tuple[tuple[int, int], tuple[int, int]]] | None:
    height, width = plane.shape
    x0, y0 = max(0, math.floor(box.x0)), max(0, math.floor(box.y0))
    x1, y1 = min(width, math.ceil(box.x1)), min(height, math.ceil(box.y1))
    if min(x1 - x0, y1 - y0) < 4:
        return None
    values = np.nan_to_num(plane[y0:y1, x0:x1].astype(np.float64))
    longer = max(values.shape)
    smooth = smoothed(values, max(0.7, _FINE * longer))
    wide = np.pad(smooth, 1, constant_values=-np.inf)
    around = np.lib.stride_tricks.sliding_window_view(wide, (3, 3)).max(axis=(2, 3))
    rows, columns = np.nonzero(smooth >= around)
    # The highest few: more than that is noise, and pairs grow with the square.
    order = np.argsort(-smooth[rows, columns])[:12]
    tops = [(int(rows[i]), int(columns[i])) for i in order]
    pairs = [
        (_depth(smooth, a, b), a, b)
        for i, a in enumerate(tops)
        for b in tops[:i]
        if math.dist(a, b) >= _APART * longer
    ]
    best = max(pairs, default=None)
    if best is None or best[0] <= 0:
        return None
    return smooth, x0, y0, (best[1], best[2])


def _depth(smooth: NDArray[np.float64], a: tuple[int, int], b: tuple[int, int]) -> float:
    """Return how far the valley between two peaks lies below the lower one."""
    return min(float(smooth[a]), float(smooth[b])) - float(_line(smooth, a, b).min())


def _line(
    smooth: NDArray[np.float64], a: tuple[int, int], b: tuple[int, int]
) -> NDArray[np.float64]:
    n = max(3, math.ceil(math.dist(a, b)) * 2)
    rows = np.rint(np.linspace(a[0], b[0], n)).astype(int)
    columns = np.rint(np.linspace(a[1], b[1], n)).astype(int)
    line: NDArray[np.float64] = smooth[rows, columns]
    return line


def _halves(box: Box) -> tuple[Box, Box]:
    cx, cy = box.center
    if box.width >= box.height:
        return Box(box.x0, box.y0, cx, box.y1), Box(cx, box.y0, box.x1, box.y1)
    return Box(box.x0, box.y0, box.x1, cy), Box(box.x0, cy, box.x1, box.y1)
