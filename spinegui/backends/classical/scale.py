"""The size of things in an image: how many pixels a spine head is across, and one common grid.

All measurements are made on a grid where a head has `WORKING_HEAD_PX` pixels, so that one set of
parameters serves every zoom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEAD_UM = 0.75
"""Apparent diameter of a typical head in two-photon images: about 0.5 µm and the optical blur."""

WORKING_HEAD_PX = 7.0
"""Diameter of a typical head on the grid that everything is measured on."""


_CUT_OUT = 0.9
"""Share of pixels at the very minimum above which the background counts as blackened."""


def normalised(
    pixels: NDArray[np.generic], *, like: NDArray[np.generic] | None = None
) -> NDArray[np.float32]:
    """Return the square root of intensity above the background, 0 to about 1.2, as float32.

    The root makes shot noise even and lets faint spines count beside bright shafts. Stretched
    between the 1st percentile of `pixels` and the 99.8th of `like` (a stack's projection, or
    `pixels` itself); flat images become zeros.
    """
    values = np.nan_to_num(np.asarray(pixels, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    some = _sample(values)
    bright = some if like is None else _sample(np.asarray(like, np.float32))
    if is_cut_out(some):
        # A dendrite cut out onto black: percentiles of the black would say nothing.
        some, bright = some[some > some.min()], bright[bright > bright.min()]
        low = float(values.min())
    else:
        low = float(np.percentile(some, 1.0))
    high = float(np.percentile(bright, 99.8)) if len(bright) else low
    if high <= low:
        low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.zeros(values.shape, np.float32)
    result: NDArray[np.float32] = np.sqrt(np.clip((values - low) / (high - low), 0.0, 1.5))
    return result


def is_cut_out(values: NDArray[np.float32]) -> bool:
    """Tell whether a dendrite was cut out by hand: nearly all is the blackest black."""
    return bool((values == values.min()).mean() > _CUT_OUT)


def _sample(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values.ravel()[:: max(1, values.size // 400_000)]


def resampled(
    image: NDArray[np.float32], zoom_y: float, zoom_x: float | None = None
) -> NDArray[np.float32]:
    """Return a plane (Y, X) on a grid `zoom` times as fine, blurred first where it gets coarser."""
    from scipy import ndimage as ndi

    zooms = (zoom_y, zoom_y if zoom_x is None else zoom_x)
    shape = tuple(max(1, round(n * zoom)) for n, zoom in zip(image.shape, zooms, strict=True))
    if shape == image.shape:
        return image
    blur = [0.4 * np.sqrt(max(1 / zoom**2 - 1, 0.0)) for zoom in zooms]
    if max(blur) > 0:
        image = ndi.gaussian_filter(image, blur)
    ratios = [n / m for n, m in zip(image.shape, shape, strict=True)]
    offset = [0.5 * r - 0.5 for r in ratios]
    result: NDArray[np.float32] = ndi.affine_transform(
        image, ratios, offset=offset, output_shape=shape, order=1, mode="nearest"
    )
    return result
