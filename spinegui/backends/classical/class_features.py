"""What the classifier sees of a spine: its measured shape and oriented gradients about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.patch import cut_patch
from spinegui.backends.classical.scale import HEAD_UM
from spinegui.backends.classical.shape import PROFILE_POINTS, SpineShape, fit_in_box
from spinegui.domain.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.base import Frame
    from spinegui.backends.classical.patch import Plane

    Vector = NDArray[np.float64]

_BOX_TO_HEAD = 0.8
_CROP_PX = 32
_CELL_PX = 8
_ANGLES = 8
_WIDE_HEADS = 4.0
"""Side of the crop that has the image's scale, in head diameters."""
_CLOSE_SIDES = 2.0
"""Side of the crop that has the spine's own scale, in longer sides of its box."""
_DEPTH_UM = 1.0
"""Slices this far above and below a spine's best focus are projected to see all of it."""

N_MEASURES = 54
"""Features that are measures; the others are gradients."""


def frame_features(
    frame: Frame, boxes: NDArray[np.float64], z: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the features (n, d) of the spines in boxes (n, 4) xyxy px, in slices z (n,).

    n >= 1. Where z is NaN the maximum projection of all slices is looked at.
    """
    size = frame.pixel_size
    pixel_um = None if size is None else float(np.sqrt(size.x_um * size.y_um))
    scale = image_scale(boxes, pixel_um)
    reach = max(1, round(_DEPTH_UM / size.z_um)) if size and size.z_um else 1
    planes: dict[int | None, Plane] = {}
    rows = []
    for corners, depth in zip(boxes, z, strict=True):
        at = None if np.isnan(depth) else round(float(depth))
        if at not in planes:
            planes[at] = _projection(frame, at, reach)
        rows.append(spine_features(planes[at], Box(*map(float, corners)), scale))
    return np.stack(rows)


def _projection(frame: Frame, at: int | None, reach: int) -> Plane:
    """Return the maximum of the slices about `at` (of all without it), (Y, X) float32."""
    slices = frame.pixels
    if at is not None:
        at = int(np.clip(at, 0, len(slices) - 1))
        slices = slices[max(0, at - reach) : at + reach + 1]
    top = np.asarray(np.max(slices, axis=0), np.float32)
    return np.nan_to_num(top, nan=0.0, posinf=0.0, neginf=0.0)


def image_scale(boxes: NDArray[np.float64], pixel_um: float | None) -> float:
    """Return the diameter in px of a typical head in an image with these boxes (n, 4) xyxy px.

    A known pixel size says it; else the boxes' middle size does.
    """
    if pixel_um is not None:
        return HEAD_UM / pixel_um
    sides = np.sqrt(np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 1.0, None), axis=1))
    return _BOX_TO_HEAD * float(np.median(sides))


def spine_features(plane: Plane, box: Box, scale_px: float) -> Vector:
    """Return the features (d,) float64 of the spine in a box (px) of a plane (Y, X) float32.

    `scale_px` is the diameter of a typical head. Sizes are relative to it, brightness to the
    spine's own, so that zoom, gain and offset of the image do not count.
    """
    shape = fit_in_box(plane, box, scale_px=scale_px)
    return np.concatenate([_measures(shape, box, scale_px), *_gradients(plane, shape, scale_px)])


def _measures(shape: SpineShape, box: Box, scale: float) -> Vector:
    """Return sizes on a logarithmic scale, ratios, and the width profile."""
    head, neck = shape.head_width_px, shape.neck_width_px
    long_side = max(shape.box.width, shape.box.height)
    short_side = min(shape.box.width, shape.box.height)
    reach = _distance(shape.base_xy, shape.tip_xy)
    sizes = [
        shape.length_px, head, neck, np.sqrt(shape.mask_area_px), long_side, short_side, reach,
        np.sqrt(box.area), max(box.width, box.height),
    ]  # fmt: skip
    ratios = [
        _log(neck, head),
        _log(shape.length_px, head),
        _log(shape.length_px, neck),
        _log(shape.mask_area_px, max(shape.length_px, 0.5 * scale) * max(head, 0.2 * scale)),
        _log(shape.shaft_width_px, scale) if shape.shaft_width_px else 0.0,
        _log(shape.contrast, 1.0),
        shape.neck_length_px / max(shape.length_px, 0.2 * scale),
        shape.neck_length_px / scale,
        *_moments(shape),
        # Below the optical resolution brightness, not width, tells how thin a part is.
        0.5 * _log(shape.light, scale**2),
        0.5 * _log(shape.light * shape.contrast, scale**2),
    ]
    profile = shape.profile.reshape(PROFILE_POINTS // 2, 2).mean(axis=1)
    relative = profile / max(float(profile.max()), 1e-6)
    light = shape.brightness.reshape(PROFILE_POINTS // 2, 2).mean(axis=1)
    logs = [_log(size, scale) for size in sizes]
    values = [*logs, *ratios, *profile / scale, *relative, *light, *light * shape.contrast]
    return np.asarray(values, np.float64)


def _moments(shape: SpineShape) -> tuple[float, float, float]:
    """Return the mask's elongation, its solidity and how high its bulk lies along its length."""
    points = np.argwhere(shape.mask).astype(np.float64)
    if len(points) < 6:
        return 0.0, 1.0, 0.5
    spread = np.linalg.eigvalsh(np.cov(points.T)) + 0.1
    base, tip = shape.patch.to_patch(np.array([shape.base_xy, shape.tip_xy]))
    axis = tip - base
    along = (points - base) @ axis / max(float(axis @ axis), 1e-6)
    ellipse = 4 * np.pi * np.sqrt(np.prod(spread))
    return (
        float(0.5 * np.log(spread[1] / spread[0])),
        float(len(points) / ellipse),
        float(np.clip(along.mean(), -0.5, 1.5)),
    )


def _gradients(plane: Plane, shape: SpineShape, scale: float) -> list[Vector]:
    """Return gradient histograms of two crops turned so that the spine points the same way.

    Each is the mean over the crop and its mirror image: a spine has no left and right.
    """
    from skimage.feature import hog

    (bx, by), (tx, ty) = shape.base_xy, shape.tip_xy
    turn = float(np.arctan2(ty - by, tx - bx))
    long_side = max(shape.length_px + 0.4 * scale, 1.2 * shape.head_width_px, 0.8 * scale)
    found = []
    for center, side in (
        (shape.box.center, _CLOSE_SIDES * long_side),
        (shape.box.center, _WIDE_HEADS * scale),
    ):
        crop = cut_patch(plane, center, step=side / _CROP_PX, n=_CROP_PX, turn=turn)
        pixels = _stretched(crop.pixels, shape)
        both = [
            hog(
                view,
                orientations=_ANGLES,
                pixels_per_cell=(_CELL_PX, _CELL_PX),
                cells_per_block=(2, 2),
                feature_vector=True,
            )
            for view in (pixels, pixels[::-1])
        ]
        found.append(np.mean(both, axis=0))
    return found


def _stretched(pixels: Plane, shape: SpineShape) -> Plane:
    """Return intensity with the spine's background at 0 and its head at 1, cut at 1.3."""
    height = max(shape.head_level - shape.background, 1e-6)
    result: Plane = np.clip((pixels - shape.background) / height, 0, 1.3)
    return result


def _distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))


def _log(value: float, reference: float) -> float:
    """Return the logarithm of a ratio, bounded so that nothing measured stays finite."""
    return float(np.clip(np.log(max(value, 1e-6) / max(reference, 1e-6)), -3, 3))
