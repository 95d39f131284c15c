"""Square windows of a plane, resampled so that a spine head always has the same size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Points = NDArray[np.float64]

HEAD_PX = 7.0
"""Patch pixels to one head diameter: a head is then resolved, and a patch stays small."""
HALF_HEADS = 4.5
"""Half the side of a patch in head diameters: the longest spine we measure has five."""


@dataclass(frozen=True, eq=False)
class Patch:
    """A window of a plane: `pixels` (n, n) float32, its middle at `center` (x, y px of the image).

    One patch pixel is `step` image pixels wide; the patch's x axis runs along the angle `turn` of
    the image (radians, from x towards y).
    """

    pixels: Plane
    center: tuple[float, float]
    step: float
    turn: float = 0.0

    @property
    def middle(self) -> float:
        """The patch coordinate (row and column index) of `center`."""
        return (len(self.pixels) - 1) / 2

    def to_image(self, rows_cols: Points) -> Points:
        """Map (k, 2) row, column indices to (k, 2) x, y in image pixels."""
        offset = (np.atleast_2d(rows_cols)[:, ::-1] - self.middle) * self.step
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        x = cos * offset[:, 0] - sin * offset[:, 1]
        y = sin * offset[:, 0] + cos * offset[:, 1]
        return np.column_stack([x + self.center[0], y + self.center[1]])

    def to_patch(self, xy: Points) -> Points:
        """Map (k, 2) x, y in image pixels to (k, 2) row, column indices."""
        offset = (np.atleast_2d(xy) - np.asarray(self.center)) / self.step
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        column = cos * offset[:, 0] + sin * offset[:, 1]
        row = -sin * offset[:, 0] + cos * offset[:, 1]
        return np.column_stack([row, column]) + self.middle


def cut_patch(
    plane: Plane, center: tuple[float, float], *, step: float, n: int, turn: float = 0.0
) -> Patch:
    """Resample a window of (n, n) pixels, each `step` image pixels wide, about `center` (x, y).

    Beyond the image's edge the edge's values go on. `turn` rotates the window (radians).
    """
    from scipy.ndimage import gaussian_filter, map_coordinates

    empty = Patch(np.zeros((n, n), np.float32), center, step, turn)
    rows, cols = np.mgrid[:n, :n].reshape(2, -1).astype(np.float64)
    xy = empty.to_image(np.column_stack([rows, cols]))
    # Pixel centres lie at +0.5; indices start at 0.
    index = xy[:, ::-1] - 0.5
    limits = np.asarray(plane.shape) - 1
    low = np.clip(np.floor(index.min(axis=0)) - 4, 0, limits).astype(int)
    high = np.clip(np.ceil(index.max(axis=0)) + 5, low + 1, limits + 1).astype(int)
    window = np.asarray(plane[low[0] : high[0], low[1] : high[1]], np.float32)
    if step > 1:  # else fine texture would fold into the coarser grid
        window = gaussian_filter(window, 0.45 * np.sqrt(step**2 - 1), mode="nearest")
    values = map_coordinates(window, (index - low).T, order=1, mode="nearest")
    return Patch(values.reshape(n, n).astype(np.float32), center, step, turn)


def resample(values: Plane, patch: Patch, *, outside: float) -> Plane:
    """Return another map (Y, X) of the image on the patch's grid, `outside` beyond the edge."""
    from scipy.ndimage import map_coordinates

    n = len(patch.pixels)
    rows, cols = np.mgrid[:n, :n].reshape(2, -1).astype(np.float64)
    index = patch.to_image(np.column_stack([rows, cols]))[:, ::-1] - 0.5
    found = map_coordinates(values, index.T, order=1, mode="constant", cval=outside)
    result: Plane = found.reshape(n, n).astype(np.float32)
    return result
