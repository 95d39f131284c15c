"""Places that may be spine heads: every round bright spot, on its own or bulging from a shaft."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.suppression import suppress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.classical.working import WorkingImage

_NEAREST_PX = 2.9
"""Candidates closer than this are one (working px)."""

_FARTHEST_PX = 45.0
"""Candidates of a stack farther than this from every shaft are left out (working px, 5 µm)."""

_NEAREST_UM = 1.6
"""Candidates of a stack closer in depth than this may be one."""


def find_candidates(image: WorkingImage) -> NDArray[np.float64]:
    """Return (n, 3) candidates z, y, x in working px; a pixel's centre lies at its index + 0.5.

    A spot counts where brightness curves down in every direction (the weaker curvature has a peak)
    or stands out of its surroundings, at the size of a head or somewhat smaller.
    """
    from scipy import ndimage as ndi

    wide = _blob_strength(image.volume, 2.6)
    small = _blob_strength(image.volume, 1.8)
    glow = _blurred(image.volume, 2.6) - _blurred(image.volume, 4.2)
    found: list[NDArray[np.float64]] = []
    strengths: list[NDArray[np.float64]] = []
    near = image.shaft.distance[None] < _FARTHEST_PX if image.is_stack else np.True_
    size = (3 if image.is_stack else 1, 5, 5)
    for answer, least, in_noise, weight in (
        (wide, 0.003, 2.3, 3.0), (glow, 0.004, 4.0, 2.0), (small, 0.008, 2.7, 1.0)
    ):  # fmt: skip
        # A stack's slices are mostly background, whose own bumps tell how high noise reaches.
        limit = max(least, in_noise * _spread(answer)) if image.is_stack else least
        peaks = (answer == ndi.maximum_filter(answer, size)) & (answer > limit) & near
        found.append(np.argwhere(peaks).astype(np.float64))
        strengths.append(weight * answer[peaks].astype(np.float64))
    points = np.concatenate(found)
    depth_px = 1.0 if image.z_um is None else image.z_um * _NEAREST_PX / _NEAREST_UM
    kept = suppress(points * (depth_px, 1.0, 1.0), np.concatenate(strengths), _NEAREST_PX)
    return points[kept] + (0.0, 0.5, 0.5)


def _spread(values: NDArray[np.float32]) -> float:
    """Return the standard deviation of the bulk of the values, by the median."""
    some = values.ravel()[:: max(1, values.size // 400_000)]
    return 1.48 * float(np.median(np.abs(some - np.median(some))))


def _blurred(volume: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    from scipy import ndimage as ndi

    result: NDArray[np.float32] = ndi.gaussian_filter(volume, (0, sigma, sigma))
    return result


def _blob_strength(volume: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Return minus the weaker of the two principal curvatures in each slice, scale-normalised."""
    from scipy import ndimage as ndi

    blur = (0, sigma, sigma)
    xx = ndi.gaussian_filter(volume, blur, (0, 0, 2))
    yy = ndi.gaussian_filter(volume, blur, (0, 2, 0))
    xy = ndi.gaussian_filter(volume, blur, (0, 1, 1))
    spread = np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    result: NDArray[np.float32] = -((xx + yy) / 2 + spread) * np.float32(sigma**2)
    return result
