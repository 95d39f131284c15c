"""The grid's own keys: arrows, pages, ends, Enter. What decides comes from the shared actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from spinegui.gui.gallery.grid import Grid

Key = Qt.Key
_STEPS = frozenset((
    Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down,
    Key.Key_Home, Key.Key_End, Key.Key_PageUp, Key.Key_PageDown,
))  # fmt: skip
_OPEN = frozenset((Key.Key_Return, Key.Key_Enter))


class GridKeys:
    """Moves the current crop; Shift reaches from the anchor to it."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid

    def claims(self, event: QKeyEvent) -> bool:
        """Tell whether the key means something here that goes before a window's shortcut."""
        bare = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in _OPEN:
            return bare == Qt.KeyboardModifier.NoModifier
        return event.key() in _STEPS and bare in {
            Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier,
        }  # fmt: skip

    def press(self, event: QKeyEvent) -> bool:
        """Take the key, or return False where it means nothing here."""
        if not self.claims(event):
            return False
        grid, picks = self._grid, self._grid.picks
        if event.key() in _OPEN:
            if picks.current:
                grid.opened.emit(picks.current)
            return True
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        picks.step(self._steps(Key(event.key())), extend=extend)
        grid.follow_picks()
        return True

    def _steps(self, key: Qt.Key) -> int:
        """Return how many places the key goes on; up and down keep to their column."""
        grid = self._grid
        columns, n = grid.layout_now.columns, len(grid.picks.ids)
        at = grid.picks.index_of(grid.picks.current)
        if at < 0:
            return 0
        page = max(1, grid.viewport().height() // grid.layout_now.row_height)
        rows_above, rows_below = at // columns, (n - 1) // columns - at // columns
        return {
            Key.Key_Left: -1,
            Key.Key_Right: 1,
            Key.Key_Up: -columns * min(1, rows_above),
            Key.Key_Down: columns * min(1, rows_below),
            Key.Key_PageUp: -columns * min(page, rows_above),
            Key.Key_PageDown: columns * min(page, rows_below),
            Key.Key_Home: -at,
            Key.Key_End: n - 1 - at,
        }[key]
