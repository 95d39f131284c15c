"""Where a click means a spine: its head near the cursor, a box around it, its slices.

numpy only, on a small cut-out, so that it answers between two frames.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spinegui.domain.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

SMALLEST_UM, LARGEST_UM = 0.3, 4.0
"""No side of a measured box is shorter or longer: no spine is."""
USUAL_UM = 1.6
USUAL_PX = 16.0
"""Side of a box on an image that holds none yet, and where the pixel size is unknown too."""
ENOUGH_BOXES = 3
_WORKING_PX = 24.0
_FINE, _REACH, _PRIOR = 0.12, 0.5, 0.25
"""Smoothing, search radius and trust in the click, in usual sides."""
_HALF = 0.5
_FARTHEST_SIDE = 1.2
_HEAD_SHARE = 1.8
"""Box to width at half height: boxes drawn by hand keep a margin around a head."""
_Z_REACH = 4
_Z_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Snap:
    """What a click was taken for. `head` is x, y in px; None where nothing stands out there."""

    box: Box
    head: tuple[float, float] | None


def usual_size(boxes: Sequence[Box]) -> tuple[float, float] | None:
    """Return the median width and height in px of an image's boxes, None where it has too few."""
    if len(boxes) < ENOUGH_BOXES:
        return None
    sizes = np.array([(box.width, box.height) for box in boxes])
    width, height = np.median(sizes, axis=0).tolist()
    return width, height


def snapped(
    plane: NDArray[Any],
    point: tuple[float, float],
    usual: tuple[float, float] | None = None,
    *,
    um: float | None = None,
) -> Snap:
    """Return the box that a click at `point` (x, y in px) on a plane (Y, X) means.

    The head is where the image curves down most steeply in its *flattest* direction, the smaller
    eigenvalue of the Hessian (as in Frangi et al. 1998, there to find the tubes that this avoids):
    high on a blob, nothing along a shaft however bright. `usual` is the size of the image's other
    boxes, which fits the next one better than its own measured size does; without it the width at
    half height is measured. `um` is the pixel size, None where unknown. Where nothing stands out,
    the box lies around the click itself.
    """
    size = usual or _first_size(um)
    side = math.sqrt(size[0] * size[1])
    patch = _patch(plane, point, side)
    if patch is None:
        return Snap(Box.around(*point, *size), None)
    found = _head(patch, side / patch.step)
    if found is None:
        return Snap(Box.around(*point, *size), None)
    left, right, up, down = _extents(patch, found, side / patch.step)
    head = patch.to_image(found[0] + 0.5, found[1] + 0.5)
    # Half way from the brightest point to the middle of the bright part: either alone is worse.
    centre = head[0] + (right - left) * patch.step / 4, head[1] + (down - up) * patch.step / 4
    if usual is None:
        size = (
            _sound_side((left + right) * patch.step * _HEAD_SHARE, size[0], um),
            _sound_side((up + down) * patch.step * _HEAD_SHARE, size[1], um),
        )
    box = Box.around(*centre, *size)
    return Snap(box if box.contains(*point) else Box.around(*head, *size), head)


def best_slice(
    plane_at: Callable[[int], NDArray[Any]],
    n_z: int,
    head: tuple[float, float],
    side: float,
    *,
    near: int | None = None,
) -> tuple[int, tuple[int, int]]:
    """Return the slice in which a head stands out most, and the inclusive slices it is seen in.

    `plane_at(z)` returns a plane (Y, X); `side` is the side of its box in px. With `near` only
    slices near that one count, and it is one of those returned: the person saw the spine there.
    """
    first, last = (0, n_z - 1) if near is None else (max(near - _Z_REACH, 0), near + _Z_REACH)
    slices = range(first, min(last, n_z - 1) + 1)
    contrast = np.array([_contrast(plane_at(z), head, side) for z in slices])
    best = int(np.argmax(contrast))
    is_seen = contrast >= _Z_SHARE * contrast[best]
    low = high = best
    while low > 0 and is_seen[low - 1]:
        low -= 1
    while high < len(slices) - 1 and is_seen[high + 1]:
        high += 1
    z0, z1 = first + low, first + high
    if near is not None:
        z0, z1 = min(z0, near), max(z1, near)
    return first + best, (z0, z1)


@dataclass(frozen=True, slots=True)
class _Patch:
    """A part of the plane as float64, every `step`-th pixel of it, and where it begins."""

    values: NDArray[np.float64]
    x0: int
    y0: int
    step: int
    at: tuple[float, float]
    """The click, in the patch's own pixels."""

    def to_image(self, x: float, y: float) -> tuple[float, float]:
        return self.x0 + x * self.step, self.y0 + y * self.step


def _first_size(um: float | None) -> tuple[float, float]:
    side = USUAL_PX if um is None else max(USUAL_UM / um, 4.0)
    return side, side


