"""From pixel values to levels on the screen; for the eye only, never for measuring."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_STEPS = 1024
_CHUNK_PIXELS = 1 << 15


def levels(
    values: NDArray[Any], window: tuple[float, float], gamma: float = 1.0
) -> NDArray[np.uint8]:
    """Return (Y, X) uint8 levels for (Y, X) values of any real dtype.

    `window` is the value at level 0 and the one at level 255; `gamma` above 1 raises the levels
    between. Not-a-number is level 0.
    """
    if values.dtype in (np.uint8, np.uint16):
        table = _integer_table(values.dtype.itemsize, window, gamma)
        # `wrap` skips the bounds check: an index of this dtype cannot lie outside its table.
        found: NDArray[np.uint8] = np.take(table, values, mode="wrap")
        return found
    low, high = window
    with np.errstate(over="ignore", invalid="ignore"):  # beyond float32 is white or black anyway
        scaled: NDArray[np.float32] = np.subtract(values, low, dtype=np.float32)
        scaled *= (_STEPS - 1) / max(high - low, 1e-30)
    np.nan_to_num(scaled, copy=False, nan=0.0)
    np.clip(scaled, 0, _STEPS - 1, out=scaled)
    return np.take(_curve(np.linspace(0.0, 1.0, _STEPS), gamma), scaled.astype(np.uint16))


@lru_cache(maxsize=16)
def _integer_table(itemsize: int, window: tuple[float, float], gamma: float) -> NDArray[np.uint8]:
    values = np.arange(256**itemsize, dtype=np.float64)
    low, high = window
    return _curve(np.clip((values - low) / max(high - low, 1e-9), 0, 1), gamma)


def _curve(fractions: NDArray[np.float64], gamma: float) -> NDArray[np.uint8]:
    return np.rint(255 * fractions ** (1 / gamma)).astype(np.uint8)


def reduced(values: NDArray[Any], factor: int, *, max_reads: int) -> NDArray[Any]:
    """Return the mean of every factor x factor block, in the dtype of `values`.

    Reads at most about `max_reads` values: of a larger array, evenly spaced rows of each block,
    so that the first look at a very large image does not wait for all of it.
    """
    height, width = (n // factor * factor for n in values.shape)
    rows = min(factor, max(1, int(max_reads * factor / max(height * width, 1))))
    starts = [i * factor // rows for i in range(rows)]
    result = np.empty((height // factor, width // factor), values.dtype)
    # Some rows at a time, so that the sums stay in the processor's cache: four times as fast.
    step = max(1, _CHUNK_PIXELS // max(width, 1))
    for first in range(0, len(result), step):
        block = values[first * factor : (first + step) * factor, :width]
        result[first : first + step] = _block_means(
            block[: height - first * factor], factor, starts
        )
    return result


def _block_means(values: NDArray[Any], factor: int, starts: Sequence[int]) -> NDArray[Any]:
    """Return the means of blocks, of those rows of each; whole blocks only."""
    is_small = values.dtype.kind == "u" and values.dtype.itemsize <= 2
    wide = np.uint32 if is_small else np.float64
    acc: NDArray[Any] = values[starts[0] :: factor].astype(wide)
    for start in starts[1:]:
        acc += values[start::factor]
    total: NDArray[Any] = acc[:, 0::factor].copy()
    for column in range(1, factor):
        total += acc[:, column::factor]
    count = len(starts) * factor
    return (total + count // 2) // count if is_small else total / count
