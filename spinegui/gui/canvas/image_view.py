"""The canvas: one image with its detections, and everything a hand can do on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QNativeGestureEvent
from typing_extensions import override

from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.canvas.display import ImageDisplay
from spinegui.gui.canvas.hand import Hand, held_after
from spinegui.gui.canvas.keys import Keys
from spinegui.gui.canvas.pointer import Pointer
from spinegui.gui.canvas.tools import Tool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QMouseEvent, QWheelEvent
    from PySide6.QtWidgets import QWidget

    from spinegui.domain.annotation import Annotation
    from spinegui.domain.labels import LabelSet


class Canvas(ImageDisplay):
    """A display that hears mouse and keys. It changes nothing: it says what was asked for."""

    clicked = Signal(str, object)
    """Detection id ("" for none) and Qt.KeyboardModifiers."""
    point_clicked = Signal(float, float)
    """Where a click fell, in image px, whatever else it meant."""
    selection_requested = Signal(object, str)
    """frozenset of ids, and how: "replace", "toggle" or "add"."""
    jump_requested = Signal(str)
    """Alt+click: go to the slice of that detection."""
    box_drawn = Signal(object)
    box_changes_requested = Signal(object)
    """New boxes by detection id: one act of the hand, whatever their number."""
    region_drawn = Signal(object)
    region_painted = Signal(object, bool)
    """The boxes of one stroke of the brush, and whether it erases."""
    spine_requested = Signal(float, float)
    rubber_band = Signal(object)
    cursor_moved = Signal(float, float, object)
    """x, y in px and the pixel's value, None outside the image."""
    cursor_left = Signal()
    hovered = Signal(str)
    z_step_requested = Signal(int)
    window_change_requested = Signal(float, float)
    """What to add to the low and to the high end of the window."""
    context_menu_requested = Signal(str, object)
    """Detection id ("" for none) and the global position (QPoint)."""
    tool_changed = Signal(object)
    hand_changed = Signal(object)
    """The Hand: what the mouse would do now has changed."""
    boxes_toggle_requested = Signal()
    """H was tapped: hide the boxes, or show them again. Holding it needs no one's help."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tool = Tool.SELECT
        self._hand = Hand()
        self._pointer = Pointer(self)
        self._keys = Keys(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The menu comes on release, so that a right drag can mean window and level.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)

    @property
    def tool(self) -> Tool:
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Take another tool in hand; a drag under way is cancelled."""
        if tool is not self._tool:
            self._pointer.cancel()
            self._tool = tool
            self._pointer.update_cursor()
            self.tool_changed.emit(tool)

    def set_hide_keys(self, keys: Sequence[str]) -> None:
        """Let these keys (portable text) hide the boxes while one of them is held."""
        self._keys.set_hide_keys(keys)

    @property
    def hand(self) -> Hand:
        """What lies under the cursor, what is held, and what a drag under way does."""
        return self._hand

    def set_hand(self, hand: Hand) -> None:
        """Tell about the hand if it is another."""
        if hand != self._hand:
            self._hand = hand
            self.hand_changed.emit(hand)

    @property
    def hovered_id(self) -> str:
        """The detection under the cursor, "" for none: what a digit means without a selection."""
        return self._pointer.hovered_id

    @property
    def is_busy(self) -> bool:
        """Whether Esc has something to end here: a drag, or a tool other than select."""
        return self._pointer.is_dragging or self._tool is not Tool.SELECT

    def cancel(self) -> bool:
        """Take back the drag or nudge under way; tell whether there was one."""
        return self._pointer.cancel() or self._keys.cancel()

    @override
    def set_annotation(
        self, annotation: Annotation | None, label_set: LabelSet = SPINE_CLASSES
    ) -> None:
        self.cancel()
        super().set_annotation(annotation, label_set)

    @override
    def set_selection(self, ids: frozenset[str]) -> None:
        if ids != self.scene.selection:
            self._keys.commit()
        super().set_selection(ids)
        self._pointer.update_cursor()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._keys.commit()
        self._pointer.press(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer.move(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pointer.release(event)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pointer.press(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self._pointer.wheel(event, self._keys)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._pointer.leave()
        super().leaveEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._pointer.hold(held_after(event, is_down=True))
        if not self._keys.press(event):
            super().keyPressEvent(event)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._pointer.hold(held_after(event, is_down=False))
        if not self._keys.release(event):
            super().keyReleaseEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._keys.lose_focus()
        super().focusOutEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._keys.claims(event):
                event.accept()
                return True
        elif isinstance(event, QNativeGestureEvent) and self._pinched(event):
            return True
        return super().event(event)

    def _pinched(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        at = event.position()
        self.view.zoom(1 + event.value(), (at.x(), at.y()))
        return True
