"""Grey values on rings about the middle of a crop: what the comparison of crops reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from spinegui.imaging.crops import Cut, Place


def sample_rings(
    cut: Cut, place: Place, rings: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.float32]:
    """Return the values of a cut at points of its square, between pixels by their four neighbours.

    `rings` are x and y of any shape, from -1 to 1 across the square; the result has that shape.
    """
    half = place.side / 2
    # The centre of pixel 0 is at 0.5.
    x = rings[0] * half + (place.x - cut.left - 0.5)
    y = rings[1] * half + (place.y - cut.top - 0.5)
    pixels: NDArray[Any] = cut.pixels
    height, width = pixels.shape
    x, y = x.clip(0, width - 1), y.clip(0, height - 1)
    x0, y0 = np.minimum(x.astype(np.intp), width - 2), np.minimum(y.astype(np.intp), height - 2)
    across, down = x - x0, y - y0
    flat = pixels.ravel() if pixels.flags.c_contiguous else np.ascontiguousarray(pixels).ravel()
    at = y0 * width + x0
    top = flat[at] * (1 - across) + flat[at + 1] * across
    bottom = flat[at + width] * (1 - across) + flat[at + width + 1] * across
    found: NDArray[np.float32] = (top * (1 - down) + bottom * down).astype(np.float32)
    return np.nan_to_num(found, copy=False)
