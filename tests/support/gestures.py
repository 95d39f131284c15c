"""Real mouse, wheel and key events on a canvas, at points given in image pixels.

Events are sent, not posted: when a function returns, the canvas has seen them. A drag moves in
steps with the button down, which `qtbot.mouseMove` cannot do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from spinegui.gui.canvas.image_view import Canvas

Point = tuple[float, float]
LEFT, RIGHT, MIDDLE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)
NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def view_point(canvas: Canvas, at: Point) -> QPointF:
    """Return where in the view that image point is."""
    return QPointF(*canvas.transform.to_view(*at))


def click(
    canvas: Canvas,
    at: Point,
    button: Qt.MouseButton = LEFT,
    modifiers: Qt.KeyboardModifier = NONE,
) -> None:
    """Press and release over an image point."""
    press(canvas, view_point(canvas, at), button, modifiers)
    release(canvas, view_point(canvas, at), button, modifiers)


def drag(
    canvas: Canvas,
    start: Point,
    end: Point,
    button: Qt.MouseButton = LEFT,
    modifiers: Qt.KeyboardModifier = NONE,
    *,
    let_go: bool = True,
) -> None:
    """Press at one image point, move in five steps to another and, unless told not to, let go."""
    a, b = view_point(canvas, start), view_point(canvas, end)
    press(canvas, a, button, modifiers)
    for step in range(1, 6):
        _send(canvas, QEvent.Type.MouseMove, a + (b - a) * step / 5, button, modifiers)
    if let_go:
        release(canvas, b, button, modifiers)


def hover(canvas: Canvas, at: Point) -> None:
    """Move the mouse over an image point with no button down."""
    nothing = Qt.MouseButton.NoButton
    _send(canvas, QEvent.Type.MouseMove, view_point(canvas, at), nothing, NONE)


def press(
    canvas: Canvas, at: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
) -> None:
    """Press a button at a view point."""
    _send(canvas, QEvent.Type.MouseButtonPress, at, button, modifiers)


def release(
    canvas: Canvas, at: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
) -> None:
    """Release a button at a view point."""
    _send(canvas, QEvent.Type.MouseButtonRelease, at, button, modifiers)


def wheel(canvas: Canvas, at: Point, notches: float, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Turn the wheel over an image point; away from the hand is positive."""
    where = view_point(canvas, at)
    event = QWheelEvent(
        where,
        canvas.mapToGlobal(where),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def hold(canvas: Canvas, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press a key and keep it down."""
    QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyPress, key, modifiers))


def let_go(canvas: Canvas, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Release a key."""
    QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyRelease, key, modifiers))


def tap(canvas: Canvas, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press and release a key."""
    hold(canvas, key, modifiers)
    let_go(canvas, key, modifiers)


def _send(
    canvas: Canvas,
    kind: QEvent.Type,
    at: QPointF,
    button: Qt.MouseButton,
    modifiers: Qt.KeyboardModifier,
) -> None:
    is_move = kind == QEvent.Type.MouseMove
    is_up = kind == QEvent.Type.MouseButtonRelease
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        kind,
        at,
        canvas.mapToGlobal(at),
        none if is_move else button,
        none if is_up else button,
        modifiers,
    )
    QApplication.sendEvent(canvas, event)
