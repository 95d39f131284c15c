"""Which parts of a plane hold anything brighter than the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from spinegui.domain.geometry import Box

_MOST_SAMPLES = 1024
_BIN = 4
_FAR = 5.0
"""Deviations from the background's middle from which on a bin counts as bright."""
_LEAST_BINS = 3
"""One bright bin may be a hot pixel."""


def holds_structure(plane: NDArray[np.generic], boxes: Sequence[Box]) -> NDArray[np.bool_]:
    """Tell (n,) which boxes (px) of a plane (Y, X) hold something brighter than the background.

    The background is what most of the plane is: the median of small averages, give or take five of
    their deviations (MAD). At most about a million pixels are read, so that it takes a moment only.
    """
    step = max(1, max(plane.shape) // _MOST_SAMPLES)
    some = np.nan_to_num(np.asarray(plane[::step, ::step], np.float32), posinf=0.0, neginf=0.0)
    by, bx = (min(_BIN, n) for n in some.shape)
    rows, columns = some.shape[0] // by, some.shape[1] // bx
    means = some[: rows * by, : columns * bx].reshape(rows, by, columns, bx).mean(axis=(1, 3))
    middle = _median(means)
    spread = 1.4826 * _median(np.abs(means - middle))
    is_bright = means > middle + _FAR * spread
    return np.array([_is_bright(is_bright, b, (step * by, step * bx)) for b in boxes], np.bool_)


def _median(values: NDArray[np.float32]) -> float:
    # numpy's own loads its masked arrays first, which the eye would notice here.
    return float(np.partition(values.ravel(), values.size // 2)[values.size // 2])


def _is_bright(is_bright: NDArray[np.bool_], box: Box, size: tuple[int, int]) -> bool:
    y0, y1 = int(box.y0 // size[0]), int(-(-box.y1 // size[0]))
    x0, x1 = int(box.x0 // size[1]), int(-(-box.x1 // size[1]))
    part = is_bright[y0:y1, x0:x1]
    return bool(np.count_nonzero(part) >= min(_LEAST_BINS, max(part.size, 1)))
