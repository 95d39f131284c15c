"""The mouse on the canvas: turns presses, drags and wheels into what they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from spinegui.gui.canvas import box_handle
from spinegui.gui.canvas.box_handle import handle_at
from spinegui.gui.canvas.cursors import Under, shape_for
from spinegui.gui.canvas.hand import Hand
from spinegui.gui.canvas.hit_test import boxes_in
from spinegui.gui.canvas.minimap import image_point
from spinegui.gui.canvas.scene import Sketch
from spinegui.gui.canvas.tools import DRAG_THRESHOLD_PX, Button, Gesture, Press, Tool, gesture_for

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QWheelEvent

    from spinegui.domain.geometry import Box
    from spinegui.gui.canvas.box_handle import Handle
    from spinegui.gui.canvas.image_view import Canvas
    from spinegui.gui.canvas.keys import Keys

_NOTCH = 120
_ZOOM_PER_NOTCH = 2 ** (1 / 3)
_WINDOW_PER_PX = 1 / 300
"""Share of the window's width by which a right drag changes it, per view px."""

_BUTTONS = {
    Qt.MouseButton.LeftButton: Button.LEFT,
    Qt.MouseButton.MiddleButton: Button.MIDDLE,
    Qt.MouseButton.RightButton: Button.RIGHT,
}
_SKETCHED = (Gesture.DRAW, Gesture.REGION, Gesture.BAND)


@dataclass(slots=True)
class _Drag:
    """A pressed button: where, on what, and since when it is a drag."""

    press: Press
    start: QPointF
    last: QPointF
    grabbed: dict[str, Box]
    """The selected detections, with their boxes as they were."""
    window_width: float
    gesture: Gesture | None = None


