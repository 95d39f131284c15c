"""The scale bar: a round length that suits the zoom, shown only where the pixel size is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen

if TYPE_CHECKING:
    from spinegui.domain.image_ref import PixelSize

TARGET_PX = 110.0
_MARGIN_PX = 16.0
_THICK_PX = 3.0


def round_length(um_per_view_px: float, target_px: float = TARGET_PX) -> float:
    """Return the longest of 1, 2, 5 x 10^n µm that is no longer than `target_px` on screen."""
    longest = um_per_view_px * target_px
    power = 10.0 ** math.floor(math.log10(longest))
    return max(step * power for step in (1, 2, 5) if step * power <= longest * (1 + 1e-9))


def length_text(um: float) -> str:
    """Return the length with its unit: nm below 1 µm, mm from 1000 µm."""
    if um < 1:
        return f"{um * 1000:g} nm"
    return f"{um / 1000:g} mm" if um >= 1000 else f"{um:g} µm"


def paint_scale_bar(
    painter: QPainter, pixel_size: PixelSize, scale: float, view: tuple[float, float]
) -> None:
    """Paint it at the lower right, on a painter in view px, for `scale` view px per image px."""
    um = round_length(pixel_size.x_um / scale)
    length = um / pixel_size.x_um * scale
    right, bottom = view[0] - _MARGIN_PX, view[1] - _MARGIN_PX
    bar = QRectF(round(right - length), bottom - _THICK_PX, round(length), _THICK_PX)
    font = QFont(painter.font())
    font.setPixelSize(12)
    font.setWeight(QFont.Weight.Medium)
    text = QPainterPath()
    text.addText(QPointF(0, 0), font, length_text(um))
    text.translate(bar.center().x() - text.boundingRect().center().x(), bar.top() - 6)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rim = QPen(QColor(14, 16, 19, 200), 3)
    rim.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(text, rim)
    painter.fillPath(text, QColor("#F1F3F4"))
    painter.fillRect(bar.adjusted(-1, -1, 1, 1), QColor(14, 16, 19, 200))
    painter.fillRect(bar, QColor("#F1F3F4"))
    painter.restore()
