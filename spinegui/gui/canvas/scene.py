"""All that the canvas paints, in its order: pixels, regions, boxes, handles, sketch, scale bar."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PySide6.QtCore import QLineF, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from spinegui.domain.geometry import Box
from spinegui.gui.canvas.box_arrays import Showing
from spinegui.gui.canvas.box_handle import handle_frame, handle_points
from spinegui.gui.canvas.minimap import Minimap
from spinegui.gui.canvas.overlay import OverlayPainter
from spinegui.gui.canvas.pixels import PixelPainter
from spinegui.gui.canvas.regions import paint_regions
from spinegui.gui.canvas.scale_bar import paint_scale_bar
from spinegui.gui.canvas.strokes import Frame, draw_cross_lines
from spinegui.gui.canvas.tools import Gesture
from spinegui.gui.style.tokens import CANVAS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spinegui.domain.annotation import ReviewedRegion
    from spinegui.domain.image_ref import PixelSize
    from spinegui.gui.canvas.view_transform import ViewTransform

_DARK = QColor(8, 9, 11, 220)
_LIGHT = QColor("#F1F3F4")
_HANDLE_PX = 7
_MARK_ROOM_PX = 4


@dataclass(frozen=True, slots=True)
class Sketch:
    """The rectangle of a drag that is under way, in image px."""

    gesture: Gesture
    box: Box


class Layer(Protocol):
    """Something a story shows over the pixels, such as places to look at."""

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Paint onto a painter in device px, below the boxes."""
        ...


