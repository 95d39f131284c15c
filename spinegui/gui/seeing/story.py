"""The story of seeing: its dock, its actions, and what of it is on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFrame, QScrollArea

from spinegui.gui.canvas.luts import GREY, INVERTED
from spinegui.gui.keys.tips import refresh_tips
from spinegui.gui.language import tr
from spinegui.gui.panels.view_bar import MAX_SLAB
from spinegui.gui.seeing.contrast_panel import ContrastPanel
from spinegui.gui.seeing.projection_progress import ProjectionProgress
from spinegui.gui.seeing.sections import Sections

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.desk import Desk


class Seeing(QObject):
    """Everything here changes the view alone, never an annotation and never a pixel."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._before_inverted = GREY
        self._progress = ProjectionProgress(desk.workspace)
        self.panel = ContrastPanel(desk.workspace, desk.display)
        self.sections = Sections(desk.window, desk.workspace, desk.canvas, desk.display)
        left = Qt.DockWidgetArea.LeftDockWidgetArea
        # In a low window it scrolls rather than pushing the images away.
        area = QScrollArea()
        area.setObjectName("quiet")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setSizeAdjustPolicy(QScrollArea.SizeAdjustPolicy.AdjustToContents)
        area.setWidget(self.panel)
        bar = area.verticalScrollBar().sizeHint().width()
        area.setMinimumWidth(self.panel.minimumSizeHint().width() + bar)
        desk.window.add_dock("contrast", tr("Contrast"), area, left)

        desk.keys.changed.connect(partial(refresh_tips, desk.window))

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what its actions call."""
        return {
            "reset_contrast": self._desk.display.reset_contrast,
            "invert": self.invert,
            "composite": self.toggle_composite,
            "sections": self.toggle_sections,
            "thicker_slab": lambda: self.step_slab(1),
            "thinner_slab": lambda: self.step_slab(-1),
            "next_time": lambda: self.step_time(1),
            "previous_time": lambda: self.step_time(-1),
            "smooth": lambda: self._desk.display.toggle("smooth"),
        }

    def checked(self) -> dict[str, bool]:
        """Return which of its actions are on."""
        view = self._desk.workspace.view
        return {
            "invert": view.lut == INVERTED,
            "composite": view.is_composite,
            "sections": self.sections.is_on,
            "smooth": view.smooth,
        }

    def place(self) -> None:
        """Nothing to place: its dock is there."""

    def invert(self) -> None:
        """Show dark on bright, or go back to the colours before."""
        view_state = self._desk.workspace.view_state
        name = view_state.view.lut
        if name == INVERTED:
            view_state.update(lut=self._before_inverted)
        else:
            self._before_inverted = name
            view_state.update(lut=INVERTED)

    def toggle_composite(self) -> None:
        """Show all channels in their colours, or one again."""
        image = self._desk.workspace.image
        if image is not None and image.n_channels > 1:
            self._desk.display.toggle("is_composite")

    def toggle_sections(self) -> None:
        """Show the cuts along z, or put them away."""
        self.sections.toggle()
        self._desk.refresh_actions()

    def step_slab(self, step: int) -> None:
        """Show so many more slices on either side of the current one."""
        workspace = self._desk.workspace
        if workspace.image is not None:
            most = min(MAX_SLAB, workspace.image.n_z - 1)
            slab = max(0, min(most, workspace.view.slab + step))
            workspace.view_state.update(slab=slab, is_projected=False)

    def step_time(self, step: int) -> None:
        """Go to another time point."""
        workspace = self._desk.workspace
        if workspace.image is not None:
            last = workspace.image.n_times - 1
            workspace.view_state.update(time=max(0, min(last, workspace.view.time + step)))
