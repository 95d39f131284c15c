"""Widths at half height along a line through a patch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.classical.patch import Plane, Points

STEP_PX = 0.25
"""Sampling across a line, in patch pixels."""


@dataclass(frozen=True, eq=False)
class WidthProfile:
    """Along a line of k points: `left` and `right` (k,) float64, half widths in patch pixels.

    A side that never falls to half height within reach has the reach itself.
    """

    left: NDArray[np.float64]
    right: NDArray[np.float64]

    @property
    def width(self) -> NDArray[np.float64]:
        return self.left + self.right

    @property
    def narrow_side(self) -> NDArray[np.float64]:
        """The smaller half width: what hangs on one side of a line does not widen it."""
        return np.minimum(self.left, self.right)


def smooth_line(points: Points, sigma: float) -> Points:
    """Return a line of (k, 2) points without the staircase of the pixel grid."""
    from scipy.ndimage import gaussian_filter1d

    if len(points) < 3:
        return points
    smooth: Points = gaussian_filter1d(points, sigma, axis=0, mode="nearest")
    smooth[0], smooth[-1] = points[0], points[-1]
    return smooth


def evenly(points: Points, spacing: float) -> Points:
    """Return points of the same line, `spacing` apart; its two ends are kept."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    count = max(2, round(along[-1] / spacing) + 1)
    at = np.linspace(0, along[-1], count)
    return np.column_stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)])


def line_length(points: Points) -> float:
    """Return the length of a line of (k, 2) points."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum()) if len(points) > 1 else 0.0


def measure_widths(pixels: Plane, points: Points, *, reach: float, floor: float) -> WidthProfile:
    """Measure half widths on both sides of a line of (k, 2) row, column points.

    Half height lies midway between the line's own brightness and the darkest value within `reach`
    on that side, but never below `floor` (the background).
    """
    from scipy.ndimage import map_coordinates

    tangent = np.gradient(points, axis=0)
    tangent /= np.maximum(np.hypot(*tangent.T), 1e-9)[:, None]
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    offsets = np.arange(0, reach + STEP_PX / 2, STEP_PX)
    sides = []
    for sign in (-1.0, 1.0):
        where = points[:, None, :] + sign * offsets[None, :, None] * normal[:, None, :]
        values = map_coordinates(pixels, where.reshape(-1, 2).T, order=1, mode="nearest")
        sides.append(_first_fall(values.reshape(len(points), -1), floor))
    return WidthProfile(sides[0], sides[1])


def _first_fall(values: NDArray[np.float64], floor: float) -> NDArray[np.float64]:
    """Return where each row (k, m), read from the line outwards, first falls to half height."""
    dark = np.maximum(values.min(axis=1), floor)
    half = (values[:, 0] + dark) / 2
    below = values < half[:, None]
    fell = below.any(axis=1)
    at = np.where(fell, below.argmax(axis=1), values.shape[1] - 1)
    before = np.maximum(at - 1, 0)
    rows = np.arange(len(values))
    drop = values[rows, before] - values[rows, at]
    part = np.divide(
        values[rows, before] - half, drop, out=np.ones_like(half), where=(drop > 0) & fell
    )
    result: NDArray[np.float64] = (before + np.clip(part, 0, 1)) * STEP_PX
    return result
