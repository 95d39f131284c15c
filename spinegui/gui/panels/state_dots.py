"""Small painted signs: how far an image is reviewed, and which class a spine has."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPainterPath, QPen, QPixmap

from spinegui.domain.annotation import Progress

SIZE = 16
RATIO = 3  # painted at 3×, so that it stays sharp on dense screens
DOT_COLOUR = "#8A9099"


def _canvas() -> QPixmap:
    pixmap = QPixmap(SIZE * RATIO, SIZE * RATIO)
    pixmap.setDevicePixelRatio(RATIO)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


def _steady(pixmap: QPixmap) -> QIcon:
    """Return an icon that keeps its colours in a selected row, where the style would tint it."""
    found = QIcon(pixmap)
    found.addPixmap(pixmap, QIcon.Mode.Selected)
    return found


@cache
def state_icon(progress: Progress) -> QIcon:
    """Return ○ for unseen, ◐ for in work, ● for reviewed, and ⊘ where there are no spines."""
    pixmap = _canvas()
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    circle = QRectF(4, 4, 8, 8)
    painter.setPen(QPen(QColor(DOT_COLOUR), 1.4))
    painter.drawEllipse(circle)
    if progress is Progress.NO_SPINES:
        painter.drawLine(QPointF(4, 12), QPointF(12, 4))
    painter.setBrush(QColor(DOT_COLOUR))
    if progress is Progress.REVIEWED:
        painter.drawEllipse(circle)
    elif progress is Progress.IN_WORK:
        painter.drawPie(circle, 90 * 16, 180 * 16)
    painter.end()
    return _steady(pixmap)


@cache
def class_icon(letter: str, colour: str) -> QIcon:
    """Return the class's letter on its colour."""
    pixmap = _canvas()
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addRoundedRect(QRectF(1, 1, 14, 14), 3, 3)
    painter.fillPath(path, QColor(colour))
    font = QFont()
    font.setPixelSize(10)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor("#101216"))
    painter.drawText(QRectF(0, 0, SIZE, SIZE), Qt.AlignmentFlag.AlignCenter, letter)
    painter.end()
    return _steady(pixmap)
