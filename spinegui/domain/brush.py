"""A stroke of a round brush on a coarse grid: what it covers is exactly what is shown and kept.

Reviewed regions are boxes, and a painted shape has none. So a stroke covers whole cells of a grid,
those whose middle the brush passed over, and its boxes are those cells: nothing is rounded later.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.geometry import Box
from spinegui.domain.rectangles import cell_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CELLS = 256
"""Cells along the longer side of an image, at most."""
SMALLEST_CELL = 4


def cell_size(width: int, height: int) -> int:
    """Return the side of a cell in px, a power of two, for an image of that size."""
    wanted = max(SMALLEST_CELL, math.ceil(max(width, height) / MOST_CELLS))
    return 1 << (wanted - 1).bit_length()


class Stroke:
    """The cells that a round brush passed over on an image of that size in px."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        self.cell = cell_size(width, height)
        self._covered = np.zeros((-(-height // self.cell), -(-width // self.cell)), np.bool_)
        self._last: tuple[float, float] | None = None

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Which cells (rows, columns) it covers."""
        return self._covered

    def pass_over(self, x: float, y: float, radius: float) -> None:
        """Move the brush in a straight line to x, y; it covers cells within `radius` (all px)."""
        x0, y0 = self._last or (x, y)
        self._last = (x, y)
        rows, columns = self._near(min(x0, x), max(x0, x), min(y0, y), max(y0, y), radius)
        cy = (np.arange(rows.start, rows.stop)[:, None] + 0.5) * self.cell
        cx = (np.arange(columns.start, columns.stop)[None, :] + 0.5) * self.cell
        dx, dy = x - x0, y - y0
        length = dx * dx + dy * dy
        along = np.clip(((cx - x0) * dx + (cy - y0) * dy) / length, 0, 1) if length else 0.0
        away = (cx - x0 - along * dx) ** 2 + (cy - y0 - along * dy) ** 2
        self._covered[rows, columns] |= away <= radius * radius
        row, column = math.floor(y / self.cell), math.floor(x / self.cell)
        if 0 <= row < self._covered.shape[0] and 0 <= column < self._covered.shape[1]:
            self._covered[row, column] = True  # a brush finer than the grid marks something too

    def boxes(self) -> tuple[Box, ...]:
        """Return disjoint boxes in px, within the image, that cover its cells."""
        width, height = self._size
        return tuple(
            Box(
                x0 * self.cell,
                y0 * self.cell,
                min(x1 * self.cell, width),
                min(y1 * self.cell, height),
            )
            for x0, y0, x1, y1 in cell_blocks(self._covered)
        )

    def _near(
        self, x0: float, x1: float, y0: float, y1: float, radius: float
    ) -> tuple[slice, slice]:
        """Return the rows and columns of cells that a part of the stroke can reach."""
        low = [math.floor((v - radius) / self.cell) for v in (y0, x0)]
        high = [math.floor((v + radius) / self.cell) + 1 for v in (y1, x1)]
        rows, columns = (
            slice(min(max(a, 0), n), min(max(b, 0), n))
            for a, b, n in zip(low, high, self._covered.shape, strict=True)
        )
        return rows, columns
