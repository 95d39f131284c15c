"""The system's own font at our size, and figures that line up."""

from __future__ import annotations

from PySide6.QtGui import QFont

from spinegui.gui.style.tokens import FONT_PX


def base_font(font: QFont) -> QFont:
    """Return that font at the window's size."""
    sized = QFont(font)
    sized.setPixelSize(FONT_PX)
    return sized


def tabular(font: QFont) -> QFont:
    """Return that font with figures of equal width, for columns and changing numbers."""
    figures = QFont(font)
    figures.setFeature(QFont.Tag("tnum"), 1)
    return figures
