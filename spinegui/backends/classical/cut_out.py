"""Dendrites that somebody cut out onto black: how wide a head is, what a score is worth there.

The outline is known, so its width tells the scale better than curvatures do. And nothing but
dendrite is left, so a candidate stands out whatever it is, and scores learned on raw background
promise too much. The constants were chosen on the Meng `train` split by
packaging/models/fit_cut_out.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEAD_PER_RADIUS = 1.8
"""Width of a head over the radius of what was cut out, along its middle."""

SLOPE, SHIFT = 1.6, -3.96
"""What the log odds of a score are multiplied by, and what is then added."""

_WHOLE_PIECE = 0.1
"""Pieces smaller than this share of the largest one are crumbs."""


def head_px(plane: NDArray[np.generic]) -> float:
    """Return the width of a head in px, from the width of the pieces of a cut-out plane (Y, X)."""
    from scipy import ndimage as ndi

    values = np.asarray(plane)
    pieces, n = ndi.label(values > values.min())
    sizes = np.bincount(pieces.ravel(), minlength=n + 1)
    sizes[0] = 0
    inside = (sizes >= _WHOLE_PIECE * sizes.max())[pieces] & (pieces > 0)
    radius = ndi.distance_transform_edt(inside)
    middle = (radius == ndi.maximum_filter(radius, 3)) & (radius >= 1)
    return HEAD_PER_RADIUS * float(np.median(radius[middle]))


def calibrated(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return scores (n,) as they come true on cut-out images."""
    safe = np.clip(scores, 1e-6, 1 - 1e-6)
    logits = SLOPE * np.log(safe / (1 - safe)) + SHIFT
    result: NDArray[np.float64] = 1 / (1 + np.exp(-logits))
    return result
