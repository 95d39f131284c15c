"""A slider with two ends: the first and the last slice of a projection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from spinegui.gui.language import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent

_RADIUS = 6


class RangeSlider(QWidget):
    """Ends are dragged; with the focus, Up and Down choose one and Left and Right move it."""

    range_changed = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._last = 0
        self._range = (0, 0)
        self._end = 0
        self._is_dragged = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(60)
        self.setAccessibleName(tr("Slices of the projection"))
        self.setToolTip(tr("First and last slice of the projection; drag an end"))

    @property
    def range(self) -> tuple[int, int]:
        return self._range

    def set_range(self, first: int, last: int, n: int) -> None:
        """Show that range of n slices, counted from 0, without telling it."""
        self._range, self._last = (first, last), n - 1
        self.update()

    def end_position(self, end: int) -> QPointF:
        """Return where the first (0) or the last (1) end lies, in px of this widget."""
        room = self.width() - 2 * _RADIUS
        share = self._range[end] / self._last if self._last else 0.0
        return QPointF(_RADIUS + room * share, self.height() / 2)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        ends = [self.end_position(end).x() for end in (0, 1)]
        self._end = 0 if x < ends[0] or abs(x - ends[0]) < abs(x - ends[1]) else 1
        self._is_dragged = True
        self._move_to(x)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_dragged:
            self._move_to(event.position().x())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_dragged = False
        self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._end = 1 - self._end
            self.update()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._set(self._range[self._end] + (1 if key == Qt.Key.Key_Right else -1))
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _move_to(self, x: float) -> None:
        room = max(self.width() - 2 * _RADIUS, 1)
        self._set(round((x - _RADIUS) / room * self._last))

    def _set(self, value: int) -> None:
        first, last = self._range
        value = min(max(value, 0), self._last)
        moved = (min(value, last), last) if self._end == 0 else (first, max(value, first))
        if moved != self._range:
            self._range = moved
            self.range_changed.emit(*moved)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ends = [self.end_position(end) for end in (0, 1)]
        groove = QRectF(0, self.height() / 2 - 1, self.width(), 2)
        painter.fillRect(groove, self._colour(QPalette.ColorRole.Mid))
        part = QRectF(ends[0].x(), groove.top(), ends[1].x() - ends[0].x(), 2)
        painter.fillRect(part, self._colour(QPalette.ColorRole.PlaceholderText))
        for end, at in enumerate(ends):
            taken = end == self._end and (self._is_dragged or self.hasFocus())
            role = QPalette.ColorRole.Accent if taken else QPalette.ColorRole.Text
            painter.setBrush(self._colour(role))
            painter.drawEllipse(at, _RADIUS, _RADIUS)
        painter.end()

    def _colour(self, role: QPalette.ColorRole) -> QColor:
        return self.palette().color(role)

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, 20)
