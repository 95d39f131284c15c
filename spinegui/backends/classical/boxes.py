"""Boxes of detections: fitted to head and neck where that is worth it, never far off the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.shaft import trace_shaft
from spinegui.backends.classical.shape import fit_spine

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.base import Reporter
    from spinegui.domain.geometry import Box

_PLAIN_HEADS = 1.3
"""Side of the box around an unlikely head, in head diameters."""

_OFF_HEADS = 0.7
"""A box's centre lies at most this far from its head along x and y, in head diameters: a box that
ran along the shaft or to a neighbour is cut back, so that its centre still means this spine."""

_WORTH_FITTING = 0.15
"""Detections scored less get a plain box: there are many, and hardly one of them is looked at."""


def fit_boxes(
    planes: NDArray[np.float32],
    heads: NDArray[np.float64],
    scores: NDArray[np.float64],
    head_px: float,
    reporter: Reporter,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return boxes (n, 4) xyxy and the bases (n, 2) x, y of n detections, NaN where not fitted.

    planes (Z, Y, X) as imaged; heads (n, 3) x, y in px and z, the plane that shows each best.
    """
    n = len(heads)
    half = _PLAIN_HEADS * head_px / 2
    boxes = np.concatenate([heads[:, :2] - half, heads[:, :2] + half], axis=1)
    bases = np.full((n, 2), np.nan)
    worth = np.flatnonzero(scores >= _WORTH_FITTING)
    if len(worth) == 0:
        return boxes, bases
    shaft = trace_shaft(planes.max(axis=0), head_px)
    for done, i in enumerate(worth):
        x, y, z = (float(v) for v in heads[i])
        shape = fit_spine(planes[round(z)], (x, y), shaft, head_px)
        boxes[i] = _near_head(shape.box, x, y, head_px)
        bases[i] = shape.base_xy
        if done % 16 == 0:
            reporter.check_cancelled()
            reporter.progress(done, len(worth), "Fitting boxes")
    return boxes, bases


def _near_head(box: Box, x: float, y: float, head_px: float) -> NDArray[np.float64]:
    """Return the box, its far sides pulled in until its centre is near the head."""
    limit, least = _OFF_HEADS * head_px, 0.4 * head_px
    sides: list[float] = []
    for low, high, at in ((box.x0, box.x1, x), (box.y0, box.y1, y)):
        before = min(max(at - low, least), max(high - at, least) + 2 * limit)
        after = min(max(high - at, least), before + 2 * limit)
        sides += [at - before, at + after]
    return np.array([sides[0], sides[2], sides[1], sides[3]])
