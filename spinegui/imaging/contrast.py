"""From pixel values to what the eye sees: window, gamma, histogram; never written back."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


# 2¹⁸ pixels place a 99.8 % quantile within 0.01 % of its rank; more only costs time.
_SAMPLE_PIXELS = 2**18
_FARTHEST = float(np.finfo(np.float64).max) / 4


def auto_window(plane: NDArray[Any], low: float = 0.1, high: float = 99.8) -> tuple[float, float]:
    """Return (lo, hi), the `low` and `high` percentiles of a subsample of the finite pixels.

    lo < hi always. Where nearly all pixels are one value, as in a dendrite cut out onto black, hi
    comes from the others; a constant or wholly invalid plane gets a window one unit wide.
    """
    values = _finite(subsample(plane))
    lo, hi = _percentiles(values, low, high) if values.size else (0.0, 0.0)
    if hi <= lo:
        # What stands out may lie between the sampled pixels: look at all of them.
        everything = _finite(plane)
        above = everything[everything > lo]
        hi = _percentiles(above, low, high)[1] if above.size else lo
    return (lo, hi) if hi > lo else (lo, _next_above(lo))


def apply_window(
    plane: NDArray[Any], lo: float, hi: float, gamma: float = 1.0
) -> NDArray[np.uint8]:
    """Return the plane as 8-bit grey (Y, X): `lo` and below black, `hi` and above white.

    `gamma` < 1 brightens the dark end. NaN is black. Raises ValueError for a window or gamma that
    is not finite, gamma <= 0, or hi < lo; hi = lo is a threshold.
    """
    if not all(map(math.isfinite, (lo, hi, gamma))) or gamma <= 0 or hi < lo:
        raise ValueError(f"window {lo}..{hi} with gamma {gamma} cannot be shown")
    if plane.dtype.kind in "bui" and plane.dtype.itemsize <= 2:
        bits = plane.view(np.uint8 if plane.dtype.itemsize == 1 else np.uint16)
        table = _table(plane.dtype.str, lo, hi, gamma)
        grey: NDArray[np.uint8] = table[bits]
        return grey
    return _map(plane, lo, hi, gamma)


def histogram(
    plane: NDArray[Any], bins: int = 256
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return counts (bins,) of a subsample of the finite pixels and the bin edges (bins + 1,).

    The edges span the values found; of whole numbers, no bin is narrower than one. Values beyond
    a quarter of the largest float64 count as that: no span could be told otherwise.
    """
    # float64 throughout: a span over the whole of float32 overflows in its own type.
    values = _finite(subsample(plane)).astype(np.float64).clip(-_FARTHEST, _FARTHEST)
    lo, hi = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    if plane.dtype.kind in "bui":
        lo, hi = lo - 0.5, max(hi + 0.5, lo - 0.5 + bins)
    elif hi - lo <= bins * max(math.ulp(lo), math.ulp(hi)):
        # So few numbers lie between that bins would have no width.
        hi = lo + max(1.0, 4 * bins * math.ulp(max(abs(lo), abs(hi))))
    counts, edges = np.histogram(values, bins=bins, range=(lo, hi))
    return counts.astype(np.int64), edges


@lru_cache(maxsize=8)
def _table(dtype: str, lo: float, hi: float, gamma: float) -> NDArray[np.uint8]:
    """Return the grey of every value of a type of 8 or 16 bits, by the value's bit pattern."""
    kind = np.dtype(dtype)
    patterns = np.arange(2 ** (8 * kind.itemsize), dtype=f"u{kind.itemsize}")
    values = patterns if kind.kind == "b" else patterns.view(kind)
    return _map(values, lo, hi, gamma)


def _map(values: NDArray[Any], lo: float, hi: float, gamma: float) -> NDArray[np.uint8]:
    if hi == lo:
        return np.where(values > hi, np.uint8(255), np.uint8(0))
    # Clipping first keeps infinities out of the arithmetic; a window over all of float64 does not.
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = (np.clip(values.astype(np.float64), lo, hi) - lo) / (hi - lo)
    if gamma != 1.0:
        scaled = scaled**gamma
    grey: NDArray[np.uint8] = (np.nan_to_num(scaled, nan=0.0) * 255.0 + 0.5).astype(np.uint8)
    return grey


def _next_above(value: float) -> float:
    """Return one more, or the next float where values are too large for one to count."""
    return max(value + 1.0, math.nextafter(value, math.inf))


def subsample(plane: NDArray[Any]) -> NDArray[Any]:
    """Return every nth pixel of a plane (Y, X) in both directions: a view of about 2¹⁸ pixels."""
    step = max(1, math.ceil(math.sqrt(plane.size / _SAMPLE_PIXELS)))
    return plane[::step, ::step]


def _finite(values: NDArray[Any]) -> NDArray[Any]:
    return values[np.isfinite(values)] if values.dtype.kind == "f" else values.ravel()


def _percentiles(values: NDArray[Any], low: float, high: float) -> tuple[float, float]:
    """Return two percentiles by nearest rank; values not empty."""
    ranks = [round(q / 100 * (values.size - 1)) for q in (low, high)]
    if values.dtype.kind == "u" and values.dtype.itemsize <= 2:
        # Counting beats sorting by four to one on 16 bits.
        below = np.cumsum(np.bincount(values))
        lo, hi = np.searchsorted(below, ranks, side="right")
    else:
        lo, hi = np.partition(values, ranks)[ranks]
    return float(lo), float(hi)
