"""Class letters as small ready-made pictures: text is laid out once, then only copied."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter, QPainterPath, QPen

_HEIGHT_PX = 12
_WIDTH_PX = 11
_FONT_PX = 11


@lru_cache(maxsize=256)
def letter_tile(letter: str, colour: str, ratio: float) -> QImage:
    """Return the letter in that colour with a dark rim, in device px at that pixel ratio."""
    # An image, not a pixmap: one that is cached beyond the application's end does no harm.
    size = (round(_WIDTH_PX * ratio), round(_HEIGHT_PX * ratio))
    tile = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    tile.fill(Qt.GlobalColor.transparent)
    font = QFont(QGuiApplication.font())
    font.setPixelSize(round(_FONT_PX * ratio))
    font.setWeight(QFont.Weight.DemiBold)
    path = QPainterPath()
    path.addText(ratio, round(10 * ratio), font, letter)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rim = QPen(QColor(14, 16, 19, 220), 2.5 * ratio)
    rim.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, rim)
    painter.fillPath(path, QColor(colour))
    painter.end()
    return tile
