"""The same picture and boxes drawn by our canvas and, as peers, by what one would reach for first.

Each renderer shows a plane (Y, X) uint16 with n boxes in a 1600 x 1000 window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QGraphicsRectItem, QGraphicsScene, QGraphicsView

from spinegui.domain.annotation import Annotation
from spinegui.domain.detection import Detection, Origin, ReviewState
from spinegui.domain.edits import Change, Edit
from spinegui.domain.geometry import Box
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.canvas.image_view import Canvas

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

WIDTH, HEIGHT = 1600, 1000
COLOURS = [c.colour for c in SPINE_CLASSES.classes]


class Renderer(Protocol):
    """What is timed; `painted` is the widget whose paint events count."""

    window: QWidget
    painted: QWidget

    def look(self, scale: float | None) -> None:
        """Show the image at that scale about its middle, or fitted."""

    def set_contrast(self, high: float) -> None: ...
    def hit(self, x: float, y: float) -> object:
        """Return what lies under a point of the window."""

    def edit(self, i: int) -> None:
        """Move the box nearest to the image's middle by a pixel and paint."""


class OurCanvas:
    """The product: one painted item. Half the boxes are predictions, drawn dashed."""

    def __init__(self, plane: NDArray[np.uint16], boxes: NDArray[np.float64]) -> None:
        labels = SPINE_CLASSES.ids
        self._detections = {
            f"d{i}": Detection(
                f"d{i}",
                "image",
                Box(*box),
                origin=Origin.MODEL,
                state=ReviewState.PREDICTED if i % 2 else ReviewState.ACCEPTED,
                score=0.5 + 0.5 * (i % 97) / 97,
                class_scores=((labels[i % len(labels)], 0.9),),
            )
            for i, box in enumerate(boxes.tolist())
        }
        self._middle = f"d{_nearest_to_middle(boxes, plane)}"
        self.window = self.painted = self.canvas = Canvas()
        self.canvas.resize(WIDTH, HEIGHT)
        self.canvas.set_plane(plane)
        self.canvas.set_window(0, 4000)

    def fill(self) -> None:
        """Take the boxes: the part of the work that is timed as building."""
        self.canvas.set_annotation(Annotation("image", self._detections))

    def look(self, scale: float | None) -> None:
        self.canvas.fit()
        if scale is not None:
            self.canvas.zoom(scale / self.canvas.transform.scale)

    def set_contrast(self, high: float) -> None:
        self.canvas.set_window(0, high)

    def hit(self, x: float, y: float) -> object:
        return self.canvas.detection_at(QPointF(x, y))

    def edit(self, i: int) -> None:
        before = self._detections[self._middle]
        after = before.with_box(before.box.shifted(1 if i % 2 else -1, 0))
        self._detections[self._middle] = after
        self.canvas.apply_edit(Edit("move", (Change(before, after),)))
        QApplication.processEvents()


class SceneItems:
    """Plain QGraphicsView: a pixmap and one QGraphicsRectItem a box, without letters."""

    def __init__(self, plane: NDArray[np.uint16], boxes: NDArray[np.float64]) -> None:
        self._plane, self._boxes = plane, boxes
        self._scene = QGraphicsScene()
        self._pixmap = self._scene.addPixmap(_pixmap(plane, 4000))
        self.window = self._view = QGraphicsView(self._scene)
        self.painted = self._view.viewport()
        self._view.resize(WIDTH, HEIGHT)
        self._items: list[QGraphicsRectItem] = []

    def fill(self) -> None:
        pens = []
        for colour in COLOURS:
            pen = QPen(QColor(colour), 1)
            pen.setCosmetic(True)
            pens.append(pen)
        for i, (x0, y0, x1, y1) in enumerate(self._boxes.tolist()):
            item = QGraphicsRectItem(x0, y0, x1 - x0, y1 - y0)
            item.setPen(pens[i % len(pens)])
            self._scene.addItem(item)
            self._items.append(item)

    def look(self, scale: float | None) -> None:
        self._view.resetTransform()
        if scale is None:
            self._view.fitInView(self._pixmap, Qt.AspectRatioMode.KeepAspectRatio)
        else:
            self._view.scale(scale, scale)
            self._view.centerOn(self._pixmap.boundingRect().center())

    def set_contrast(self, high: float) -> None:
        self._pixmap.setPixmap(_pixmap(self._plane, high))

    def hit(self, x: float, y: float) -> object:
        return self._view.itemAt(int(x), int(y))

    def edit(self, i: int) -> None:
        item = self._items[_nearest_to_middle(self._boxes, self._plane)]
        item.setRect(item.rect().translated(1 if i % 2 else -1, 0))
        QApplication.processEvents()


class RectRois:
    """pyqtgraph: an ImageItem and one RectROI, with its handle, a box."""

    def __init__(self, plane: NDArray[np.uint16], boxes: NDArray[np.float64]) -> None:
        import pyqtgraph

        self._pg, self._plane, self._boxes = pyqtgraph, plane, boxes
        self.window = self._widget = pyqtgraph.GraphicsLayoutWidget()
        self._widget.resize(WIDTH, HEIGHT)
        self.painted = self._widget.viewport()
        self._box = self._widget.addViewBox(lockAspect=True, invertY=True)
        self._image = pyqtgraph.ImageItem(plane, axisOrder="row-major", levels=(0, 4000))
        self._box.addItem(self._image)
        self._rois: list[object] = []

    def fill(self) -> None:
        for i, (x0, y0, x1, y1) in enumerate(self._boxes.tolist()):
            pen = self._pg.mkPen(COLOURS[i % len(COLOURS)])
            roi = self._pg.RectROI((x0, y0), (x1 - x0, y1 - y0), pen=pen)
            self._box.addItem(roi)
            self._rois.append(roi)

    def look(self, scale: float | None) -> None:
        height, width = self._plane.shape
        if scale is None:
            self._box.setRange(QRectF(0, 0, width, height), padding=0.01)
            return
        seen = QRectF(0, 0, WIDTH / scale, HEIGHT / scale)
        seen.moveCenter(QPointF(width / 2, height / 2))
        self._box.setRange(seen, padding=0)

    def set_contrast(self, high: float) -> None:
        self._image.setLevels((0, high))

    def hit(self, x: float, y: float) -> object:
        return self._widget.itemAt(int(x), int(y))

    def edit(self, i: int) -> None:
        roi = self._rois[_nearest_to_middle(self._boxes, self._plane)]
        roi.translate((1 if i % 2 else -1, 0))
        QApplication.processEvents()


RENDERERS = {"spinegui": OurCanvas, "scene items": SceneItems, "RectROI": RectRois}


def _nearest_to_middle(boxes: NDArray[np.float64], plane: NDArray[np.uint16]) -> int:
    height, width = plane.shape
    away = boxes[:, :2] + boxes[:, 2:] - (width, height)
    return int(np.argmin(np.abs(away).sum(axis=1)))


def _pixmap(plane: NDArray[np.uint16], high: float) -> QPixmap:
    table = np.clip(np.arange(65536) * (255 / high), 0, 255).astype(np.uint8)
    grey = table[plane]
    height, width = grey.shape
    return QPixmap.fromImage(
        QImage(grey.data, width, height, width, QImage.Format.Format_Grayscale8)
    )
