"""The hand on the image as a value: its tool, what lies under it, what is held, its drag."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from spinegui.gui.canvas.tools import Gesture, Tool

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from spinegui.gui.canvas.cursors import Under

_BY_KEY = {
    Qt.Key.Key_Shift: Qt.KeyboardModifier.ShiftModifier,
    Qt.Key.Key_Control: Qt.KeyboardModifier.ControlModifier,
    Qt.Key.Key_Alt: Qt.KeyboardModifier.AltModifier,
}


@dataclass(frozen=True, slots=True)
class Hand:
    """`under` is None while the cursor is elsewhere, `gesture` while no drag is under way."""

    tool: Tool = Tool.SELECT
    under: Under | None = None
    held: Qt.KeyboardModifier = field(default=Qt.KeyboardModifier.NoModifier)
    gesture: Gesture | None = None

    def holds(self, modifier: Qt.KeyboardModifier) -> bool:
        return bool(self.held & modifier)


def held_after(event: QKeyEvent, *, is_down: bool) -> Qt.KeyboardModifier:
    """Return what is held once this key event is over: it may itself be such a key's."""
    own = _BY_KEY.get(Qt.Key(event.key()), Qt.KeyboardModifier.NoModifier)
    return event.modifiers() | own if is_down else event.modifiers() & ~own
