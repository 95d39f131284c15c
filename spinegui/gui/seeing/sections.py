"""The xz and yz views: panes beside and below the image that follow a point in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from spinegui.domain.detection import ReviewState
from spinegui.domain.labels import UNSURE
from spinegui.gui.language import tr
from spinegui.gui.seeing.section_loader import SectionLoader, Wanted
from spinegui.gui.seeing.section_pane import Along, SectionPane, ZBox

if TYPE_CHECKING:
    from spinegui.domain.detection import Detection
    from spinegui.gui.canvas.image_view import Canvas
    from spinegui.gui.flows.display import Display
    from spinegui.gui.main_window import MainWindow
    from spinegui.gui.seeing.section_loader import Cuts
    from spinegui.gui.view_state import View
    from spinegui.gui.workspace import Workspace


class Sections(QObject):
    """On, they cut the stack at the point that was clicked last, or at the selected spine."""

    def __init__(
        self, window: MainWindow, workspace: Workspace, canvas: Canvas, display: Display
    ) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._canvas = canvas
        self._display = display
        self._loader = SectionLoader(self)
        self._cuts: Cuts | None = None
        self._point: tuple[float, float] | None = None
        self.is_on = False
        self.beside = SectionPane(tr("Section along y and z"), upright=True)
        self.below = SectionPane(tr("Section along x and z"), upright=False)
        self._views = window.image_views
        self._views.add(self.beside, self.below)
        workspace.closing.connect(self._loader.close)
        workspace.image_changed.connect(self._on_image_changed)
        workspace.view_state.changed.connect(self._on_view_changed)
        workspace.selection.changed.connect(self._on_selection_changed)
        workspace.edited.connect(lambda _edit: self._show_boxes())
        display.shown.connect(self._show_layers)
        canvas.view_changed.connect(self._show_place)
        canvas.point_clicked.connect(self._go_to)
        canvas.naked_changed.connect(self._on_naked_changed)
        self._loader.ready.connect(self._on_ready)
        self._loader.failed.connect(self._on_failed)
        for pane in (self.beside, self.below):
            pane.z_step_requested.connect(display.step_slice)
        self.beside.picked.connect(lambda y, z: self._pick(None, y, z))
        self.below.picked.connect(lambda x, z: self._pick(x, None, z))
        self._show_panes()

    @property
    def point(self) -> tuple[float, float]:
        """Where the stack is cut, in px: where one clicked, else the middle of what is seen."""
        if self._point is not None:
            return self._point
        image, seen = self._workspace.image, self._canvas.view.visible()
        width, height = (image.width, image.height) if image else (1, 1)
        x, y = seen.center
        return min(max(x, 0.0), width - 1.0), min(max(y, 0.0), height - 1.0)

    def toggle(self) -> None:
        """Show the panes, or put them away and let the memory go."""
        self.is_on = not self.is_on
        if self.is_on:
            self._point = self.point
        self._show_panes()
        self._ask()

    @property
    def _is_shown(self) -> bool:
        image = self._workspace.image
        return self.is_on and image is not None and image.is_stack

    def _show_panes(self) -> None:
        self._views.show_panes(on=self._is_shown)
        self._canvas.set_crosshair(self.point if self._is_shown else None)

    def _ask(self) -> None:
        image, view = self._workspace.image, self._workspace.view
        if image is None or not self._is_shown:
            self._loader.request(None)
            self._cuts = None
            return
        x, y = (int(v) for v in self.point)
        channels = view.channels(image.n_channels)
        self._loader.request(Wanted(image.path, channels, view.time, x, y))
        self._canvas.set_crosshair(self.point)
        self._show_place()
        self._show_boxes()

    def _go_to(self, x: float, y: float) -> None:
        image = self._workspace.image
        if image is not None:
            self._point = min(max(x, 0.0), image.width - 1.0), min(max(y, 0.0), image.height - 1.0)
            self._ask()

    def _pick(self, x: float | None, y: float | None, z: int) -> None:
        """Go where a pane was clicked: that slice, and that px of the pane's own axis."""
        here = self.point
        self._go_to(here[0] if x is None else x, here[1] if y is None else y)
        self._workspace.view_state.update(is_projected=False)
        self._workspace.go_to_slice(z)

    def _on_image_changed(self, _image_id: str) -> None:
        self._point = self._cuts = None
        for pane in (self.beside, self.below):
            pane.show_layers(())
            pane.message = ""
        self._show_panes()
        self._ask()

    def _on_selection_changed(self) -> None:
        """Cut through the middle of the spine that is chosen."""
        selected = self._workspace.selected_detections()
        if self._is_shown and len(selected) == 1:
            self._go_to(*selected[0].box.center)
        elif self._is_shown:
            self._show_boxes()

    def _on_view_changed(self, old: View, new: View) -> None:
        if self._is_shown:
            if (old.channel, old.time, old.is_composite) != (
                new.channel,
                new.time,
                new.is_composite,
            ):
                self._ask()
            layers = (old.threshold, old.show_boxes, old.predictions_only, old.decided_only)
            if layers != (new.threshold, new.show_boxes, new.predictions_only, new.decided_only):
                self._show_boxes()
            self._show_place()

    def _on_naked_changed(self, is_naked: bool) -> None:
        for pane in (self.beside, self.below):
            pane.is_naked = is_naked
            pane.update()

    def _on_ready(self, cuts: Cuts) -> None:
        image = self._workspace.image
        if image is None or not self._is_shown:
            return
        self._cuts = cuts
        message = ""
        if cuts.n_read < image.n_z:
            message = tr("Reading {done} of {total}", done=cuts.n_read, total=image.n_z)
        elif cuts.step > 1:
            message = tr("Every {step}th pixel: the file is compressed", step=cuts.step)
        self.beside.message, self.below.message = "", message
        self._show_layers()
        self._show_place()

    def _on_failed(self, sentences: str) -> None:
        self.beside.message, self.below.message = "", sentences
        self.beside.show_layers(())
        self.below.show_layers(())

    def _show_layers(self) -> None:
        """Show the cuts in the contrast and the colours of the image."""
        if self._cuts is None or not self._is_shown:
            return
        image, cuts = self._workspace.image, self._cuts.cuts
        layers, _main = self._display.contrast.layers()
        wanted = self._workspace.view.channels(image.n_channels if image else 1)
        if sorted(cuts) != list(wanted) or len(layers) != len(cuts):
            return  # the other channels are on their way
        pairs = list(zip(layers, (cuts[c] for c in sorted(cuts)), strict=True))
        self.below.show_layers([replace(layer, plane=cut.xz) for layer, cut in pairs])
        self.beside.show_layers([replace(layer, plane=cut.yz) for layer, cut in pairs])

    def _show_place(self) -> None:
        if not self._is_shown:
            return
        transform, (x, y), z = self._canvas.transform, self.point, self._workspace.view.z
        longer = self._z_per_px()
        self.below.show_place(Along(transform.scale, transform.dx, longer), int(x) + 0.5, z)
        self.beside.show_place(Along(transform.scale, transform.dy, longer), int(y) + 0.5, z)

    def _z_per_px(self) -> float:
        document, image = self._workspace.document, self._workspace.image
        size = document.pixel_size(image.id) if document and image else None
        return size.z_um / size.x_um if size and size.z_um else 1.0

    def _show_boxes(self) -> None:
        if not self._is_shown:
            return
        x, y = self.point
        view = self._workspace.view
        shown = self._workspace.shown_detections() if view.show_boxes else []
        if view.predictions_only:
            shown = [d for d in shown if d.state is ReviewState.PREDICTED]
        deep = [(d, *d.z_range) for d in shown if d.z_range is not None]
        self.below.show_boxes(
            [
                ZBox(d.box.x0, d.box.x1, z0, z1, self._colour(d), self._is_selected(d))
                for d, z0, z1 in deep
                if d.box.y0 <= y < d.box.y1
            ]
        )
        self.beside.show_boxes(
            [
                ZBox(d.box.y0, d.box.y1, z0, z1, self._colour(d), self._is_selected(d))
                for d, z0, z1 in deep
                if d.box.x0 <= x < d.box.x1
            ]
        )

    def _is_selected(self, detection: Detection) -> bool:
        return detection.id in self._workspace.selection.ids

    def _colour(self, detection: Detection) -> str:
        document = self._workspace.document
        found = document.label_set.find(detection.label) if document else None
        return found.colour if found else UNSURE.colour
