"""Below the image: slice, channel and score threshold, each with its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QWidget

if TYPE_CHECKING:
    from spinegui.gui.view_state import View
    from spinegui.gui.workspace import Workspace

THRESHOLD_STEPS = 100


class ViewBar(QWidget):
    """Sliders that follow the view and change it."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setObjectName("view_bar")
        self._workspace = workspace
        self.slices = self._slider("Slice", "Slice  (↑ ↓ or Shift+wheel)")
        self.slice_text = QLabel(self)
        self.slice_text.setMinimumWidth(64)
        self.channels = QComboBox(self)
        self.channels.setAccessibleName("Channel")
        self.channels.setToolTip("Channel")
        self.threshold = self._slider(
            "Score threshold", "Predictions below this score are not shown  ([ and ])"
        )
        self.threshold.setRange(0, THRESHOLD_STEPS)
        self.threshold.setMaximumWidth(180)
        self.threshold_text = QLabel(self)
        self.threshold_text.setMinimumWidth(32)
        self._slice_name = QLabel("Slice", self)
        self._layout = layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(8)
        for widget, stretch in (
            (self._slice_name, 0), (self.slices, 1), (self.slice_text, 0), (self.channels, 0),
        ):  # fmt: skip
            layout.addWidget(widget, stretch)
        layout.addStretch(0)
        self._threshold_name = QLabel("Score ≥", self)
        layout.addWidget(self._threshold_name)
        layout.addWidget(self.threshold)
        layout.addWidget(self.threshold_text)
        self.slices.valueChanged.connect(self._on_slice_moved)
        self.channels.activated.connect(self._on_channel_chosen)
        self.threshold.valueChanged.connect(self._on_threshold_moved)
        workspace.image_changed.connect(self._on_image_changed)
        workspace.view_state.changed.connect(lambda _old, new: self._show(new))
        self._on_image_changed("")

    def add(self, widget: QWidget) -> None:
        """Put what another story has to say between the slices and the threshold."""
        self._layout.insertWidget(self._layout.indexOf(self._threshold_name), widget)

    def _slider(self, name: str, tip: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setAccessibleName(name)
        slider.setToolTip(tip)
        slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return slider

    def _on_slice_moved(self, z: int) -> None:
        self._workspace.view_state.update(z=z, is_projected=False)

    def _on_channel_chosen(self, channel: int) -> None:
        self._workspace.view_state.update(channel=channel)

    def _on_threshold_moved(self, value: int) -> None:
        self._workspace.view_state.update(threshold=value / THRESHOLD_STEPS)

    def _on_image_changed(self, _image_id: str) -> None:
        image = self._workspace.image
        n_z = image.n_z if image else 1
        n_channels = image.n_channels if image else 1
        with QSignalBlocker(self.slices), QSignalBlocker(self.channels):
            self.slices.setRange(0, n_z - 1)
            self.channels.clear()
            self.channels.addItems([f"Channel {i + 1}" for i in range(n_channels)])
        for widget in (self._slice_name, self.slices, self.slice_text):
            widget.setVisible(n_z > 1)
        self.channels.setVisible(n_channels > 1)
        self.setEnabled(image is not None)
        self._show(self._workspace.view)

    def _show(self, view: View) -> None:
        with (
            QSignalBlocker(self.slices),
            QSignalBlocker(self.channels),
            QSignalBlocker(self.threshold),
        ):
            self.slices.setValue(view.z)
            self.channels.setCurrentIndex(view.channel)
            self.threshold.setValue(round(view.threshold * THRESHOLD_STEPS))
        total = self.slices.maximum() + 1
        self.slice_text.setText(
            f"MIP 1–{total}" if view.is_projected else f"{view.z + 1} / {total}"
        )
        self.threshold_text.setText(f"{view.threshold:.2f}")
