"""The story of seeing: its dock, its actions, and what of it is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from spinegui.gui.canvas.luts import GREY, INVERTED
from spinegui.gui.language import tr
from spinegui.gui.seeing.contrast_panel import ContrastPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.desk import Desk


class Seeing(QObject):
    """Everything here changes the view alone, never an annotation and never a pixel."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._before_inverted = GREY
        self.panel = ContrastPanel(desk.workspace, desk.display)
        left = Qt.DockWidgetArea.LeftDockWidgetArea
        desk.window.add_dock("contrast", tr("Contrast"), self.panel, left)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what its actions call."""
        return {
            "reset_contrast": self._desk.display.reset_contrast,
            "invert": self.invert,
            "smooth": lambda: self._desk.display.toggle("smooth"),
        }

    def checked(self) -> dict[str, bool]:
        """Return which of its actions are on."""
        view = self._desk.workspace.view
        return {"invert": view.lut == INVERTED, "smooth": view.smooth}

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
