"""A cut along z beside the image: in line with it, crosshair and boxes over it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QLineF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from spinegui.gui.canvas.layers import picture
from spinegui.gui.canvas.lookup import levels
from spinegui.gui.canvas.strokes import draw_cross_lines
from spinegui.gui.style.tokens import CANVAS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage, QMouseEvent, QPaintEvent, QWheelEvent

    from spinegui.gui.canvas.layers import Layer

_MUTED = QColor("#A3A4A6")
_NOTCH = 120


@dataclass(frozen=True, slots=True)
class Along:
    """How the pane lies beside the image: view px = px * scale + offset along the image's axis."""

    scale: float = 1.0
    offset: float = 0.0
    z_per_px: float = 1.0
    """How much longer a slice is than a pixel."""


@dataclass(frozen=True, slots=True)
class ZBox:
    """A spine in a cut: from px to px along the image's axis, first and last slice, colour."""

    start: float
    end: float
    first: int
    last: int
    colour: str
    is_selected: bool = False


class SectionPane(QWidget):
    """Shows layers (Z, along). Below the image z runs down; beside it (upright) to the right."""

    picked = Signal(float, int)
    """A point along the image's axis in px, and a slice."""
    z_step_requested = Signal(int)

    def __init__(self, name: str, *, upright: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_upright = upright
        self._layers: tuple[Layer, ...] = ()
        self._image: QImage | None = None
        self._along = Along()
        self._point = 0.0
        self._z = 0
        self._boxes: Sequence[ZBox] = ()
        self.message = ""
        self.is_naked = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        policy = QSizePolicy.Policy.Ignored
        self.setSizePolicy(policy, policy)
        self.setMinimumSize(60, 60)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def show_layers(self, layers: Sequence[Layer]) -> None:
        """Show these cuts together, each in its colours; nothing shows an empty pane."""
        self._layers, self._image = tuple(layers), None
        self.update()

    def show_place(self, along: Along, point: float, z: int) -> None:
        """Lie in line with the image, the crosshair at that px and slice."""
        self._along, self._point, self._z = along, point, z
        self.update()

    def show_boxes(self, boxes: Sequence[ZBox]) -> None:
        self._boxes = boxes
        self.update()

    @property
    def n_z(self) -> int:
        return int(self._layers[0].plane.shape[0]) if self._layers else 0

    def z_to_view(self, z: float) -> float:
        """Return where along the pane's z axis the upper face of a slice lies, in view px."""
        length = self._along.scale * self._along.z_per_px
        room = self.width() if self._is_upright else self.height()
        total = self.n_z * length
        if total <= room:
            return (room - total) / 2 + z * length
        start = min(max((self._z + 0.5) * length - room / 2, 0.0), total - room)
        return z * length - start

    def to_image(self, x: float, y: float) -> tuple[float, int]:
        """Return the px along the image's axis and the slice under a point of this pane."""
        across, along = (x, y) if self._is_upright else (y, x)
        length = self._along.scale * self._along.z_per_px
        z = math.floor((across - self.z_to_view(0)) / max(length, 1e-9))
        at = (along - self._along.offset) / self._along.scale
        return at, min(max(z, 0), max(self.n_z - 1, 0))

    # -- hands -------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._layers:
            self.picked.emit(*self.to_image(event.position().x(), event.position().y()))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._layers:
            self.picked.emit(*self.to_image(event.position().x(), event.position().y()))

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y() or event.angleDelta().x()
        if abs(delta) >= _NOTCH:
            self.z_step_requested.emit(int(delta / _NOTCH))
        event.accept()

    # -- painting ----------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(CANVAS))
        if self._layers:
            self._paint_pixels(painter)
            if not self.is_naked:
                self._paint_boxes(painter)
            self._paint_cross(painter)
        if self.message:
            painter.setPen(_MUTED)
            place = self.rect().adjusted(8, 6, -8, -6)
            align = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
            painter.drawText(place, align | Qt.TextFlag.TextWordWrap, self.message)
        painter.end()

    def _paint_pixels(self, painter: QPainter) -> None:
        if self._image is None:
            parts: list[tuple[Any, Any]] = []
            for layer in self._layers:
                if layer.is_visible:
                    found = levels(layer.plane, layer.window, layer.gamma)
                    parts.append((found.T if self._is_upright else found, layer.colours))
            if not parts:
                return
            self._image = picture([(np.ascontiguousarray(p), c) for p, c in parts])
        n = self._image.height() if self._is_upright else self._image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._along.scale < 1)
        painter.drawImage(self._rect(0, n, 0, self.n_z), self._image)

    def _paint_boxes(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for box in self._boxes:
            painter.setPen(QPen(QColor(box.colour), 2 if box.is_selected else 1))
            painter.drawRect(self._rect(box.start, box.end, box.first, box.last + 1))

    def _paint_cross(self, painter: QPainter) -> None:
        """Paint where the image is cut and which slice it shows."""
        at = self._point * self._along.scale + self._along.offset
        slice_rect = self._rect(0, 0, self._z, self._z + 1)
        if self._is_upright:
            middle = slice_rect.center().x()
            lines = QLineF(0, at, self.width(), at), QLineF(middle, 0, middle, self.height())
        else:
            middle = slice_rect.center().y()
            lines = QLineF(at, 0, at, self.height()), QLineF(0, middle, self.width(), middle)
        draw_cross_lines(painter, *lines)

    def _rect(self, start: float, end: float, first: float, last: float) -> QRectF:
        """Return px `start` to `end` of the image's axis, slices `first` to `last`, in view px."""
        scale, offset = self._along.scale, self._along.offset
        a, b = start * scale + offset, end * scale + offset
        z0, z1 = self.z_to_view(first), self.z_to_view(last)
        if self._is_upright:
            return QRectF(z0, a, z1 - z0, b - a)
        return QRectF(a, z0, b - a, z1 - z0)

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, 160)
