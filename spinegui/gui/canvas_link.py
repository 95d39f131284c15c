"""Joins the canvas with the workspace: what is open is drawn, what the mouse says becomes edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from spinegui.domain.labels import SPINE_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spinegui.domain.annotation import Annotation
    from spinegui.domain.edits import Edit
    from spinegui.domain.geometry import Box
    from spinegui.gui.canvas.image_view import Canvas
    from spinegui.gui.flows.review import Review
    from spinegui.gui.view_state import View
    from spinegui.gui.workspace import Workspace


AT_ONCE = 1000
"""An edit of more changes is drawn in a step of its own."""


class CanvasLink(QObject):
    """Listens on both sides; holds no state of its own but the box under the cursor."""

    def __init__(self, canvas: Canvas, workspace: Workspace, review: Review) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._workspace = workspace
        self._review = review
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show_annotation)
        self._follow_workspace()
        self._follow_canvas()

    # -- workspace to canvas -----------------------------------------------------------------

    def _follow_workspace(self) -> None:
        workspace = self._workspace
        workspace.image_changed.connect(self._on_image_changed)
        workspace.labels_changed.connect(lambda: self._on_image_changed(workspace.image_id))
        workspace.edited.connect(self._on_edited)
        workspace.looked_back.connect(self._show_annotation)
        workspace.view_state.changed.connect(lambda _old, new: self._show(new))
        workspace.selection.changed.connect(
            lambda: self._canvas.set_selection(frozenset(workspace.selection.ids))
        )

    def _on_image_changed(self, image_id: str) -> None:
        document = self._workspace.document
        self._show_annotation()
        size = document.pixel_size(image_id) if document and image_id else None
        self._canvas.set_pixel_size(size)
        self._show(self._workspace.view)

    def _show_annotation(self) -> None:
        workspace = self._workspace
        labels = workspace.document.label_set if workspace.document else SPINE_CLASSES
        annotation: Annotation | None = workspace.annotation if workspace.image_id else None
        self._canvas.set_annotation(annotation, labels)

    def _on_edited(self, edit: Edit) -> None:
        workspace = self._workspace
        if workspace.image_id in edit.image_ids and workspace.document is not None:
            if len(edit.changes) > AT_ONCE and not self._canvas.is_busy:
                # Drawn anew in the next step: one that held all of it would be felt.
                self._soon.start()
            else:
                self._canvas.apply_edit(edit)
            self._canvas.set_pixel_size(workspace.document.pixel_size(workspace.image_id))

    def _show(self, view: View) -> None:
        image = self._workspace.image
        n_z = image.n_z if image is not None else 1
        first, last = view.slices(n_z) or (view.z, view.z)
        is_all = n_z < 2 or (view.is_projected and (first, last) == (0, n_z - 1))
        self._canvas.set_slice(None if is_all else first, last)
        self._canvas.set_threshold(view.threshold)
        self._canvas.set_visible_layers(
            boxes=view.show_boxes,
            labels=view.show_labels,
            predictions_only=view.predictions_only,
            rejected=view.show_rejected,
        )
        self._canvas.set_decided_only(on=view.decided_only)

    # -- canvas to workspace -----------------------------------------------------------------

    def _follow_canvas(self) -> None:
        canvas, selection = self._canvas, self._workspace.selection
        canvas.selection_requested.connect(
            lambda ids, mode: {
                "replace": selection.replace, "toggle": selection.toggle, "add": selection.add,
            }[mode](ids)
        )  # fmt: skip
        canvas.jump_requested.connect(self._on_jump_requested)
        canvas.box_drawn.connect(self._on_box_drawn)
        canvas.box_changes_requested.connect(self._on_box_changes_requested)
        canvas.region_drawn.connect(self._on_region_drawn)
        canvas.rubber_band.connect(self._on_rubber_band)
        canvas.z_step_requested.connect(self._on_z_step_requested)
        canvas.boxes_toggle_requested.connect(self._on_boxes_toggle_requested)

    def _on_jump_requested(self, detection_id: str) -> None:
        """Alt+click selects and goes to the spine's own slice."""
        detection = self._workspace.annotation.detections.get(detection_id)
        if detection is not None:
            self._workspace.show_detection(detection)

    def _on_box_drawn(self, box: Box) -> None:
        drawn = self._workspace.can_draw() and self._review.draw(box)
        if drawn:
            self._workspace.selection.replace([drawn])

    def _on_region_drawn(self, box: Box) -> None:
        if self._workspace.can_draw():
            self._review.mark_region(box)

    def _on_box_changes_requested(self, boxes: Mapping[str, Box]) -> None:
        if not self._review.change_boxes(boxes):
            self._show_annotation()

    def _on_rubber_band(self, box: Box) -> None:
        inside = [d.id for d in self._workspace.shown_detections() if box.contains(*d.box.center)]
        self._workspace.selection.add(inside)

    def _on_boxes_toggle_requested(self) -> None:
        shown = self._workspace.view.show_boxes
        self._workspace.view_state.update(show_boxes=not shown)

    def _on_z_step_requested(self, step: int) -> None:
        image, view = self._workspace.image, self._workspace.view
        if image is not None and image.is_stack:
            self._workspace.view_state.update(is_projected=False)
            self._workspace.go_to_slice(view.z + step)
