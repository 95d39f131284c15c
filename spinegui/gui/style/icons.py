"""Icons of one outline family (Phosphor), drawn from its font in the theme's colour.

The font and the names of its glyphs are files of the package qtawesome, which is not imported for
them: that costs a third of a second at every start, for a dozen fonts and a bridge over all Qt.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPalette, QPixmap
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


def _glyph(name: str) -> str:
    return chr(int(_glyphs()[name], 16))


@cache
def _glyphs() -> dict[str, str]:
    """Return the hexadecimal code point of every glyph by name."""
    codes: dict[str, str] = json.loads(_font_file("phosphor-charmap-*.json").read_text("utf-8"))
    return codes


@cache
def _font_family() -> str:
    """Make the font known to the application; return its family."""
    number = QFontDatabase.addApplicationFont(str(_font_file("phosphor-[0-9]*.ttf")))
    families = QFontDatabase.applicationFontFamilies(number)
    return families[0] if families else ""


def _font_file(pattern: str) -> Path:
    """Return the file of that name; raises FileNotFoundError where the package has none."""
    package = find_spec("qtawesome")
    folders = package.submodule_search_locations if package is not None else None
    found = [path for folder in folders or () for path in Path(folder, "fonts").glob(pattern)]
    if not found:
        raise FileNotFoundError(f"The package qtawesome has no {pattern}.")
    return found[0]


class _GlyphEngine(QIconEngine):
    def __init__(self, glyph: str, role: QPalette.ColorRole) -> None:
        super().__init__()
        self._glyph = glyph
        self._role = role

    @override
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        font = QFont(_font_family())
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
