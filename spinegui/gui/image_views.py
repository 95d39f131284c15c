"""The image with room for a pane to its right and one below it, in line with it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

IMAGE_SHARE, PANE_SHARE = 5, 2


class ImageViews(QWidget):
    """Panes that are hidden take no room."""

    _panes: tuple[QWidget, ...] = ()

    def __init__(self, image: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(1)
        self._grid.addWidget(image, 0, 0)
        self._corner = QWidget(self)
        self._corner.setObjectName("views_corner")
        self._corner.hide()

    def add(self, beside: QWidget, below: QWidget) -> None:
        """Put one pane to the right of the image and one below it."""
        self._grid.addWidget(beside, 0, 1)
        self._grid.addWidget(below, 1, 0)
        self._grid.addWidget(self._corner, 1, 1)
        self._panes = (beside, below)

    def show_panes(self, *, on: bool) -> None:
        """Show both panes, or leave all the room to the image."""
        for widget in (*self._panes, self._corner):
            widget.setVisible(on)
        # A column keeps its share though all in it are hidden.
        for set_stretch in (self._grid.setColumnStretch, self._grid.setRowStretch):
            set_stretch(0, IMAGE_SHARE)
            set_stretch(1, PANE_SHARE if on else 0)
        # A stretch gives its share of the room to a column even where nothing in it is shown.
        for set_stretch in (self._grid.setColumnStretch, self._grid.setRowStretch):
            set_stretch(0, IMAGE_SHARE)
            set_stretch(1, PANE_SHARE if on else 0)
