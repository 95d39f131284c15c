"""Below the image: slice, time, channel and score threshold, each with its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QSpinBox, QWidget

from spinegui.gui.keys.tips import set_tip
from spinegui.gui.language import tr
from spinegui.gui.seeing.range_slider import RangeSlider
from spinegui.gui.style.tokens import CONTROL_HEIGHT_PX

if TYPE_CHECKING:
    from spinegui.gui.view_state import View
    from spinegui.gui.workspace import Workspace

THRESHOLD_STEPS = 100
MAX_SLAB = 50


class ViewBar(QWidget):
    """Sliders that follow the view and change it."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setObjectName("view_bar")
        self.setMinimumHeight(CONTROL_HEIGHT_PX + 12)  # as high with the slab's field as without
        self._workspace = workspace
        self.slices = self._slider(
            tr("Slice"), tr("Slice  ({slice_up}, {slice_down}, Shift+wheel)")
        )
        self.projected = RangeSlider(self)
        self.slice_text = QLabel(self)
        self.slice_text.setMinimumWidth(64)
        self.slab = QSpinBox(self)
        self.slab.setPrefix("± ")
        self.slab.setFixedWidth(62)
        self.slab.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.slab.setAccessibleName(tr("Slab"))
        tip = tr("So many slices on either side are shown with this one")
        set_tip(self.slab, tip + "  ({thicker_slab}, {thinner_slab})")
        self.times = self._slider(
            tr("Time point"), tr("Time point") + "  ({next_time}, {previous_time})"
        )
        self.time_text = QLabel(self)
        self.channels = QComboBox(self)
        self.channels.setAccessibleName(tr("Channel"))
        set_tip(self.channels, tr("One channel, or all in their colours") + "  ({composite})")
        self.threshold = self._slider(
            tr("Score threshold"),
            tr("Predictions below this score are not shown")
            + "  ({lower_threshold}, {raise_threshold})",
        )
        self.threshold.setRange(0, THRESHOLD_STEPS)
        self.threshold.setMaximumWidth(180)
        self.threshold_text = QLabel(self)
        self.threshold_text.setMinimumWidth(32)
        self._slice_name = QLabel(tr("Slice"), self)
        self._time_name = QLabel(tr("Time"), self)
        self._lay_out()
        self._listen()
        self._on_image_changed("")

    def _lay_out(self) -> None:
        self._layout = layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(8)
        for widget, stretch in (
            (self._slice_name, 0), (self.slices, 2), (self.projected, 2), (self.slice_text, 0),
            (self.slab, 0), (self._time_name, 0), (self.times, 1), (self.time_text, 0),
            (self.channels, 0),
        ):  # fmt: skip
            layout.addWidget(widget, stretch)
        layout.addStretch(0)
        self._threshold_name = QLabel(tr("Score ≥"), self)
        layout.addWidget(self._threshold_name)
        layout.addWidget(self.threshold, 1)
        layout.addWidget(self.threshold_text)

    def _listen(self) -> None:
        workspace, update = self._workspace, self._workspace.view_state.update
        self.slices.valueChanged.connect(lambda z: update(z=z, is_projected=False))
        self.projected.range_changed.connect(lambda first, last: update(z_range=(first, last)))
        self.slab.valueChanged.connect(lambda slab: update(slab=slab, is_projected=False))
        self.times.valueChanged.connect(lambda time: update(time=time))
        self.channels.activated.connect(self._on_channel_chosen)
        self.threshold.valueChanged.connect(lambda value: update(threshold=value / THRESHOLD_STEPS))
        workspace.image_changed.connect(self._on_image_changed)
        workspace.view_state.changed.connect(lambda _old, new: self._show(new))

    def add(self, widget: QWidget) -> None:
        """Put what another story has to say between the slices and the threshold."""
        self._layout.insertWidget(self._layout.indexOf(self._threshold_name), widget)

    def _slider(self, name: str, tip: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setAccessibleName(name)
        set_tip(slider, tip)
        slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return slider

    def _on_channel_chosen(self, row: int) -> None:
        channel = self.channels.itemData(row)
        if channel is None:
            self._workspace.view_state.update(is_composite=True)
        else:
            self._workspace.view_state.update(channel=channel, is_composite=False)

    def _on_image_changed(self, _image_id: str) -> None:
        image = self._workspace.image
        n_z, n_times = (image.n_z, image.n_times) if image else (1, 1)
        n_channels = image.n_channels if image else 1
        widgets = (self.slices, self.slab, self.times, self.channels)
        blockers = [QSignalBlocker(widget) for widget in widgets]
        self.slices.setRange(0, n_z - 1)
        self.slab.setRange(0, min(MAX_SLAB, n_z - 1))
        self.times.setRange(0, n_times - 1)
        self.channels.clear()
        for channel in range(n_channels):
            self.channels.addItem(tr("Channel {number}", number=channel + 1), channel)
        self.channels.addItem(tr("Composite"), None)
        for blocker in blockers:
            blocker.unblock()
        for widget in (self._time_name, self.times, self.time_text):
            widget.setVisible(n_times > 1)
        self.channels.setVisible(n_channels > 1)
        self.setEnabled(image is not None)
        self._show(self._workspace.view)

    def _show(self, view: View) -> None:
        widgets = (self.slices, self.slab, self.times, self.channels, self.threshold)
        blockers = [QSignalBlocker(widget) for widget in widgets]
        self.slices.setValue(view.z)
        self.slab.setValue(view.slab)
        self.times.setValue(view.time)
        last_row = self.channels.count() - 1
        self.channels.setCurrentIndex(last_row if view.is_composite else view.channel)
        self.threshold.setValue(round(view.threshold * THRESHOLD_STEPS))
        for blocker in blockers:
            blocker.unblock()
        self._show_slices(view)
        self.time_text.setText(f"{view.time + 1} / {self.times.maximum() + 1}")
        self.threshold_text.setText(f"{view.threshold:.2f}")

    def _show_slices(self, view: View) -> None:
        total = self.slices.maximum() + 1
        first, last = view.z_range or (0, total - 1)
        is_stack = total > 1
        for widget in (self._slice_name, self.slice_text):
            widget.setVisible(is_stack)
        self.slices.setVisible(is_stack and not view.is_projected)
        self.slab.setVisible(is_stack and not view.is_projected)
        self.projected.setVisible(is_stack and view.is_projected)
        self.projected.set_range(first, last, total)
        self.slice_text.setText(
            tr("MIP {value}–{value_2}", value=first + 1, value_2=last + 1)
            if view.is_projected
            else f"{view.z + 1} / {total}"
        )
