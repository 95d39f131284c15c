"""The measured shape of one spine: its mask, box, base, length and widths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.local_shaft import find_local_shaft
from spinegui.backends.classical.outline import Outline, trace_outline
from spinegui.backends.classical.patch import HALF_HEADS, HEAD_PX, Patch, cut_patch, resample
from spinegui.backends.classical.profile import evenly, line_length, measure_widths, smooth_line
from spinegui.domain.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.classical.outline import Mask
    from spinegui.backends.classical.patch import Plane, Points
    from spinegui.backends.classical.shaft import ShaftMap

PROFILE_POINTS = 16
"""Widths kept along a spine, from its base to its tip."""
_SIDE = 2 * round(HALF_HEADS * HEAD_PX) + 1
_RIM = 0.05 * HEAD_PX
"""Added around a mask: above a sloping background half height lies a little too far in."""
_BOX_TO_HEAD = 0.8
"""A head's diameter against the mean side of a box that holds head and neck."""


@dataclass(frozen=True, eq=False)
class SpineShape:
    """One spine as measured in the plane; lengths in image pixels, points x, y.

    `profile` (PROFILE_POINTS,) float64 holds full widths from base to tip at equal distances,
    `brightness` likewise the height above the background, 1 at the head. `light` is the mask's
    summed height in head heights times px².
    `mask` is (n, n) bool on the grid of `patch`; `shaft_distance` likewise, negative inside the
    shaft, or None where no shaft was found. `contrast` is the head's height above the background
    against the shaft's (1 without a shaft), `background` and `head_level` are intensities.
    """

    box: Box
    head_xy: tuple[float, float]
    base_xy: tuple[float, float]
    tip_xy: tuple[float, float]
    mask_area_px: float
    length_px: float
    head_width_px: float
    neck_width_px: float
    neck_length_px: float
    shaft_width_px: float
    contrast: float
    background: float
    head_level: float
    profile: NDArray[np.float64]
    brightness: NDArray[np.float64]
    light: float
    patch: Patch
    mask: NDArray[np.bool_]
    shaft_distance: Plane | None


def fit_spine(
    plane: Plane, head_xy: tuple[float, float], shaft: ShaftMap | None, scale_px: float
) -> SpineShape:
    """Measure the spine whose head lies near `head_xy` (x, y px) of a plane (Y, X) float32.

    `scale_px` is the diameter in px that a spine head has in this image. Without `shaft` the
    dendrite is looked for in the neighbourhood of the head. The box holds head and neck down to the
    shaft's surface and is never longer than five head diameters.
    """
    patch = cut_patch(plane, head_xy, step=scale_px / HEAD_PX, n=_SIDE)
    hint = None
    if shaft is not None:
        hint = resample(shaft.distance, patch, outside=10 * scale_px) < 0.3 * scale_px
    surface = find_local_shaft(patch.pixels, _disc(patch, 0.7 * HEAD_PX), hint)
    return _measure(patch, _peak(patch, surface, reach=0.5 * HEAD_PX), surface)


def fit_in_box(plane: Plane, box: Box, *, scale_px: float | None = None) -> SpineShape:
    """Measure the spine that a box (px) of a plane (Y, X) float32 shows, from the pixels.

    The box only says where to look: the mask may leave it by a quarter of its size or stay well
    inside. `scale_px` is the diameter in px of a spine head; None takes it from the box.
    """
    scale = scale_px or _BOX_TO_HEAD * float(np.sqrt(box.area))
    patch = cut_patch(plane, box.center, step=scale / HEAD_PX, n=_SIDE)
    inside = _box_depth(patch, box)
    surface = find_local_shaft(patch.pixels, inside > 0.35)
    head = _peak_in_box(patch, inside, surface)
    return _measure(patch, head, surface, inside > -0.5)


def _disc(patch: Patch, radius: float) -> NDArray[np.bool_]:
    rows, cols = np.indices(patch.pixels.shape) - patch.middle
    result: NDArray[np.bool_] = np.hypot(rows, cols) <= radius
    return result


def _box_depth(patch: Patch, box: Box) -> Plane:
    """Return 1 in the box's middle, 0 on its edge, negative outside."""
    rows, cols = np.indices(patch.pixels.shape) - patch.middle
    half_height, half_width = box.height / 2 / patch.step, box.width / 2 / patch.step
    depth: Plane = 1 - np.maximum(np.abs(rows) / half_height, np.abs(cols) / half_width)
    return depth


def _peak(patch: Patch, surface: Plane | None, *, reach: float) -> tuple[int, int]:
    """Return the brightest pixel near the middle that is not in the shaft."""
    from scipy.ndimage import gaussian_filter

    smooth = gaussian_filter(patch.pixels, 0.12 * HEAD_PX)
    near = _disc(patch, reach)
    if surface is not None and (near & (surface > 1)).any():
        near &= surface > 1
    at = np.unravel_index(int(np.where(near, smooth, -np.inf).argmax()), smooth.shape)
    return int(at[0]), int(at[1])


