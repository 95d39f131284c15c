"""Where the cells of a grid lie: rows from the top, as many columns as fit; px of the content."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

GAP = 6
MARGIN = 12
CAPTION = 18


@dataclass(frozen=True)
class GridLayout:
    """`n` cells with a square picture of `side` px and a line below it, in a view `width` px wide.

    The columns share the width that is left over, so that the grid fills the view.
    """

    width: int
    side: int
    n: int

    @cached_property
    def columns(self) -> int:
        return max(1, (self.width - 2 * MARGIN + GAP) // (self.side + GAP))

    @property
    def rows(self) -> int:
        return -(-self.n // self.columns)

    @cached_property
    def row_height(self) -> int:
        return self.side + CAPTION + GAP

    @property
    def height(self) -> int:
        """Of the whole content."""
        return 2 * MARGIN - GAP + self.rows * self.row_height if self.n else 0

    @cached_property
    def pitch(self) -> float:
        """From one column to the next: what width is left over goes between the columns."""
        columns = self.columns
        spare = self.width - 2 * MARGIN - columns * self.side
        room = self.n >= columns > 1
        return self.side + (spare / (columns - 1) if room else GAP)

    def corner(self, index: int) -> tuple[int, int]:
        """Return the left and top of a cell."""
        row, column = divmod(index, self.columns)
        return MARGIN + round(column * self.pitch), MARGIN + row * self.row_height

    def at(self, x: float, y: float) -> int:
        """Return the cell under a point, -1 between cells."""
        column, over_x = divmod(x - MARGIN, self.pitch)
        row, over_y = divmod(y - MARGIN, self.row_height)
        inside = over_x < self.side and over_y < self.side + CAPTION
        index = int(row) * self.columns + int(column)
        in_grid = 0 <= column < self.columns and row >= 0 and index < self.n
        return index if inside and in_grid else -1

    def in_rows(self, top: float, bottom: float) -> range:
        """Return the cells of all rows that lie at least partly between two heights."""
        first = max(0, int((top - MARGIN) // self.row_height))
        last = int((bottom - MARGIN) // self.row_height)
        return range(min(self.n, first * self.columns), min(self.n, (last + 1) * self.columns))

    def touched(self, x0: float, y0: float, x1: float, y1: float) -> list[int]:
        """Return the cells that a rectangle touches (x0 <= x1, y0 <= y1)."""
        found = []
        for index in self.in_rows(y0, y1):
            left, top = self.corner(index)
            across = left <= x1 and left + self.side >= x0
            if across and top <= y1 and top + self.side + CAPTION >= y0:
                found.append(index)
        return found
