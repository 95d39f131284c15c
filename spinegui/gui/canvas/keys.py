"""The canvas's own keys: nudge, grow, hide while held, cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QKeyCombination, QObject, Qt, QTimer

from spinegui.gui.canvas import box_handle
from spinegui.gui.canvas.tools import Tool
from spinegui.gui.keys.in_use import combination

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

    from spinegui.domain.geometry import Box
    from spinegui.gui.canvas.image_view import Canvas

_ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_FAR = 10
_TAP_MS = 250
_WHEEL_PAUSE_MS = 500


class Keys(QObject):
    """Nudging and growing show at once and ask for one change, once the key or wheel rests."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._pending: dict[str, Box] = {}
        """The detections being nudged, with their boxes as they were."""
        self._held = QElapsedTimer()
        self._hide_keys: tuple[QKeyCombination, ...] = ()
        self.set_hide_keys(("H",))
        self._rest = QTimer(self, singleShot=True, interval=_WHEEL_PAUSE_MS)
        self._rest.timeout.connect(self.commit)

    def set_hide_keys(self, keys: Sequence[str]) -> None:
        """Let these keys (portable text) hide the boxes while one of them is held."""
        self._hide_keys = tuple(combination(key) for key in keys)

    def claims(self, event: QKeyEvent) -> bool:
        """Tell whether the key means something here that goes before a window's shortcut."""
        key, modifiers = event.key(), event.modifiers()
        if key == Qt.Key.Key_Escape:
            return bool(self._pending) or self._canvas.is_busy
        if key in _ARROWS:
            by_hand = bool(modifiers & Qt.KeyboardModifier.AltModifier)
            return by_hand and bool(self._canvas.scene.selected_boxes())
        return event.keyCombination() in self._hide_keys

    def press(self, event: QKeyEvent) -> bool:
        """Take the key, or return False where it means nothing here."""
        key, modifiers = event.key(), event.modifiers()
        if key in _ARROWS and modifiers & Qt.KeyboardModifier.AltModifier:
            far = _FAR if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
            dx, dy = _ARROWS[key]
            return self._nudge(dx * far, dy * far)
        if event.keyCombination() in self._hide_keys:
            if not event.isAutoRepeat():
                self._canvas.set_hidden_while_held(True)
                self._held.start()
            return True
        if key == Qt.Key.Key_Escape:
            self._escape()
            return True
        return False

    def release(self, event: QKeyEvent) -> bool:
        """Take the key, or return False where it means nothing here."""
        key = event.key()
        if event.isAutoRepeat():
            return False
        if key in _ARROWS or key in (Qt.Key.Key_Alt, Qt.Key.Key_Control):
            self.commit()
            return key in _ARROWS
        hides = any(key == hide.key() for hide in self._hide_keys)
        if hides and self._held.isValid():
            self._canvas.set_hidden_while_held(False)
            if self._held.elapsed() <= _TAP_MS:
                self._canvas.boxes_toggle_requested.emit()
            self._held.invalidate()
            return True
        return False

    def grow(self, steps: int) -> None:
        """Grow (steps > 0) or shrink the selected boxes."""
        boxes = self._canvas.scene.selected_boxes()
        if not boxes or steps == 0:
            return
        self._show(boxes, {i: box_handle.grown(box, steps) for i, box in boxes.items()})
        self._rest.start()

    def commit(self) -> None:
        """Ask for the change that was shown."""
        self._rest.stop()
        pending, self._pending = self._pending, {}
        shown = {i: self._canvas.box_of(i) for i in pending}
        after = {i: box for i, box in shown.items() if box is not None}
        self._canvas.show_live(pending)
        if after != pending:
            self._canvas.box_changes_requested.emit(after)

    def cancel(self) -> bool:
        """Take back what was shown and not asked for yet; tell whether there was anything."""
        self._rest.stop()
        pending, self._pending = self._pending, {}
        self._canvas.show_live(pending)
        return bool(pending)

    def lose_focus(self) -> None:
        """No release will be heard any more."""
        self.commit()
        if self._held.isValid():
            self._held.invalidate()
            self._canvas.set_hidden_while_held(False)

    def _nudge(self, dx: float, dy: float) -> bool:
        boxes = self._canvas.scene.selected_boxes()
        if not boxes:
            return False
        self._show(boxes, {i: box_handle.moved(box, dx, dy) for i, box in boxes.items()})
        return True

    def _show(self, before: dict[str, Box], after: dict[str, Box]) -> None:
        if self._pending.keys() != before.keys():
            self._pending = before
        self._canvas.show_live(after)

    def _escape(self) -> None:
        canvas = self._canvas
        if canvas.cancel():
            return
        if canvas.tool is not Tool.SELECT:
            canvas.set_tool(Tool.SELECT)
            return
        canvas.selection_requested.emit(frozenset(), "replace")
