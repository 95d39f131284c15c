"""Reviewed regions: a faint hatched band along the outside of each, never over its pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QRegion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spinegui.domain.geometry import Box
    from spinegui.gui.canvas.strokes import Frame

BAND_PX = 6
_HATCH = QColor(190, 198, 208, 95)
_EDGE = QColor(190, 198, 208, 130)
_FAR = 20_000


def paint_regions(painter: QPainter, frame: Frame, boxes: Iterable[Box]) -> None:
    """Paint the borders of these rectangles (image px), on a painter in device px.

    Where they touch or overlap there is no border: what was looked at is one area.
    """
    seen = QRect(0, 0, *frame.size)
    outside, inners = QRegion(seen), [_device_rect(box, frame) for box in boxes]
    for inner in inners:
        outside -= inner
    painter.save()
    painter.setClipRegion(outside, Qt.ClipOperation.IntersectClip)
    band = round(BAND_PX * frame.ratio)
    pen = QPen(_EDGE, max(1, round(frame.ratio)))
    pen.setCosmetic(True)
    for inner in inners:
        outer = inner.adjusted(-band, -band, band, band)
        if not outer.intersects(seen):
            continue
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(_HATCH, Qt.BrushStyle.BDiagPattern))
        for strip in _strips(inner, outer):
            painter.drawRect(strip)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(inner.adjusted(-1, -1, 0, 0))
    painter.restore()


def _device_rect(box: Box, frame: Frame) -> QRect:
    scale, ox, oy = frame.view
    x0, y0, x1, y1 = (
        round(min(max(v, -_FAR), _FAR))
        for v in (
            box.x0 * scale + ox,
            box.y0 * scale + oy,
            box.x1 * scale + ox,
            box.y1 * scale + oy,
        )
    )
    return QRect(x0, y0, max(x1 - x0, 1), max(y1 - y0, 1))


def _strips(inner: QRect, outer: QRect) -> tuple[QRect, ...]:
    left, top, right, bottom = inner.left(), inner.top(), inner.right(), inner.bottom()
    return (
        QRect(outer.left(), outer.top(), outer.width(), top - outer.top()),
        QRect(outer.left(), bottom + 1, outer.width(), outer.bottom() - bottom),
        QRect(outer.left(), top, left - outer.left(), inner.height()),
        QRect(right + 1, top, outer.right() - right, inner.height()),
    )
