"""Sparse stretches over the image, outlined on both sides of the shaft; the chosen one stronger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen

from spinegui.domain.sparse import WORTH_A_LOOK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spinegui.domain.shafts import Points
    from spinegui.domain.sparse import Stretch
    from spinegui.gui.canvas.strokes import Frame

_INK = QColor("#F0E442")
_DARK = QColor(8, 9, 11, 160)


class StretchLayer:
    """Paints stretches, `width` image px wide."""

    def __init__(self) -> None:
        self.stretches: Sequence[Stretch] = ()
        self.chosen = -1
        self.width = 20.0

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Paint onto a painter in device px."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for index, stretch in enumerate(self.stretches):
            path = self._outline(stretch.points, frame)
            is_chosen = index == self.chosen
            stands_out = stretch.p_anywhere < WORTH_A_LOOK
            thick = frame.thick * (2 if is_chosen else 1)
            painter.setPen(QPen(_DARK, thick + 2 * frame.thick))
            painter.drawPath(path)
            ink = QColor(_INK)
            ink.setAlphaF(1.0 if is_chosen else 0.75)
            line = Qt.PenStyle.SolidLine if stands_out else Qt.PenStyle.DashLine
            painter.setPen(QPen(ink, thick, line))
            painter.drawPath(path)
        painter.restore()

    def _outline(self, points: Points, frame: Frame) -> QPainterPath:
        scale, ox, oy = frame.view
        line = QPainterPath(QPointF(points[0, 0] * scale + ox, points[0, 1] * scale + oy))
        for x, y in points[1:, :2].tolist():
            line.lineTo(x * scale + ox, y * scale + oy)
        stroker = QPainterPathStroker()
        stroker.setWidth(max(self.width * scale, 10.0 * frame.thick))
        stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
        stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return stroker.createStroke(line).simplified()
