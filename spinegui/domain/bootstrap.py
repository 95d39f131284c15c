"""Figures with their uncertainty: bootstrap over images.

A statistic is a function from weights (r, images), how often each image counts in each of r
resamples, to r values. Its figure is its value with every image counted once; its interval is
what resampling the images makes of it. Images are resampled, not spines: spines of one image are
alike, and taking them for independent would make every interval too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

Weights: TypeAlias = "NDArray[np.float64]"
Statistics: TypeAlias = "Callable[[Weights], Mapping[str, NDArray[np.float64]]]"

RESAMPLES = 1000
_INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, its 95 % interval, and how many spines or detections and images it rests on.

    `value` is None where it cannot be computed; the interval is None with fewer than two images.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    n_images: int

    def to_json(self) -> dict[str, float | int | None]:
        """Return it as a JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


def draw_weights(n_images: int, *, resamples: int = RESAMPLES, seed: int = 0) -> Weights:
    """Return (resamples, n_images) counts of images drawn with replacement, fixed by the seed."""
    if n_images == 0:
        return np.zeros((resamples, 0))
    rng = np.random.default_rng(seed)
    shares = np.full(n_images, 1 / n_images)
    return rng.multinomial(n_images, shares, size=resamples).astype(np.float64)


def estimate(
    statistics: Statistics, weights: Weights, sizes: Mapping[str, int] | int
) -> dict[str, Estimate]:
    """Return every statistic with its interval; `sizes` is n, for all or by name."""
    n_images = weights.shape[1]
    values = statistics(np.ones((1, n_images)))
    drawn = statistics(weights) if n_images > 1 else {}
    return {
        name: _estimate(
            float(value[0]),
            drawn.get(name),
            n=sizes if isinstance(sizes, int) else sizes[name],
            n_images=n_images,
        )
        for name, value in values.items()
    }


def estimate_change(
    before: Statistics, after: Statistics, weights: Weights, n: int
) -> dict[str, Estimate]:
    """Return after minus before for each statistic, paired: each resample draws the same images.

    Pairing removes what both share, the images' difficulty, so small changes show.
    """

    def change(drawn: Weights) -> dict[str, NDArray[np.float64]]:
        old, new = before(drawn), after(drawn)
        return {name: new[name] - old[name] for name in old if name in new}

    return estimate(change, weights, n)


def _estimate(
    value: float, drawn: NDArray[np.float64] | None, *, n: int, n_images: int
) -> Estimate:
    known = None if np.isnan(value) else value
    # A resample without a single spine has no figure; the others still tell the spread.
    usable = np.zeros(0) if drawn is None else drawn[~np.isnan(drawn)]
    if known is None or len(usable) == 0:
        return Estimate(known, None, None, n, n_images)
    low, high = np.percentile(usable, _INTERVAL)
    return Estimate(known, float(low), float(high), n, n_images)


def ratio(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return top / bottom, NaN where bottom is zero: a figure that does not exist, not a zero."""
    shape = np.broadcast_shapes(top.shape, bottom.shape)
    result: NDArray[np.float64] = np.divide(
        top, bottom, out=np.full(shape, np.nan), where=bottom != 0
    )
    return result
