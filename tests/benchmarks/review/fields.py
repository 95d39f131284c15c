"""How many views it takes to see every spine of an image at a legible size."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spinegui.domain.geometry import Box
    from tests.benchmarks.review.plan import Frame

VIEW = (960, 640)
"""The part of a 1280 x 800 window that shows the image, in px; the same for every program."""
LEGIBLE_PX = 44.0
"""The longer side of an image's median spine on the screen."""


@dataclass(frozen=True, slots=True)
class Fields:
    """How one image is looked at: the zoom, and the least number of views that show all spines."""

    scale: float
    n_views: int


def fields(frame: Frame) -> Fields:
    """Return the zoom at which the image's spines are legible, and the fewest views at it.

    The number is a lower bound: that many spines lie so far apart that no view holds two of them.
    No program can do with less.
    """
    boxes = [spine.box for spine in frame.spines]
    scale = LEGIBLE_PX / statistics.median(max(b.width, b.height) for b in boxes)
    return Fields(scale, len(_far_apart(boxes, VIEW[0] / scale, VIEW[1] / scale)))


def _far_apart(boxes: Sequence[Box], width: float, height: float) -> list[Box]:
    chosen: list[Box] = []
    for box in sorted(boxes, key=lambda b: (b.x0, b.y0)):
        if all(not _fit_together(box, other, width, height) for other in chosen):
            chosen.append(box)
    return chosen


def _fit_together(a: Box, b: Box, width: float, height: float) -> bool:
    return (
        max(a.x1, b.x1) - min(a.x0, b.x0) <= width and max(a.y1, b.y1) - min(a.y0, b.y0) <= height
    )
