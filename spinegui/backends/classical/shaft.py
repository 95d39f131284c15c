"""The dendrite's shaft in a plane: its axis, radius and direction, and how far each pixel lies.

Elongated second-derivative filters in many orientations answer to shafts and hardly to spines,
which are round. Their ridge lines, thinned and linked, are the axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from spinegui.backends.classical.scale import normalised, resampled

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRACE_HEAD_PX = 4.0
"""Shafts are traced on a grid where a spine head has this diameter: fast, and spines blur out."""

_WIDTHS = (1.2, 2.0, 3.4)
"""Half widths (Gaussian sigma) of the filters, trace px: thin side branches to thick trunks."""

_N_ANGLES = 16
_STRONG = 0.05
_WEAK = 0.02
"""Hysteresis limits of the ridge response, in units of the image's stretched square root."""

_MIN_LENGTH = 10
"""A shorter line of axis pixels is a spine's neck or noise, not a shaft (trace px)."""

_SPUR = 7
"""A side twig up to this long is a spine on the shaft, not a branch (trace px)."""


@dataclass(frozen=True, eq=False)
class ShaftMap:
    """Where the shaft runs, for every pixel (Y, X) of a plane.

    distance: float32, px from the pixel to the nearest axis point (large where there is no shaft).
    radius: float32, px, the shaft's half width at that axis point.
    direction: float32, radians in [0, pi), the angle of the shaft's axis there against x.
    nearest_y, nearest_x: float32, px, that axis point's coordinates.
    brightness: float32, the stretched square root of intensity on the axis there.
    axis: bool, the axis' own pixels.
    """

    distance: NDArray[np.float32]
    radius: NDArray[np.float32]
    direction: NDArray[np.float32]
    nearest_y: NDArray[np.float32]
    nearest_x: NDArray[np.float32]
    brightness: NDArray[np.float32]
    axis: NDArray[np.bool_]

    @property
    def surface_distance(self) -> NDArray[np.float32]:
        """Px from each pixel to the shaft's surface; negative inside the shaft."""
        return self.distance - self.radius

    @property
    def is_empty(self) -> bool:
        """Tell whether no shaft was found."""
        return not bool(self.axis.any())


class _Ridge(NamedTuple):
    """Best filter response per pixel, its orientation and its half width (trace px)."""

    strength: NDArray[np.float32]
    angle: NDArray[np.float32]
    width: NDArray[np.float32]


def trace_shaft(plane: NDArray[np.float32], scale_px: float) -> ShaftMap:
    """Trace the shafts in a plane (Y, X) where a spine head is `scale_px` pixels across."""
    return trace_normalised(normalised(plane), scale_px)


def trace_normalised(image: NDArray[np.float32], scale_px: float) -> ShaftMap:
    """Trace the shafts in a plane that went through `scale.normalised`."""
    small = resampled(image, TRACE_HEAD_PX / scale_px)
    ridge = _ridge(small)
    axis = _axis(ridge)
    return _map_of(axis, ridge, small, image.shape)


def _ridge(image: NDArray[np.float32]) -> _Ridge:
    from scipy import fft

    margin = 16
    padded = np.pad(image, margin, mode="reflect" if min(image.shape) > margin else "edge")
    shape = (
        fft.next_fast_len(padded.shape[0], real=True),
        fft.next_fast_len(padded.shape[1], real=True),
    )
    spectrum = fft.rfft2(padded, shape)
    inside = tuple(slice(margin, margin + n) for n in image.shape)
    best = np.zeros(image.shape, np.float32)
    angle = np.zeros(image.shape, np.float32)
    sigma = np.full(image.shape, _WIDTHS[0], np.float32)
    for across in _WIDTHS:
        for k in range(_N_ANGLES):
            answer = _line_answer(spectrum, shape, np.pi * k / _N_ANGLES, across)[inside]
            better = answer > best
            best[better] = answer[better]
            angle[better] = np.pi * k / _N_ANGLES
            sigma[better] = across
    return _Ridge(best, angle, sigma)


def _line_answer(
    spectrum: NDArray[np.complex64], shape: tuple[int, int], theta: float, across: float
) -> NDArray[np.float32]:
    """Return the weakest of the filter's answers here and a step to either side along the line.

    A round spine answers in one place only, so it makes no line; a shaft answers in all three.
    """
    from scipy import fft

    here, shift = _line_filter(shape, theta, across)
    filtered = spectrum * here
    answer: NDArray[np.float32] = fft.irfft2(filtered, shape)
    for moved in (filtered * shift, filtered * shift.conj()):
        np.minimum(answer, fft.irfft2(moved, shape), out=answer)
    return answer


@lru_cache(maxsize=128)
def _line_filter(
    shape: tuple[int, int], theta: float, across: float
) -> tuple[NDArray[np.float32], NDArray[np.complex64]]:
    """Return the transfer functions of the filter at `theta` and of a step along the line.

    The filter is minus the second derivative across a Gaussian line, scaled by the variance across
    so that lines of different widths answer alike.
    """
    v = np.fft.fftfreq(shape[0])[:, None] * 2 * np.pi
    u = np.fft.rfftfreq(shape[1])[None, :] * 2 * np.pi
    w_along = u * np.cos(theta) + v * np.sin(theta)
    w_across = -u * np.sin(theta) + v * np.cos(theta)
    envelope = np.exp(-0.5 * ((w_along * max(2.5, 1.5 * across)) ** 2 + (w_across * across) ** 2))
    here = ((w_across * across) ** 2 * envelope).astype(np.float32)
    return here, np.exp(1j * w_along * max(4.5, 1.5 * across)).astype(np.complex64)


