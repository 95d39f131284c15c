"""Looking: contrast, slices, projection, layers, threshold, zoom. The data stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from spinegui.gui.canvas.scene import Sketch
from spinegui.gui.canvas.tools import Gesture
from spinegui.gui.seeing.contrast import Contrast
from spinegui.gui.view_memory import Place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from spinegui.domain.detection import Detection
    from spinegui.domain.geometry import Box
    from spinegui.gui.canvas.image_view import Canvas
    from spinegui.gui.view_state import View
    from spinegui.gui.workspace import Workspace

THRESHOLD_STEP = 0.05
REVEAL_MARGIN = 0.08
"""A spine nearer to the edge than this share of the view is moved to the middle."""


class Display(QObject):
    """Keeps the canvas in step with the view, and changes the view."""

    shown = Signal()
    """Other pixels are on show, or the same ones otherwise."""

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._workspace = workspace
        self._canvas = canvas
        self.contrast = Contrast(workspace.view_state)
        self.contrast.percentiles = workspace.settings.auto_percentiles
        self._fit_next = False
        self._approach_next: Box | None = None
        workspace.loader.planes_ready.connect(self._on_planes_ready)
        workspace.loader.levels_ready.connect(self._on_levels_ready)
        workspace.image_left.connect(self._on_image_left)
        workspace.image_changed.connect(self._on_image_changed)
        workspace.view_state.changed.connect(self._on_view_changed)
        canvas.window_change_requested.connect(self.drag_window)

    @property
    def plane(self) -> NDArray[np.generic] | None:
        """The shown pixels (Y, X), as they are in the file."""
        return self.contrast.plane

    def reveal(self, detection: Detection) -> None:
        """Bring a spine into the picture; one that is well inside it leaves the view at rest."""
        seen, (width, height) = self._canvas.view.visible(), self._canvas.view.image_size
        margin = min(seen.width, seen.height) * REVEAL_MARGIN
        x, y = detection.box.center
        # Beyond the image's border there is nothing more to see: no margin is due there.
        x, y = min(max(x, margin), width - margin), min(max(y, margin), height - margin)
        if not seen.grown(-margin).contains(x, y):
            self._canvas.center_on(detection.box, animate=True)

    def approach(self, detection: Detection) -> None:
        """Bring a spine to the middle, large enough to judge; at once where its image is new."""
        if self._fit_next:
            self._approach_next = detection.box
        else:
            self._canvas.approach(detection.box)

    def point_at(self, box: Box) -> None:
        """Bring a place into the picture and outline it until it is looked at."""
        self._canvas.center_on(box, animate=True)
        self._canvas.set_sketch(Sketch(Gesture.BAND, box))

    def zoom_to_selection(self) -> None:
        for detection in self._workspace.selected_detections()[:1]:
            self._canvas.zoom_to(detection.box)

    def step_slice(self, step: int) -> None:
        view, image = self._workspace.view, self._workspace.image
        if image is None or not image.is_stack:
            return
        if view.is_projected:
            self._workspace.view_state.update(is_projected=False)
        else:
            self._workspace.go_to_slice(view.z + step)

    def best_slice(self) -> None:
        selected = self._workspace.selected_detections()
        if selected and selected[0].z is not None:
            self._workspace.view_state.update(is_projected=False)
            self._workspace.go_to_slice(round(selected[0].z))

    def toggle_projection(self) -> None:
        image = self._workspace.image
        if image is not None and image.is_stack:
            self._toggle("is_projected")

    def toggle(self, field: str) -> None:
        self._toggle(field)

    def _toggle(self, field: str) -> None:
        self._workspace.view_state.update(**{field: not getattr(self._workspace.view, field)})

    def step_threshold(self, steps: int) -> None:
        value = round(self._workspace.view.threshold + steps * THRESHOLD_STEP, 2)
        self._workspace.view_state.update(threshold=min(1.0, max(0.0, value)))

    def auto_contrast(self) -> None:
        """Set window and level from the shown plane."""
        self.contrast.auto()
        self._show_layers()

    def reset_contrast(self) -> None:
        """Show the image as when it was opened."""
        self.contrast.reset()
        self._show_layers()

    def set_percentiles(self, low: float, high: float) -> None:
        """Set window and level by these percentiles, now and from now on."""
        self.contrast.percentiles = self._workspace.settings.auto_percentiles = low, high
        self.auto_contrast()

    def full_contrast(self) -> None:
        self.contrast.full()

    def set_window(self, low: float, high: float) -> None:
        self.contrast.set_window(low, high)

    def drag_window(self, d_low: float, d_high: float) -> None:
        """Move the ends of the window, as a right-drag does."""
        low, high = self.window
        self.set_window(low + d_low, high + d_high)

    @property
    def window(self) -> tuple[float, float]:
        """The values shown black and white."""
        return self.contrast.window_of(self._workspace.view.channel)

    def _on_image_changed(self, image_id: str) -> None:
        self._fit_next = True
        self._approach_next = None
        # The pixels of the image before must not be taken for this one's.
        self.contrast.forget()
        if not image_id:
            self.show_nothing()

    def show_nothing(self) -> None:
        """Take the pixels away, as of an image that is closed or cannot be read."""
        self.contrast.planes = {}
        self._canvas.set_plane(None)
        self.shown.emit()

    def _on_levels_ready(self, channel: int, low: float, high: float) -> None:
        self.contrast.set_measured(channel, (low, high))

    def _on_planes_ready(self, planes: dict[int, NDArray[np.generic]]) -> None:
        self.contrast.planes = planes
        scale = self._canvas.transform.scale
        self._show_layers()
        if not self._fit_next:
            return
        self._fit_next = False
        place = self._workspace.views.place(self._workspace.image_id)
        if self._approach_next is not None:
            self._canvas.approach(self._approach_next, scale=scale, animate=False)
        elif place is not None:
            self._canvas.view.look_at(place.scale, (place.x, place.y))
        else:
            self._canvas.fit()

    def _on_image_left(self, image_id: str) -> None:
        """Remember how it was looked at, once it was."""
        if self.plane is None:
            return
        view, place = self._canvas.view, None
        if not view.is_fitted:
            x, y = view.visible().center
            place = Place(view.transform.scale, x, y)
        self._workspace.views.keep(image_id, self._workspace.view, place)

    def _on_view_changed(self, old: View, new: View) -> None:
        looks = (old.looks, old.lut, old.is_composite, old.channel)
        if looks != (new.looks, new.lut, new.is_composite, new.channel):
            self._show_layers()
        if old.smooth != new.smooth:
            self._canvas.set_smooth(on=new.smooth)

    def _show_layers(self) -> None:
        layers, main = self.contrast.layers()
        if layers:
            self._canvas.set_layers(layers, main)
        self.shown.emit()