class Scene:
    """What is on show; its owner asks it to paint and tells it what changed."""

    def __init__(self) -> None:
        self.pixels = PixelPainter()
        self.overlay = OverlayPainter()
        self.showing = Showing()
        self.regions: dict[str, ReviewedRegion] = {}
        self.is_whole_reviewed = False
        self.selection: frozenset[str] = frozenset()
        self.sketch: Sketch | None = None
        self.proposals: tuple[Box, ...] = ()
        """Boxes that are not in the annotation yet, in image px."""
        self.marked: tuple[Box, ...] = ()
        """Boxes that a batch edit is about to change, in image px."""
        self.pixel_size: PixelSize | None = None
        self.crosshair: tuple[float, float] | None = None
        """Where the stack is cut, in image px; None while it is not."""
        self.is_naked = False
        self.minimap = Minimap()
        self.layers: list[Layer] = []

    @property
    def image_size(self) -> tuple[int, int] | None:
        """Width and height in px, or None without an image."""
        plane = self.pixels.plane
        return None if plane is None else (plane.shape[1], plane.shape[0])

    def selected_boxes(self) -> dict[str, Box]:
        """Return the selected detections that are drawn, with their boxes."""
        if self.is_naked:
            return {}
        arrays, styles = self.overlay.arrays, self.overlay.arrays.styles(self.showing)
        rows = arrays.rows(self.selection).tolist()
        return {arrays.ids[row]: Box(*arrays.xyxy[row].tolist()) for row in rows if styles[row]}

    def sole_selected(self) -> tuple[str, Box] | None:
        """Return the selected detection and its box, where it is exactly one and drawn."""
        if len(self.selection) != 1:
            return None
        return next(iter(self.selected_boxes().items()), None)

    def paint(
        self, painter: QPainter, transform: ViewTransform, exposed: QRect, view: QRect, ratio: float
    ) -> None:
        """Paint the exposed part of the view (both in view px) at that device pixel ratio."""
        frame = _frame(transform, exposed, view, ratio)
        self._paint_ground(painter, transform, exposed)
        if self.image_size is None:
            return
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        self.pixels.paint(painter, frame.view, frame.size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        if not self.is_naked:
            paint_regions(painter, frame, self._region_boxes())
            for layer in self.layers:
                layer.paint(painter, frame)
            selected = self.overlay.arrays.rows(self.selection)
            self.overlay.paint(painter, frame, self.showing, selected)
        painter.restore()
        if not self.is_naked:
            self._paint_handles(painter, transform)
            self._paint_proposals(painter, transform)
        self._paint_crosshair(painter, transform, view)
        self._paint_sketch(painter, transform)
        size = (view.width(), view.height())
        if self.pixel_size is not None:
            paint_scale_bar(painter, self.pixel_size, transform.scale, size)
        corner = self.minimap.rect(self.image_size, size, transform)
        if corner is not None:
            seen = transform.visible(size)
            self.minimap.paint(painter, self.pixels, corner, seen, self.image_size)

    def _paint_ground(self, painter: QPainter, transform: ViewTransform, exposed: QRect) -> None:
        """Fill what the image leaves free: behind it, that would cost as much as the boxes."""
        covered = QRegion()
        if self.image_size is not None:
            box = transform.box_to_view(Box(0, 0, *self.image_size))
            corner = QPoint(math.ceil(box.x0) + 1, math.ceil(box.y0) + 1)
            covered = QRegion(QRect(corner, QPoint(int(box.x1) - 2, int(box.y1) - 2)))
        painter.save()
        painter.setClipRegion(QRegion(exposed).subtracted(covered))
        painter.fillRect(exposed, QColor(CANVAS))
        painter.restore()

    def _region_boxes(self) -> Iterable[Box]:
        z = self.showing.z
        last = z if self.showing.z_to is None else self.showing.z_to
        for region in self.regions.values():
            z_range = region.z_range
            if (
                z is None
                or last is None
                or z_range is None
                or (z_range[0] <= last and z <= z_range[1])
            ):
                yield region.box
        if self.is_whole_reviewed and self.image_size is not None:
            yield Box(0, 0, *self.image_size)

    def _paint_handles(self, painter: QPainter, transform: ViewTransform) -> None:
        sole = self.sole_selected()
        if sole is None:
            return
        row = self.overlay.arrays.row_of[sole[0]]
        box = transform.box_to_view(sole[1])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        frame = handle_frame(box)
        if frame != box:
            painter.setPen(QPen(QColor(241, 243, 244, 90), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(_rect(frame))
        painter.setPen(QPen(_DARK, 1))
        painter.setBrush(self.overlay.colour_of(row).lighter(130))
        half = _HANDLE_PX // 2
        for _, x, y in handle_points(box):
            painter.drawRect(round(x) - half - 1, round(y) - half - 1, _HANDLE_PX, _HANDLE_PX)

    def _paint_proposals(self, painter: QPainter, transform: ViewTransform) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        dots, line = QPen(_LIGHT, 1, Qt.PenStyle.DotLine), QPen(_LIGHT, 2)
        for boxes, ink, room in ((self.proposals, dots, 0), (self.marked, line, _MARK_ROOM_PX)):
            rects = [_rect(transform.box_to_view(box).grown(room)) for box in boxes]
            for pen in (QPen(_DARK, ink.width() + 2), ink):
                painter.setPen(pen)
                painter.drawRects(rects)

    def _paint_crosshair(self, painter: QPainter, transform: ViewTransform, view: QRect) -> None:
        if self.crosshair is None or self.is_naked:
            return
        # Through the middle of the pixel that the cuts go through.
        x, y = transform.to_view(*(int(at) + 0.5 for at in self.crosshair))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        draw_cross_lines(painter, QLineF(x, 0, x, view.height()), QLineF(0, y, view.width(), y))

    def _paint_sketch(self, painter: QPainter, transform: ViewTransform) -> None:
        if self.sketch is None:
            return
        rect = _rect(transform.box_to_view(self.sketch.box))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.sketch.gesture is not Gesture.DRAW:
            painter.fillRect(rect, QColor(241, 243, 244, 22))
        painter.setPen(QPen(_DARK, 3))
        painter.drawRect(rect)
        dashed = self.sketch.gesture is Gesture.BAND
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(_LIGHT, 1, style))
        painter.drawRect(rect)


def _frame(transform: ViewTransform, exposed: QRect, view: QRect, ratio: float) -> Frame:
    size = (round(view.width() * ratio), round(view.height() * ratio))
    left, top = np.floor([exposed.left() * ratio, exposed.top() * ratio]).astype(int).tolist()
    right = int(np.ceil((exposed.left() + exposed.width()) * ratio))
    bottom = int(np.ceil((exposed.top() + exposed.height()) * ratio))
    return Frame(transform.device(ratio), ratio, size, (left, top, right, bottom))


def _rect(box: Box) -> QRectF:
    x0, y0 = round(box.x0), round(box.y0)
    return QRectF(x0, y0, round(box.x1) - x0 - 1, round(box.y1) - y0 - 1)
