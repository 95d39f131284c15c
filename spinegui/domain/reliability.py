"""How honest scores are, as a curve: the share that was right in each bin of the score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.metrics import CALIBRATION_BINS, bin_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


def calibration_curve(
    scores: NDArray[np.float64], is_right: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return mean score (b,), share that was right (b,) and count (b,) of the bins in use."""
    index = bin_of(scores)
    count = np.bincount(index, minlength=CALIBRATION_BINS)
    score = np.bincount(index, weights=scores, minlength=CALIBRATION_BINS)
    right = np.bincount(index, weights=is_right, minlength=CALIBRATION_BINS)
    used = count > 0
    return score[used] / count[used], right[used] / count[used], count[used]
