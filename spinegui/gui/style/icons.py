"""Icons of one outline family (Phosphor), drawn from its font in the theme's colour."""

from __future__ import annotations

from functools import cache

import qtawesome
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication
from typing_extensions import override

FAMILY = "ph"
_GLYPH_SHARE = 0.92


def icon(name: str, role: QPalette.ColorRole = QPalette.ColorRole.ButtonText) -> QIcon:
    """Return the Phosphor icon of that name, with or without the prefix "ph.".

    It reads its colour from the application's palette whenever it is painted, so it follows the
    theme and the state of its control. Raises KeyError for a name that the family lacks.
    """
    return QIcon(_GlyphEngine(_glyph(name.removeprefix(f"{FAMILY}.")), role))


@cache
def _glyph(name: str) -> str:
    glyph: str = qtawesome.charmap(f"{FAMILY}.{name}")
    return glyph


class _GlyphEngine(QIconEngine):
    def __init__(self, glyph: str, role: QPalette.ColorRole) -> None:
        super().__init__()
        self._glyph = glyph
        self._role = role

    @override
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        font: QFont = qtawesome.font(FAMILY, 16)
        font.setPixelSize(max(1, round(rect.height() * _GLYPH_SHARE)))
        group = QPalette.ColorGroup.Normal
        if mode is QIcon.Mode.Disabled:
            group = QPalette.ColorGroup.Disabled
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setFont(font)
        painter.setPen(QApplication.palette().color(group, self._role))
        painter.drawText(QRectF(rect), Qt.AlignmentFlag.AlignCenter, self._glyph)
        painter.restore()

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    @override
    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._glyph, self._role)
