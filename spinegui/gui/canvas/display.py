"""Shows one image with its detections, and follows edits; it hears no mouse and no key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from spinegui.domain.annotation import Annotation, ImageState, ReviewedRegion
from spinegui.domain.detection import Detection
from spinegui.domain.geometry import Box
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.canvas.box_arrays import BoxArrays, Style
from spinegui.gui.canvas.brush import Brush
from spinegui.gui.canvas.empty_state import EmptyState
from spinegui.gui.canvas.hit_test import box_at
from spinegui.gui.canvas.scene import Scene, Sketch
from spinegui.gui.canvas.view_control import ViewControl
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QHideEvent, QPaintEvent, QResizeEvent

    from spinegui.domain.edits import Change, Edit
    from spinegui.domain.image_ref import PixelSize
    from spinegui.domain.labels import LabelSet
    from spinegui.gui.canvas.layers import Layer
    from spinegui.gui.canvas.view_transform import ViewTransform

_DIRTY_PX = 34
"""How far handles, letters and outlines reach beyond a box, in view px."""
_SLACK_PX = 2.0
_MANY_CHANGES = 200


class ImageDisplay(QWidget):
    """A plane and an annotation on near-black. It changes neither."""

    view_changed = Signal()
    naked_changed = Signal(bool)
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = Scene()
        self.brush = Brush(self)
        self.view = ViewControl(self)
        self.view.changed.connect(self._on_view_changed)
        self._image_id = ""
        self.empty_state = EmptyState(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self.setAccessibleName(tr("Image"))

    def set_plane(self, plane: NDArray[Any] | None) -> None:
        """Show that plane (Y, X); a plane of the same size keeps zoom and position."""
        pixels = self.scene.pixels
        pixels.set_plane(plane)
        self.set_layers(pixels.layers)

    def set_layers(self, layers: Sequence[Layer], main: int = 0) -> None:
        """Show these channels together, `main` being the one that is read out; see `set_plane`."""
        self.scene.pixels.set_layers(layers, main)
        if layers:
            self.empty_state.give_focus_back()
        self.empty_state.setVisible(not layers)
        if layers:
            height, width = layers[0].plane.shape
            self.view.set_image_size(width, height)
        self.update()

    def set_window(self, low: float, high: float, gamma: float = 1.0) -> None:
        """Show `low` black and `high` white; for the eye only."""
        self.scene.pixels.set_window(low, high, gamma)
        self.update()

    def set_smooth(self, *, on: bool) -> None:
        """Interpolate between enlarged pixels, or show each as a square."""
        self.scene.pixels.smooth = on
        self.update()

    def set_annotation(
        self, annotation: Annotation | None, label_set: LabelSet = SPINE_CLASSES
    ) -> None:
        """Show these detections and regions in place of all earlier ones."""
        shown = annotation or Annotation("")
        self._image_id = shown.image_id
        self.scene.overlay.set_arrays(BoxArrays(shown.detections.values(), label_set), label_set)
        self.scene.regions = dict(shown.regions)
        self.scene.is_whole_reviewed = shown.is_reviewed
        self.update()

    def apply_edit(self, edit: Edit) -> None:
        """Follow an edit that was applied; repaints only where boxes changed."""
        changes = [c for c in edit.changes if c.item.image_id == self._image_id]
        dirty: list[Box] = []
        for change in changes:
            dirty.extend(self._apply_change(change))
        only_boxes = all(isinstance(c.item, Detection) for c in changes)
        if only_boxes and len(changes) <= _MANY_CHANGES:
            self.update_boxes(dirty)
        else:
            self.update()

    def set_selection(self, ids: frozenset[str]) -> None:
        """Draw these as selected; handles appear where it is exactly one."""
        before, self.scene.selection = self.scene.selection, frozenset(ids)
        if before == self.scene.selection:
            return
        if bool(before) != bool(ids):  # the rest is dimmed or no longer dimmed
            self.update()
        else:
            self.update_boxes(filter(None, map(self.box_of, before | self.scene.selection)))

    def set_threshold(self, score: float) -> None:
        """Reduce predictions below that score to corner marks."""
        self._show(replace(self.scene.showing, threshold=score))

    def set_slice(self, z: int | None, z_to: int | None = None) -> None:
        """Draw in full what that slice holds, or those up to `z_to`; None draws everything."""
        self._show(replace(self.scene.showing, z=z, z_to=z_to))

    def set_visible_layers(
        self,
        *,
        boxes: bool = True,
        labels: bool = True,
        predictions_only: bool = False,
        rejected: bool = False,
    ) -> None:
        """Choose what is drawn at all."""
        layers = {"boxes": boxes, "labels": labels, "rejected": rejected}
        self._show(replace(self.scene.showing, predictions_only=predictions_only, **layers))

    def set_hints(self, *, below_threshold: bool = True, other_slices: bool = True) -> None:
        """Choose whether what is cut off by score or slice is hinted at or hidden."""
        hide = {"hide_below_threshold": not below_threshold, "hide_other_slices": not other_slices}
        self._show(replace(self.scene.showing, **hide))

    def set_decided_only(self, *, on: bool) -> None:
        """Hide what nobody decided on, as while a person looks without the model's boxes."""
        self._show(replace(self.scene.showing, decided_only=on))

    def set_minimap(self, *, on: bool) -> None:
        """Show the whole image small in the corner while only a part of it is on show."""
        self.scene.minimap.is_wanted = on
        self.update()

    def set_pixel_size(self, pixel_size: PixelSize | None) -> None:
        """Show a scale bar for that pixel size; none where it is unknown."""
        self.scene.pixel_size = pixel_size
        self.update()

    def set_crosshair(self, at: tuple[float, float] | None) -> None:
        """Show where the stack is cut, in image px; None shows nothing."""
        if at != self.scene.crosshair:
            self.scene.crosshair = at
            self.update()

    def set_hidden_while_held(self, hidden: bool) -> None:
        """Show the naked image while something is held, all of it again afterwards."""
        if hidden != self.scene.is_naked:
            self.scene.is_naked = hidden
            self.naked_changed.emit(hidden)
            self.update()

    @property
    def transform(self) -> ViewTransform:
        return self.view.transform

    def fit(self) -> None:
        self.view.fit()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        self.view.zoom(factor, None if at is None else (at.x(), at.y()))

    def zoom_to(self, box: Box) -> None:
        self.view.zoom_to(box)

    def actual_size(self) -> None:
        self.view.actual_size(self.devicePixelRatioF())

    def center_on(self, box: Box, *, animate: bool = True) -> None:
        self.view.center_on(box, animate=animate)

    def approach(self, box: Box, *, scale: float | None = None, animate: bool = True) -> None:
        self.view.approach(box, scale=scale, animate=animate)

    def box_of(self, detection_id: str) -> Box | None:
        """Return the box drawn for that detection, in image px."""
        row = self.scene.overlay.arrays.row_of.get(detection_id)
        return None if row is None else Box(*self.scene.overlay.arrays.xyxy[row].tolist())

    def detection_at(self, at: QPointF) -> str:
        """Return the id of the detection under that view point, "" where there is none."""
        if self.scene.is_naked:
            return ""
        arrays = self.scene.overlay.arrays
        point = self.transform.to_image(at.x(), at.y())
        slack = _SLACK_PX / self.transform.scale
        row = box_at(arrays.xyxy, arrays.styles(self.scene.showing), point=point, slack=slack)
        return "" if row is None else arrays.ids[row]

    def is_drawn_in_full(self, detection_id: str) -> bool:
        """Tell whether that detection is on show, not only hinted at for its low score."""
        arrays = self.scene.overlay.arrays
        row = arrays.row_of.get(detection_id)
        return row is not None and arrays.styles(self.scene.showing)[row] != Style.CORNERS

    def show_live(self, boxes: Mapping[str, Box]) -> None:
        """Draw other boxes for these detections, as while they are dragged."""
        dirty: list[Box] = []
        for detection_id, box in boxes.items():
            row = self.scene.overlay.arrays.row_of.get(detection_id)
            before = self.box_of(detection_id)
            if row is not None and before is not None and before != box:
                self.scene.overlay.arrays.set_box(row, box)
                dirty += [before, box]
        self.update_boxes(dirty)

    def set_sketch(self, sketch: Sketch | None) -> None:
        """Show the rectangle of a drag that is under way."""
        boxes = [s.box for s in (self.scene.sketch, sketch) if s is not None]
        self.scene.sketch = sketch
        self.update_boxes(boxes)

    def set_proposals(self, boxes: tuple[Box, ...]) -> None:
        """Outline boxes that are about to be added."""
        before, self.scene.proposals = self.scene.proposals, boxes
        self.update_boxes((*before, *boxes))

    def set_marked(self, boxes: tuple[Box, ...]) -> None:
        """Outline boxes that something is about to be done with."""
        if boxes != self.scene.marked:
            self.scene.marked = boxes
            self.update()

    def update_boxes(self, boxes: Iterable[Box]) -> None:
        """Repaint only around these boxes (image px)."""
        dirty = QRectF()
        for box in boxes:
            seen = self.transform.box_to_view(box)
            dirty |= QRectF(seen.x0, seen.y0, seen.width, seen.height)
        if not dirty.isNull():
            reach = _DIRTY_PX
            whole = QRectF(self.rect())
            self.update(
                dirty.adjusted(-reach, -reach, reach, reach).intersected(whole).toAlignedRect()
            )

    def _show(self, showing: Any) -> None:
        if showing != self.scene.showing:
            self.scene.showing = showing
            self.update()

    def _apply_change(self, change: Change) -> list[Box]:
        item, is_gone = change.item, change.after is None
        if isinstance(item, Detection):
            boxes = [self.box_of(item.id), item.box]
            arrays = self.scene.overlay.arrays
            arrays.remove(item.id) if is_gone else arrays.put(item)
            return [box for box in boxes if box is not None]
        if isinstance(item, ReviewedRegion):
            self.scene.regions.pop(item.id, None)
            if not is_gone:
                self.scene.regions[item.id] = item
        elif isinstance(item, ImageState):
            self.scene.is_whole_reviewed = item.is_reviewed and not is_gone
        return []

    def _on_view_changed(self) -> None:
        self.update()
        self.view_changed.emit()

    @override
    def sizeHint(self) -> QSize:
        return QSize(900, 700)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        self.scene.paint(painter, self.transform, event.rect(), self.rect(), ratio)
        self.brush.paint(painter, self.transform)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.empty_state.setGeometry(self.rect())
        self.view.set_view_size(self.width(), self.height())
        self.resized.emit()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self.view.stop()
        super().hideEvent(event)
