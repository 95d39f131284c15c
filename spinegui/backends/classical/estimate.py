"""How many pixels a spine head is across, estimated from the image where nobody knows the scale.

Curvatures of an image peak at the scale of what is in it: heads, necks, shafts, the optical blur.
Their strengths over a range of scales make a profile that shifts with zoom; a ridge regression on
it, fitted on images of known scale at many zooms, reads the scale off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.scale import is_cut_out, normalised, resampled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_SIGMAS = tuple(1.45**k for k in range(8))
_BLUNT_SIGMA = 3.0
_SMALLEST_SIDE = 40
_CLIP = 4.0
_MIX = 0.2
"""Weight of products beside the profile itself in the regression."""

HEAD_PX_RANGE = (2.5, 40.0)


@dataclass(frozen=True, eq=False)
class ScaleModel:
    """A ridge regression of the logarithm of head width on an image's curvature profile.

    mean and spread (d,) standardise the profile; weights (d + d (d + 1) / 2,) and bias follow.
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> ScaleModel:
        """Build from a parameter file's arrays; raises KeyError where one is missing."""
        values = [
            np.asarray(arrays[f"scale_{name}"], np.float64)
            for name in ("mean", "spread", "weights")
        ]
        return cls(values[0], values[1], values[2], float(np.asarray(arrays["scale_bias"], float)))

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what `from_arrays` reads."""
        names = ("mean", "spread", "weights")
        arrays: dict[str, NDArray[np.generic]] = {f"scale_{n}": getattr(self, n) for n in names}
        arrays["scale_bias"] = np.array(self.bias)
        return arrays

    def head_px(self, plane: NDArray[np.float32]) -> float:
        """Return the estimated width of a head in px of a plane (Y, X), within HEAD_PX_RANGE."""
        inputs = expanded(curvature_profile(plane), self.mean, self.spread)
        estimate = float(np.exp(np.clip(inputs @ self.weights + self.bias, 0.0, 5.0)))
        return min(max(estimate, HEAD_PX_RANGE[0]), HEAD_PX_RANGE[1])


def expanded(
    profile: NDArray[np.float64], mean: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a profile (..., d) standardised, with all products of two of its values."""
    values = np.clip((profile - mean) / spread, -_CLIP, _CLIP)
    rows, columns = np.triu_indices(values.shape[-1])
    products = values[..., rows] * values[..., columns] * _MIX
    return np.concatenate([values, products], axis=-1)


def curvature_profile(plane: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return (40,) logarithms of curvature at 8 scales: blobs, ridges and the whole image."""
    from scipy import ndimage as ndi

    image = normalised(plane)
    # Of a dendrite cut out onto black, only the part that was left counts.
    share = float((image > 0).mean()) if is_cut_out(image) else 1.0
    bright, ridged = (100 - share * np.array(tail) for tail in ((0.5, 3.0), (1.0, 5.0)))
    step = 1.0
    rows: list[list[float]] = []
    for sigma in _SIGMAS:
        while sigma / step > _BLUNT_SIGMA and min(image.shape) > _SMALLEST_SIDE:
            image = resampled(image, 0.5)
            step *= 2
        blur = sigma / step
        xx = ndi.gaussian_filter(image, blur, (0, 2))
        yy = ndi.gaussian_filter(image, blur, (2, 0))
        xy = ndi.gaussian_filter(image, blur, (1, 1))
        middle, spread = (xx + yy) / 2, np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
        blob, ridge = -(middle + spread), -(middle - spread)
        strengths = [*np.percentile(blob, bright), *np.percentile(ridge, ridged)]
        deviation = middle.std() / np.sqrt(max(share, 1e-6))
        rows.append([float(v) * blur**2 for v in (*strengths, deviation)])
    logs = np.log(np.maximum(np.array(rows), 1e-4))
    result: NDArray[np.float64] = (logs - logs.mean(axis=0)).ravel()
    return result