def _sound_side(measured: float, usual: float, um: float | None) -> float:
    low, high = 0.8 * usual, 2.0 * usual
    if um is not None:
        low, high = max(low, SMALLEST_UM / um), min(high, LARGEST_UM / um)
    return float(min(max(measured, low), max(low, high)))


def _patch(plane: NDArray[Any], point: tuple[float, float], side: float) -> _Patch | None:
    """Cut out what lies around the click; None where that is next to nothing."""
    height, width = plane.shape
    step = max(1, int(side / _WORKING_PX))
    reach = math.ceil(2 * side)
    x0, y0 = max(0, int(point[0]) - reach), max(0, int(point[1]) - reach)
    x1, y1 = min(width, int(point[0]) + reach + 1), min(height, int(point[1]) + reach + 1)
    if not (0 <= point[0] < width and 0 <= point[1] < height):
        return None
    values = np.nan_to_num(plane[y0:y1:step, x0:x1:step].astype(np.float64))
    if min(values.shape) < 5 or values.max() <= values.min():
        return None
    return _Patch(
        values, x0, y0, step, ((point[0] - x0) / step - 0.5, (point[1] - y0) / step - 0.5)
    )


def _head(patch: _Patch, side: float) -> tuple[int, int] | None:
    """Return column and row of the blob that the click means, None where there is none."""
    smooth = smoothed(patch.values, max(0.7, _FINE * side))
    dy, dx = np.gradient(smooth)
    dyy, dyx = np.gradient(dy)
    dxx = np.gradient(dx, axis=1)
    mean, apart = (dxx + dyy) / 2, np.hypot((dxx - dyy) / 2, dyx)
    blob = -(mean + apart)
    rows, columns = np.indices(smooth.shape)
    away = np.hypot(columns - patch.at[0], rows - patch.at[1])
    blob = np.where(away <= max(_REACH * side, 1.5), blob, -np.inf)
    # Noise curves everywhere: a head has to stand out of it.
    floor = 0.5 * float(np.std(mean))
    weighed = np.where(blob > floor, blob * np.exp(-((away / (_PRIOR * side)) ** 2) / 2), -np.inf)
    row, column = np.unravel_index(int(np.argmax(weighed)), weighed.shape)
    return (int(column), int(row)) if np.isfinite(weighed[row, column]) else None


def _extents(
    patch: _Patch, head: tuple[int, int], side: float
) -> tuple[float, float, float, float]:
    """Return how far the head reaches to the left, right, up and down at half its height."""
    smooth = smoothed(patch.values, max(0.6, 0.08 * side))
    rows, columns = np.indices(smooth.shape)
    away = np.hypot(columns - head[0], rows - head[1])
    ground = float(np.percentile(smooth[away < 1.5 * side], 20))
    level = ground + _HALF * (float(smooth[head[1], head[0]]) - ground)
    farthest = _FARTHEST_SIDE * side
    row, column = smooth[head[1]], smooth[:, head[0]]
    return (
        _fall(row[head[0] :: -1], level, farthest),
        _fall(row[head[0] :], level, farthest),
        _fall(column[head[1] :: -1], level, farthest),
        _fall(column[head[1] :], level, farthest),
    )


def _fall(profile: NDArray[np.float64], level: float, farthest: float) -> float:
    """Return where a profile that starts on a head falls below the level, or turns up again."""
    values = profile[: int(farthest) + 2].tolist()
    for i in range(1, len(values)):
        if values[i] < level:
            step = values[i - 1] - values[i]
            return min(i - 1 + (values[i - 1] - level) / step if step > 0 else i - 1, farthest)
        if i > 1 and values[i] > values[i - 1]:
            return float(i - 1)
    return min(float(len(values) - 1), farthest)


def _contrast(plane: NDArray[Any], head: tuple[float, float], side: float) -> float:
    """Return how much the middle of a head is brighter than what lies around it."""
    height, width = plane.shape
    x, y = (min(max(int(head[0]), 0), width - 1), min(max(int(head[1]), 0), height - 1))
    small, large = max(1, round(0.15 * side)), max(3, round(side))
    inner = plane[max(y - small, 0) : y + small + 1, max(x - small, 0) : x + small + 1]
    outer = plane[max(y - large, 0) : y + large + 1, max(x - large, 0) : x + large + 1]
    return max(float(np.nanmean(inner)) - float(np.nanpercentile(outer, 20)), 0.0)


def smoothed(values: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Return a plane (Y, X) under a Gaussian of that width in px, its edge pixels repeated."""
    reach = max(1, math.ceil(3 * sigma))
    kernel = np.exp(-((np.arange(-reach, reach + 1) / sigma) ** 2) / 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        beyond = [(reach, reach) if a == axis else (0, 0) for a in (0, 1)]
        wide = np.pad(values, beyond, mode="edge")
        parts = np.lib.stride_tricks.sliding_window_view(wide, len(kernel), axis=axis)
        values = parts @ kernel
    return values
