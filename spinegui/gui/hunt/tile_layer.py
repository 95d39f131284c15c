"""The tile on show over the image: what lies beside it is dimmed, its edge a thin line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

if TYPE_CHECKING:
    from spinegui.domain.geometry import Box
    from spinegui.gui.canvas.strokes import Frame

_BESIDE = QColor(6, 7, 9, 110)
_EDGE = QColor(241, 243, 244, 120)


class TileLayer:
    """Paints one tile, or nothing."""

    def __init__(self) -> None:
        self.box: Box | None = None

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Paint onto a painter in device px."""
        if self.box is None:
            return
        rect = device_rect(self.box, frame)
        painter.save()
        around = QPainterPath()
        around.addRect(QRectF(0, 0, *frame.size))
        inside = QPainterPath()
        inside.addRect(rect)
        painter.fillPath(around.subtracted(inside), _BESIDE)
        pen = QPen(_EDGE, frame.thick)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)
        painter.restore()


def device_rect(box: Box, frame: Frame) -> QRectF:
    """Return an image box in device px."""
    scale, ox, oy = frame.view
    return QRectF(box.x0 * scale + ox, box.y0 * scale + oy, box.width * scale, box.height * scale)
