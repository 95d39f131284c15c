"""Boxes and points in image coordinates.

Axes: x right, y down, in pixels; (0, 0) is the top-left corner of the top-left pixel, so the centre
of that pixel is (0.5, 0.5). Boxes are half-open: a box covers x0 <= x < x1 and y0 <= y < y1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Point3(NamedTuple):
    """A point: x and y in pixels, z in slices (0-based; the centre of slice 3 is z = 3.0)."""

    x: float
    y: float
    z: float


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned box with positive area, in pixels. It may run over the image's edge.

    Raises ValueError for a coordinate that is not finite or an area that is not positive.
    """

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(v) for v in (self.x0, self.y0, self.x1, self.y1)):
            raise ValueError(f"A box needs finite coordinates, not {self.as_xyxy()}.")
        if self.x1 <= self.x0 or self.y1 <= self.y0:
            raise ValueError(f"A box needs a positive width and height, not {self.as_xyxy()}.")

    @classmethod
    def from_xywh(cls, x: float, y: float, width: float, height: float) -> Box:
        """Build from the top-left corner and the size, as COCO writes a box."""
        return cls(x, y, x + width, y + height)

    @classmethod
    def around(cls, x: float, y: float, width: float, height: float) -> Box:
        """Build from the centre and the size."""
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @classmethod
    def spanning(cls, xa: float, ya: float, xb: float, yb: float) -> Box:
        """Build from two opposite corners in any order, as a mouse drag gives them."""
        return cls(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def center(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def as_xyxy(self) -> tuple[float, float, float, float]:
        return self.x0, self.y0, self.x1, self.y1

    def as_xywh(self) -> tuple[float, float, float, float]:
        return self.x0, self.y0, self.width, self.height

    def contains(self, x: float, y: float) -> bool:
        return self.x0 <= x < self.x1 and self.y0 <= y < self.y1

    def shifted(self, dx: float, dy: float) -> Box:
        return Box(self.x0 + dx, self.y0 + dy, self.x1 + dx, self.y1 + dy)

    def grown(self, margin: float) -> Box:
        """Move each side outwards by `margin` px; a negative margin shrinks."""
        return Box(self.x0 - margin, self.y0 - margin, self.x1 + margin, self.y1 + margin)

    def clipped(self, width: float, height: float) -> Box | None:
        """Return the part inside an image of that size, or None where nothing is left."""
        return self.intersection(Box(0, 0, width, height))

    def intersection(self, other: Box) -> Box | None:
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        x1, y1 = min(self.x1, other.x1), min(self.y1, other.y1)
        return Box(x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None

    def iou(self, other: Box) -> float:
        """Return intersection over union, 0 to 1."""
        overlap = self.intersection(other)
        if overlap is None:
            return 0.0
        return overlap.area / (self.area + other.area - overlap.area)


def overlap_matrix(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (n, m) areas in px² that boxes (n, 4) and (m, 4), both xyxy in px, share."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    result: NDArray[np.float64] = np.prod(np.clip(bottom_right - top_left, 0, None), axis=2)
    return result


def iou_matrix(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (n, m) intersection over union of boxes (n, 4) and (m, 4), both xyxy in px."""
    overlap = overlap_matrix(a, b)
    area_a = np.prod(a[:, 2:] - a[:, :2], axis=1)
    area_b = np.prod(b[:, 2:] - b[:, :2], axis=1)
    union = area_a[:, None] + area_b[None, :] - overlap
    result: NDArray[np.float64] = np.divide(
        overlap, union, out=np.zeros_like(overlap), where=union > 0
    )
    return result