def _axis(ridge: _Ridge) -> NDArray[np.bool_]:
    """Return the crest lines: maxima across the line, linked by hysteresis, long enough."""
    from scipy import ndimage as ndi
    from skimage.morphology import skeletonize

    rows, columns = np.mgrid[: ridge.strength.shape[0], : ridge.strength.shape[1]]
    dy, dx = np.cos(ridge.angle), -np.sin(ridge.angle)
    crest = ridge.strength > _WEAK
    for sign in (-1.0, 1.0):
        beside = ndi.map_coordinates(
            ridge.strength, [rows + sign * dy, columns + sign * dx], order=1, mode="nearest"
        )
        crest &= ridge.strength >= beside
    thick = ndi.binary_dilation(crest, np.ones((3, 3), bool))
    crest = _without_spurs(skeletonize(thick))  # type: ignore[no-untyped-call]
    labels, n = ndi.label(crest, np.ones((3, 3), int))
    if n == 0:
        return np.zeros(crest.shape, bool)
    ids = np.arange(n + 1)
    length = np.bincount(labels.ravel(), minlength=n + 1)
    strongest = ndi.maximum(ridge.strength, labels, ids)
    keep = (length >= _MIN_LENGTH) & (strongest >= _STRONG)
    keep[0] = False
    result: NDArray[np.bool_] = keep[labels]
    return result


def _without_spurs(lines: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Take away side twigs up to `_SPUR` px long; what is left grows back to its own ends."""
    from scipy import ndimage as ndi

    around = np.ones((3, 3), int)
    kept = lines.copy()
    for _ in range(_SPUR):
        kept &= ndi.convolve(kept.astype(np.int8), around, mode="constant") > 2
    grown = kept.copy()
    tips = kept & (ndi.convolve(kept.astype(np.int8), around, mode="constant") <= 2)
    for _ in range(_SPUR):
        tips = ndi.binary_dilation(tips, around) & lines & ~grown
        grown |= tips
    return grown


def _radii(
    axis_yx: NDArray[np.int64], ridge: _Ridge, image: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the half width at half height of the profile across each axis point (trace px)."""
    from scipy import ndimage as ndi
    from scipy.spatial import cKDTree

    steps = np.arange(0.0, 10.5, 0.5)
    angle = ridge.angle[axis_yx[:, 0], axis_yx[:, 1]]
    offsets = np.concatenate([-steps[::-1], steps[1:]])
    y = axis_yx[:, :1] + offsets * np.cos(angle)[:, None]
    x = axis_yx[:, 1:] - offsets * np.sin(angle)[:, None]
    profile = ndi.map_coordinates(ndi.gaussian_filter(image, 0.7), [y, x], order=1, mode="nearest")
    middle = len(steps) - 1
    left, right = profile[:, middle::-1], profile[:, middle:]
    # The darker side decides: a spine on the other side would widen the shaft.
    side = np.where(left.mean(1)[:, None] < right.mean(1)[:, None], left, right)
    floor = side.min(1)
    below = side < (floor + 0.5 * (side[:, 0] - floor))[:, None]
    radius = np.where(below.any(1), steps[below.argmax(1)], steps[-1])
    _, near = cKDTree(axis_yx).query(axis_yx, k=min(9, len(axis_yx)))
    smoothed = np.median(radius[near.reshape(len(axis_yx), -1)], axis=1)
    result: NDArray[np.float32] = np.clip(smoothed, 1.0, None).astype(np.float32)
    return result


def _map_of(
    axis: NDArray[np.bool_], ridge: _Ridge, image: NDArray[np.float32], shape: tuple[int, ...]
) -> ShaftMap:
    """Return the map on the plane's own grid."""
    from scipy import ndimage as ndi

    full = (shape[0], shape[1])
    ratio_y, ratio_x = full[0] / axis.shape[0], full[1] / axis.shape[1]
    if not axis.any():
        far = np.full(full, float(sum(full)), np.float32)
        nothing = np.zeros(full, np.float32)
        return ShaftMap(far, nothing, nothing, nothing, nothing, nothing, np.zeros(full, bool))
    axis_yx = np.argwhere(axis)
    radius = np.zeros(axis.shape, np.float32)
    radius[axis] = _radii(axis_yx, ridge, image)
    glow = ndi.gaussian_filter(image, 1.0)
    marks = np.zeros(full, bool)
    rows = np.minimum(((axis_yx[:, 0] + 0.5) * ratio_y).astype(int), full[0] - 1)
    columns = np.minimum(((axis_yx[:, 1] + 0.5) * ratio_x).astype(int), full[1] - 1)
    marks[rows, columns] = True
    source = np.zeros((*full, 2), np.int32)
    source[rows, columns] = axis_yx
    distance, (ny, nx) = ndi.distance_transform_edt(~marks, return_indices=True)
    sy, sx = source[ny, nx, 0], source[ny, nx, 1]
    ratio = float(np.sqrt(ratio_y * ratio_x))
    return ShaftMap(
        distance.astype(np.float32),
        radius[sy, sx] * np.float32(ratio),
        ridge.angle[sy, sx],
        ny.astype(np.float32) + np.float32(0.5),
        nx.astype(np.float32) + np.float32(0.5),
        glow[sy, sx],
        marks,
    )