class Pointer:
    """One drag at a time. Nothing is asked for before the button is released."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._drag: _Drag | None = None
        self._notches = 0
        self._at: QPointF | None = None
        self._held = Qt.KeyboardModifier.NoModifier
        self.hovered_id = ""

    def press(self, event: QMouseEvent) -> None:
        """Remember the button; a second one pressed meanwhile cancels the drag."""
        button = _BUTTONS.get(event.button())
        if self._drag is not None:
            self.cancel()
            return
        if button is None or self._canvas.scene.image_size is None:
            event.ignore()
            return
        at = event.position()
        grabbed = self._canvas.scene.selected_boxes()
        press = Press(
            button,
            self._canvas.tool,
            shift=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier),
            ctrl=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier),
            alt=bool(event.modifiers() & Qt.KeyboardModifier.AltModifier),
            handle=self._handle_under(at),
            on_selected=self._canvas.detection_at(at) in grabbed,
            on_minimap=self._is_on_minimap(at),
        )
        low, high = self._canvas.scene.pixels.window
        self._drag = drag = _Drag(press, at, at, grabbed, max(high - low, 1e-6))
        if (gesture := gesture_for(press)) in (Gesture.TRAVEL, Gesture.PAINT):
            drag.gesture = gesture
            self._continue(drag, gesture, at)

    def move(self, event: QMouseEvent) -> None:
        """Report the cursor and, once it went 3 px, drag."""
        at = event.position()
        self._at = at
        self._held = event.modifiers()
        self._report(at)
        drag = self._drag
        if drag is None:
            self._hover(at)
            return
        if drag.gesture is None:
            way = at - drag.start
            if max(abs(way.x()), abs(way.y())) < DRAG_THRESHOLD_PX:
                return
            drag.gesture = gesture_for(drag.press)
            self.update_cursor()
        self._continue(drag, drag.gesture, at)
        drag.last = at

    def release(self, event: QMouseEvent) -> None:
        """End the drag, or treat it as a click."""
        drag = self._drag
        if drag is None or _BUTTONS.get(event.button()) is not drag.press.button:
            return
        self._drag = None
        if drag.gesture is None:
            self._click(drag, event)
        else:
            self._finish(drag, drag.gesture)
        self._hover(event.position())

    def wheel(self, event: QWheelEvent, keys: Keys) -> None:
        """Zoom at the cursor; Shift steps through z, Ctrl over a selected box resizes them."""
        delta = event.angleDelta().y() or event.angleDelta().x()  # Shift may turn the wheel's axis
        if self._canvas.scene.image_size is None or delta == 0:
            event.ignore()
            return
        at, modifiers = event.position(), event.modifiers()
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            steps = self._whole_notches(delta)
            if steps:
                self._canvas.z_step_requested.emit(steps)
        elif modifiers & Qt.KeyboardModifier.ControlModifier and self._canvas.tool is Tool.BRUSH:
            self._canvas.brush.resize(delta / _NOTCH)
        elif modifiers & Qt.KeyboardModifier.ControlModifier and self._is_over_selected(at):
            keys.grow(self._whole_notches(delta))
        else:
            self._canvas.view.zoom(_ZOOM_PER_NOTCH ** (delta / _NOTCH), (at.x(), at.y()))
            self._hover(at)
        event.accept()

    @property
    def is_dragging(self) -> bool:
        return self._drag is not None

    def cancel(self) -> bool:
        """Take back the drag under way; tell whether there was one."""
        drag, self._drag = self._drag, None
        if drag is None:
            return False
        if drag.gesture in (Gesture.MOVE, Gesture.RESIZE):
            self._canvas.show_live(drag.grabbed)
        self._canvas.set_sketch(None)
        self._canvas.brush.cancel()
        self.update_cursor()
        return True

    def leave(self) -> None:
        self._at = None
        self._canvas.brush.show_at(None)
        if self.hovered_id:
            self.hovered_id = ""
            self._canvas.hovered.emit("")
        self._canvas.set_hand(self.hand)
        self._canvas.cursor_left.emit()

    @property
    def hand(self) -> Hand:
        """The hand as it is now."""
        under = self._under() if self._at is not None else None
        gesture = self._drag.gesture if self._drag is not None else None
        return Hand(self._canvas.tool, under, self._held, gesture)

    def hold(self, modifiers: Qt.KeyboardModifier) -> None:
        """Know what the other hand holds down."""
        self._held = modifiers
        self._canvas.set_hand(self.hand)

    def update_cursor(self) -> None:
        """Show by its shape what a drag from here would do."""
        hand = self.hand
        is_panning = hand.gesture is Gesture.PAN
        under = hand.under or Under()
        self._canvas.setCursor(shape_for(hand.tool, under, is_panning=is_panning))
        self._canvas.set_hand(hand)
        self._canvas.brush.show_at(self._at if hand.tool is Tool.BRUSH else None)

    def _continue(self, drag: _Drag, gesture: Gesture, at: QPointF) -> None:
        step = at - drag.last
        if gesture is Gesture.PAN:
            self._canvas.view.pan(step.x(), step.y())
        elif gesture is Gesture.WINDOW:
            self._change_window(drag, step)
        elif gesture is Gesture.TRAVEL:
            self._travel(at)
        elif gesture is Gesture.PAINT:
            self._canvas.brush.paint_to(at, erases=drag.press.alt)
        elif gesture in _SKETCHED:
            self._canvas.set_sketch(Sketch(gesture, self._spanned(drag, at)))
        else:
            self._canvas.show_live(self._dragged(drag, at))

    def _finish(self, drag: _Drag, gesture: Gesture) -> None:
        canvas = self._canvas
        if gesture in _SKETCHED:
            canvas.set_sketch(None)
            box = self._spanned(drag, drag.last)
            if gesture is Gesture.DRAW:
                canvas.box_drawn.emit(box)
            elif gesture is Gesture.REGION:
                canvas.region_drawn.emit(box)
            else:
                self._finish_band(box)
        elif gesture is Gesture.PAINT:
            canvas.region_painted.emit(*canvas.brush.end())
        elif gesture in (Gesture.MOVE, Gesture.RESIZE):
            after = self._dragged(drag, drag.last)
            # Back first: the edit that follows finds, and so repaints, what was there before.
            canvas.show_live(drag.grabbed)
            if after != drag.grabbed:
                canvas.box_changes_requested.emit(after)

    def _finish_band(self, box: Box) -> None:
        canvas = self._canvas
        arrays = canvas.scene.overlay.arrays
        rows = boxes_in(arrays.xyxy, arrays.styles(canvas.scene.showing), box)
        canvas.rubber_band.emit(box)
        canvas.selection_requested.emit(frozenset(arrays.ids[r] for r in rows.tolist()), "add")

    def _click(self, drag: _Drag, event: QMouseEvent) -> None:
        canvas = self._canvas
        detection_id = canvas.detection_at(event.position())
        if drag.press.button is Button.RIGHT:
            canvas.context_menu_requested.emit(detection_id, event.globalPosition().toPoint())
            return
        if drag.press.button is not Button.LEFT:
            return
        canvas.point_clicked.emit(*canvas.transform.to_image(drag.start.x(), drag.start.y()))
        adds = drag.press.tool is Tool.ADD and not canvas.is_drawn_in_full(detection_id)
        if drag.press.shift or (adds and not drag.press.ctrl):
            canvas.spine_requested.emit(*canvas.transform.to_image(drag.start.x(), drag.start.y()))
            return
        modifiers = event.modifiers()
        canvas.clicked.emit(detection_id, modifiers)
        chosen = frozenset({detection_id} if detection_id else ())
        if not drag.press.ctrl:
            canvas.selection_requested.emit(chosen, "replace")
        elif chosen:
            canvas.selection_requested.emit(chosen, "toggle")
        if detection_id and modifiers & Qt.KeyboardModifier.AltModifier:
            canvas.jump_requested.emit(detection_id)

    def _minimap(self) -> QRectF | None:
        view = self._canvas.view
        if self._canvas.scene.image_size is None:
            return None
        return self._canvas.scene.minimap.rect(view.image_size, view.view_size, view.transform)

    def _is_on_minimap(self, at: QPointF) -> bool:
        rect = self._minimap()
        return rect is not None and rect.contains(at)

    def _travel(self, at: QPointF) -> None:
        rect, view = self._minimap(), self._canvas.view
        if rect is not None:
            view.center_at(*image_point(rect, at, view.image_size))

    def _dragged(self, drag: _Drag, at: QPointF) -> dict[str, Box]:
        way = (at - drag.start) / self._canvas.transform.scale
        handle = drag.press.handle if drag.gesture is Gesture.RESIZE else None
        return {
            i: box_handle.resized(box, handle, way.x(), way.y())
            if handle is not None
            else box_handle.moved(box, way.x(), way.y())
            for i, box in drag.grabbed.items()
        }

    def _spanned(self, drag: _Drag, at: QPointF) -> Box:
        to_image = self._canvas.transform.to_image
        start, end = to_image(drag.start.x(), drag.start.y()), to_image(at.x(), at.y())
        return box_handle.spanned(*start, *end)

    def _change_window(self, drag: _Drag, step: QPointF) -> None:
        """To the right is a wider window, upwards a brighter picture (a lower level)."""
        wider = step.x() * _WINDOW_PER_PX * drag.window_width
        level = step.y() * _WINDOW_PER_PX * drag.window_width
        self._canvas.window_change_requested.emit(level - wider / 2, level + wider / 2)

    def _whole_notches(self, delta: int) -> int:
        """Fine wheels and touch pads send parts of a notch: add them up."""
        if self._notches * delta < 0:
            self._notches = 0
        self._notches += delta
        steps = int(self._notches / _NOTCH)
        self._notches -= steps * _NOTCH
        return steps

    def _report(self, at: QPointF) -> None:
        x, y = self._canvas.transform.to_image(at.x(), at.y())
        self._canvas.cursor_moved.emit(x, y, self._canvas.scene.pixels.value_at(x, y))

    def _hover(self, at: QPointF) -> None:
        self._at = at
        hovered = self._canvas.detection_at(at)
        if hovered != self.hovered_id:
            self.hovered_id = hovered
            self._canvas.hovered.emit(hovered)
        self.update_cursor()

    def _under(self) -> Under:
        if self._at is None:
            return Under()
        return Under(
            handle=self._handle_under(self._at),
            on_minimap=self._is_on_minimap(self._at),
            on_box=bool(self.hovered_id),
            on_selected=self.hovered_id in self._canvas.scene.selection,
        )

    def _sole_in_view(self) -> Box | None:
        sole = self._canvas.scene.sole_selected()
        return None if sole is None else self._canvas.transform.box_to_view(sole[1])

    def _handle_under(self, at: QPointF) -> Handle | None:
        box = self._sole_in_view()
        return None if box is None else handle_at(box, at.x(), at.y())

    def _is_over_selected(self, at: QPointF) -> bool:
        box = self._sole_in_view()
        if box is not None:
            return box_handle.handle_frame(box).contains(at.x(), at.y())
        return self._canvas.detection_at(at) in self._canvas.scene.selection
