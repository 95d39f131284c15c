"""The small whole image in the corner that shows which part is on show, while it is a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

if TYPE_CHECKING:
    from spinegui.domain.geometry import Box
    from spinegui.gui.canvas.pixels import PixelPainter
    from spinegui.gui.canvas.view_transform import ViewTransform

Size = tuple[float, float]

LONGEST_PX = 132
_MARGIN_PX = 12
_HATCH = QColor(241, 243, 244, 140)
_LEAST_VIEW = (420, 320)
"""In a smaller view it would hide more than it tells."""


class Minimap:
    """Lies at the lower left; a press in it goes there."""

    def __init__(self) -> None:
        self.is_wanted = True
        self.hatched: tuple[Box, ...] = ()
        """Parts of the image (px, disjoint) that were looked at on a walk over it."""

    def rect(self, image: Size, view: Size, transform: ViewTransform) -> QRectF | None:
        """Return where it lies in view px, or None while the whole image is on show."""
        seen = transform.visible(view)
        is_whole = seen.x0 <= 0 and seen.y0 <= 0 and seen.x1 >= image[0] and seen.y1 >= image[1]
        is_small = view[0] < _LEAST_VIEW[0] or view[1] < _LEAST_VIEW[1]
        if is_whole or is_small or not self.is_wanted:
            return None
        scale = LONGEST_PX / max(image)
        width, height = max(image[0] * scale, 8.0), max(image[1] * scale, 8.0)
        return QRectF(_MARGIN_PX, round(view[1] - _MARGIN_PX - height), round(width), round(height))

    def paint(
        self, painter: QPainter, pixels: PixelPainter, rect: QRectF, seen: Box, image: Size
    ) -> None:
        """Paint it and the outline of the part on show, on a painter in view px."""
        thumbnail = pixels.thumbnail(round(2 * LONGEST_PX))
        if thumbnail is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(0.9)
        painter.drawImage(rect, thumbnail)
        painter.setOpacity(1.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(241, 243, 244, 70), 1))
        painter.drawRect(rect.adjusted(-1, -1, 0, 0))
        self._paint_hatched(painter, rect, image)
        part = seen.clipped(*image)
        if part is not None:
            frame = _in_map(part, rect, image)
            painter.setPen(QPen(QColor(14, 16, 19, 200), 3))
            painter.drawRect(frame)
            painter.setPen(QPen(QColor("#F1F3F4"), 1))
            painter.drawRect(frame)
        painter.restore()

    def _paint_hatched(self, painter: QPainter, rect: QRectF, image: Size) -> None:
        for box in self.hatched:
            painter.fillRect(_in_map(box, rect, image), QBrush(_HATCH, Qt.BrushStyle.BDiagPattern))


def _in_map(box: Box, rect: QRectF, image: Size) -> QRectF:
    sx, sy = rect.width() / image[0], rect.height() / image[1]
    return QRectF(
        rect.left() + box.x0 * sx, rect.top() + box.y0 * sy,
        max(box.width * sx, 3.0), max(box.height * sy, 3.0),
    )  # fmt: skip


def image_point(rect: QRectF, at: QPointF, image: Size) -> tuple[float, float]:
    """Return the image point under view point `at` of a minimap that lies in `rect`."""
    x = (at.x() - rect.left()) / rect.width() * image[0]
    y = (at.y() - rect.top()) / rect.height() * image[1]
    return min(max(x, 0.0), image[0]), min(max(y, 0.0), image[1])