def _peak_in_box(patch: Patch, inside: Plane, surface: Plane | None) -> tuple[int, int]:
    """Return the head's brightest pixel: bright, deep in the box, off the shaft."""
    from scipy.ndimage import gaussian_filter

    smooth = gaussian_filter(patch.pixels, 0.2 * HEAD_PX)
    smooth = smooth - np.percentile(patch.pixels, 10)
    weight = np.clip(inside + 0.05, 0, 0.35)
    if surface is not None:
        # A head lies away from the shaft: of a long bright spine, take the far part.
        weight *= np.clip(surface / HEAD_PX, 0, 3) ** 0.7
    score = np.clip(smooth, 0, None) * weight
    if score.max() <= 0:
        return round(patch.middle), round(patch.middle)
    at = np.unravel_index(int(score.argmax()), score.shape)
    return int(at[0]), int(at[1])


def _measure(
    patch: Patch, head: tuple[int, int], surface: Plane | None, allowed: Mask | None = None
) -> SpineShape:
    outline = trace_outline(patch.pixels, head, surface, allowed)
    axis = smooth_line(outline.axis, 0.2 * HEAD_PX)
    line = evenly(axis, max(line_length(axis), 1e-3) / (PROFILE_POINTS - 1))
    widths = measure_widths(patch.pixels, line, reach=1.5 * HEAD_PX, floor=outline.background)
    profile = _inside_width(widths.width, line, outline)
    head_width, neck_width, neck_part = _head_and_neck(profile)
    above = _above_background(patch, head, outline)
    base, tip, peak = patch.to_image(np.stack([line[0], line[-1], np.asarray(head, float)]))
    length = line_length(axis)
    return SpineShape(
        box=_bounds(patch, outline.mask),
        head_xy=_xy(peak),
        base_xy=_xy(base),
        tip_xy=_xy(tip),
        mask_area_px=float(outline.mask.sum()) * patch.step**2,
        length_px=length * patch.step,
        head_width_px=head_width * patch.step,
        neck_width_px=neck_width * patch.step,
        neck_length_px=neck_part * length * patch.step,
        shaft_width_px=outline.shaft_width * patch.step,
        contrast=outline.contrast,
        background=outline.background,
        head_level=float(patch.pixels[head]),
        profile=profile * patch.step,
        brightness=_along(above, line),
        light=float(above[outline.mask].sum()) * patch.step**2,
        patch=patch,
        mask=outline.mask,
        shaft_distance=surface,
    )


def _above_background(patch: Patch, head: tuple[int, int], outline: Outline) -> Plane:
    height = max(float(patch.pixels[head]) - outline.background, 1e-6)
    above: Plane = np.clip((patch.pixels - outline.background) / height, 0, 2)
    return above


def _along(values: Plane, line: Points) -> NDArray[np.float64]:
    from scipy.ndimage import map_coordinates

    found: NDArray[np.float64] = map_coordinates(values, line.T, order=1, mode="nearest")
    return found.astype(np.float64)


def _inside_width(
    width: NDArray[np.float64], line: Points, outline: Outline
) -> NDArray[np.float64]:
    """Bound widths by what the mask has there: a neighbour's brightness is not this spine's."""
    from scipy.ndimage import distance_transform_edt

    depth = distance_transform_edt(np.pad(outline.mask, 1))[1:-1, 1:-1]
    index = np.clip(np.rint(line).astype(int), 0, len(depth) - 1)
    limit = 2 * depth[index[:, 0], index[:, 1]]
    # At the two ends the mask closes; there the limit says nothing about the width.
    limit[[0, -1]] = np.inf
    result: NDArray[np.float64] = np.minimum(width, np.maximum(limit + 1.0, 1.0))
    return result


def _head_and_neck(profile: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return head width, neck width and the neck's share of the length; widths run base to tip."""
    k = len(profile)
    start = k // 3
    widest = start + int(profile[start : k - 1].argmax())
    head = float(profile[widest])
    narrow = int(profile[1 : widest + 1].argmin()) + 1
    neck = float(profile[narrow])
    middle = (head + neck) / 2
    thin = profile[: widest + 1] < middle
    share = float(thin.sum()) / k if neck < 0.9 * head else 0.0
    return head, neck, share


def _bounds(patch: Patch, mask: NDArray[np.bool_]) -> Box:
    rows, cols = np.nonzero(mask)
    rim = 0.5 + _RIM
    low = patch.to_image(np.array([[rows.min() - rim, cols.min() - rim]]))[0]
    high = patch.to_image(np.array([[rows.max() + rim, cols.max() + rim]]))[0]
    return Box(float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def _xy(point: NDArray[np.float64]) -> tuple[float, float]:
    return float(point[0]), float(point[1])
