"""The histogram with three handles: the dark end, the bright end, and the gamma curve between."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from spinegui.gui.canvas.luts import GREY, ColourTable, lut
from spinegui.gui.keys.tips import set_tip
from spinegui.gui.language import tr
from spinegui.gui.seeing.contrast import GAMMA_RANGE

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent

LOW, GAMMA, HIGH = "low", "gamma", "high"
HANDLES = (LOW, GAMMA, HIGH)
_SIDE = 7
_TOP = 4
_STRIP = 8
_FOOT = 12
_REACH = 9.0
_STEPS = 200
_GAMMA_STEP = 1.05


class HistogramPlot(QWidget):
    """How often each value occurs (logarithmic), and which of them are shown how bright.

    Handles are dragged; with the focus, Up and Down choose one and Left and Right move it (ten
    times as far with Shift).
    """

    window_changed = Signal(float, float)
    gamma_changed = Signal(float)
    auto_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heights: NDArray[np.float64] = np.zeros(0)
        self._span = (0.0, 1.0)
        self._window = (0.0, 1.0)
        self._gamma = 1.0
        self._colours = lut(GREY)
        self._dragged = ""
        self.handle = LOW
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(116)
        self.setAccessibleName(tr("Histogram"))
        set_tip(
            self,
            tr(
                "How often each value occurs (logarithmic). Drag the ends or the curve;"
                " a double click sets them by the percentiles"
            )
            + "  ({auto_contrast})",
        )

    def set_counts(self, counts: NDArray[np.int64], edges: NDArray[np.float64]) -> None:
        """Show these counts (bins,) between those edges (bins + 1,)."""
        heights = np.log1p(counts.astype(np.float64))
        top = float(heights.max(initial=0.0))
        self._heights = heights / top if top else heights
        self._span = (float(edges[0]), float(edges[-1]))
        self.update()

    def set_look(self, window: tuple[float, float], gamma: float, colours: ColourTable) -> None:
        """Show these ends, that curve and those colours below."""
        self._window, self._gamma, self._colours = window, gamma, colours
        self.update()

    def handle_position(self, handle: str) -> QPointF:
        """Return where a handle lies, in px of this widget."""
        area = self._area()
        low, high = (self._x(value) for value in self._window)
        if handle == GAMMA:
            return QPointF((low + high) / 2, area.bottom() - area.height() * 0.5**self._exponent)
        return QPointF(low if handle == LOW else high, area.bottom())

    @property
    def _exponent(self) -> float:
        return 1 / self._gamma

    @property
    def _shown(self) -> tuple[float, float]:
        """The values at the left and the right border: all there are, and both ends."""
        low = min(self._span[0], self._window[0])
        return low, max(self._span[1], self._window[1], low + 1e-9)

    def _area(self) -> QRectF:
        foot = _STRIP + _FOOT
        return QRectF(_SIDE, _TOP, self.width() - 2 * _SIDE, self.height() - _TOP - foot)

    def _x(self, value: float) -> float:
        area, (first, last) = self._area(), self._shown
        return area.left() + (value - first) / (last - first) * area.width()

    def _value(self, x: float) -> float:
        area, (first, last) = self._area(), self._shown
        return first + (x - area.left()) / area.width() * (last - first)

    # -- hands -------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = self.handle = self._handle_at(event.position())
            self.update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged:
            self._drag_to(event.position())
            return
        near = self._handle_at(event.position())
        is_gamma = near == GAMMA
        self.setCursor(Qt.CursorShape.SizeVerCursor if is_gamma else Qt.CursorShape.SizeHorCursor)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragged and event.button() == Qt.MouseButton.LeftButton:
            self._dragged = ""

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._dragged = ""
        self.auto_requested.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key == Qt.Key.Key_Up else -1
            self.handle = HANDLES[(HANDLES.index(self.handle) + step) % len(HANDLES)]
            self.update()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self._nudge(far if key == Qt.Key.Key_Right else -far)
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

    def _handle_at(self, at: QPointF) -> str:
        middle = self.handle_position(GAMMA)
        if math.hypot(at.x() - middle.x(), at.y() - middle.y()) <= _REACH:
            return GAMMA
        low, high = (self._x(value) for value in self._window)
        if abs(low - high) < 1:  # one over the other: take the one that has room to go
            return LOW if at.x() < low else HIGH
        return LOW if abs(at.x() - low) <= abs(at.x() - high) else HIGH

    def _drag_to(self, at: QPointF) -> None:
        if self._dragged == GAMMA:
            area = self._area()
            share = min(max((area.bottom() - at.y()) / area.height(), 0.001), 0.999)
            self._set_gamma(math.log(share) / math.log(0.5))
        else:
            x = min(max(at.x(), 0.0), float(self.width()))
            self._move_end(self._dragged, self._value(x))

    def _nudge(self, steps: int) -> None:
        if self.handle == GAMMA:
            self._set_gamma(1 / self._gamma / _GAMMA_STEP**steps)
            return
        first, last = self._shown
        at = self._window[0 if self.handle == LOW else 1]
        self._move_end(self.handle, at + steps * (last - first) / _STEPS)

    def _set_gamma(self, exponent: float) -> None:
        least, most = GAMMA_RANGE
        self.gamma_changed.emit(min(max(1 / exponent, least), most))

    def _move_end(self, handle: str, value: float) -> None:
        low, high = self._window
        first, last = self._shown
        least = (last - first) / 1000
        if handle == LOW:
            self.window_changed.emit(min(value, high - least), high)
        else:
            self.window_changed.emit(low, max(value, low + least))

    # -- painting ----------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, colour = self._area(), self.palette().color
        painter.fillRect(area, colour(QPalette.ColorRole.Base))
        if self.isEnabled():
            self._paint_counts(painter, area)
            self._paint_strip(painter, area)
            self._paint_curve(painter, area)
            for handle in (LOW, HIGH):
                self._paint_end(painter, area, handle)
        painter.setPen(QPen(colour(QPalette.ColorRole.Mid), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.end()

    def _paint_counts(self, painter: QPainter, area: QRectF) -> None:
        n = len(self._heights)
        if n == 0:
            return
        left, right = (self._x(value) for value in self._span)
        xs = np.repeat(np.linspace(left, right, n + 1), 2)[1:-1]
        ys = np.repeat(area.bottom() - self._heights * area.height(), 2)
        outline = [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
        ends = [QPointF(left, area.bottom()), QPointF(right, area.bottom())]
        painter.setPen(Qt.PenStyle.NoPen)
        shade = QColor(self.palette().color(QPalette.ColorRole.PlaceholderText))
        shade.setAlphaF(0.8)
        painter.setBrush(shade)
        painter.drawPolygon(QPolygonF([ends[0], *outline, ends[1]]))
        veil = QColor(self.palette().color(QPalette.ColorRole.Base))
        veil.setAlphaF(0.65)
        low, high = (self._x(value) for value in self._window)
        painter.fillRect(QRectF(area.left(), area.top(), low - area.left(), area.height()), veil)
        painter.fillRect(QRectF(high, area.top(), area.right() - high, area.height()), veil)

    def _paint_strip(self, painter: QPainter, area: QRectF) -> None:
        """Paint below which colour each value has on the screen."""
        low, high = (self._x(value) for value in self._window)
        gradient = QLinearGradient(low, 0, max(high, low + 1), 0)
        for stop in range(33):
            level = round(255 * (stop / 32) ** self._exponent)
            gradient.setColorAt(stop / 32, QColor.fromRgb(self._colours[level]))
        strip = QRectF(area.left(), area.bottom() + 2, area.width(), _STRIP - 2)
        painter.fillRect(strip, gradient)

    def _paint_curve(self, painter: QPainter, area: QRectF) -> None:
        low, high = (self._x(value) for value in self._window)
        path = QPainterPath(QPointF(low, area.bottom()))
        for step in range(1, 33):
            share = step / 32
            y = area.bottom() - area.height() * share**self._exponent
            path.lineTo(low + (high - low) * share, y)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Text), 1))
        painter.setClipRect(area)
        painter.drawPath(path)
        painter.setClipping(False)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Base), 1.5))
        painter.setBrush(self._handle_colour(GAMMA))
        painter.drawEllipse(self.handle_position(GAMMA), 4.5, 4.5)

    def _paint_end(self, painter: QPainter, area: QRectF, handle: str) -> None:
        x = self.handle_position(handle).x()
        colour = self._handle_colour(handle)
        painter.setPen(QPen(colour, 1))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        top = area.bottom() + _STRIP
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(
            QPolygonF([QPointF(x, top), QPointF(x - 5, top + 8), QPointF(x + 5, top + 8)])
        )

    def _handle_colour(self, handle: str) -> QColor:
        is_taken = self._dragged == handle or (self.hasFocus() and self.handle == handle)
        role = QPalette.ColorRole.Accent if is_taken else QPalette.ColorRole.Text
        return self.palette().color(role)

    @override
    def sizeHint(self) -> QSize:
        return QSize(180, 116)
