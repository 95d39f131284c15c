"""Looking: contrast, slices, projection, layers, threshold, zoom. The data stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.gui.canvas.scene import Sketch
from spinegui.gui.canvas.tools import Gesture
from spinegui.imaging.contrast import auto_window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.domain.detection import Detection
    from spinegui.domain.geometry import Box
    from spinegui.gui.canvas.image_view import Canvas
    from spinegui.gui.workspace import Workspace

THRESHOLD_STEP = 0.05
REVEAL_MARGIN = 0.08
"""A spine nearer to the edge than this share of the view is moved to the middle."""


class Display:
    """Keeps the canvas in step with the view, and changes the view."""

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        self._workspace = workspace
        self._canvas = canvas
        self._plane: NDArray[np.generic] | None = None
        self._auto: dict[tuple[bool, int], tuple[float, float]] = {}
        self._fit_next = False
        workspace.loader.plane_ready.connect(self._on_plane_ready)
        workspace.loader.levels_ready.connect(self._on_levels_ready)
        workspace.image_changed.connect(self._on_image_changed)
        canvas.window_change_requested.connect(self.drag_window)

    @property
    def plane(self) -> NDArray[np.generic] | None:
        """The shown pixels (Y, X), as they are in the file."""
        return self._plane

    def reveal(self, detection: Detection) -> None:
        """Bring a spine into the picture; one that is well inside it leaves the view at rest."""
        seen, (width, height) = self._canvas.view.visible(), self._canvas.view.image_size
        margin = min(seen.width, seen.height) * REVEAL_MARGIN
        x, y = detection.box.center
        # Beyond the image's border there is nothing more to see: no margin is due there.
        x, y = min(max(x, margin), width - margin), min(max(y, margin), height - margin)
        if not seen.grown(-margin).contains(x, y):
            self._canvas.center_on(detection.box, animate=True)

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
        self._auto.clear()
        self._workspace.view_state.update(window=None, gamma=1.0)
        self._apply_window()

    def full_contrast(self) -> None:
        if self._plane is not None:
            finite = self._plane[np.isfinite(self._plane)]
            if finite.size:
                window = (float(finite.min()), float(finite.max()))
                self._workspace.view_state.update(window=window)
                self._apply_window()

    def set_window(self, low: float, high: float) -> None:
        if high > low:
            self._workspace.view_state.update(window=(low, high))
            self._apply_window()

    def drag_window(self, d_low: float, d_high: float) -> None:
        """Move the ends of the window, as a right-drag does."""
        low, high = self.window
        self.set_window(low + d_low, high + d_high)

    @property
    def window(self) -> tuple[float, float]:
        """The values shown black and white."""
        view = self._workspace.view
        if view.window is not None:
            return view.window
        if self._plane is None:
            return 0.0, 1.0
        # Contrast stays put while scrolling through a stack, so that slices can be compared.
        key = (view.is_projected, view.channel)
        if key not in self._auto:
            self._auto[key] = auto_window(self._plane)
        return self._auto[key]

    def _on_image_changed(self, image_id: str) -> None:
        self._fit_next = True
        self._auto.clear()
        # The pixels of the image before must not be taken for this one's.
        self._plane = None
        if not image_id:
            self.show_nothing()

    def show_nothing(self) -> None:
        """Take the pixels away, as of an image that is closed or cannot be read."""
        self._plane = None
        self._canvas.set_plane(None)

    def _on_levels_ready(self, channel: int, low: float, high: float) -> None:
        self._auto[False, channel] = low, high

    def _on_plane_ready(self, plane: NDArray[np.generic]) -> None:
        self._plane = plane
        self._canvas.set_plane(plane)
        self._apply_window()
        if self._fit_next:
            self._fit_next = False
            self._canvas.fit()

    def _apply_window(self) -> None:
        low, high = self.window
        self._canvas.set_window(low, high, self._workspace.view.gamma)
