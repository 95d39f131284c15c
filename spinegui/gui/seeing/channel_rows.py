"""One row a channel: which one is adjusted and, in a composite, which are seen in what colour."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QMenu, QPushButton, QToolButton, QWidget

from spinegui.gui.keys.tips import set_tip
from spinegui.gui.language import tr
from spinegui.gui.style.icons import icon

if TYPE_CHECKING:
    from spinegui.gui.view_state import View
    from spinegui.gui.workspace import Workspace

_SWATCH_PX = 14


def channel_colours() -> tuple[tuple[str, str], ...]:
    """Return the colours to choose from, with their names."""
    return (
        ("#00E000", tr("Green")),
        ("#FF00FF", tr("Magenta")),
        ("#00B7EB", tr("Cyan")),
        ("#FFD000", tr("Yellow")),
        ("#FF4040", tr("Red")),
        ("#4060FF", tr("Blue")),
        ("#FF9020", tr("Orange")),
        ("#FFFFFF", tr("Grey")),
    )


class ChannelRows(QWidget):
    """Shown for images of several channels; follows the view and changes it."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.names: list[QPushButton] = []
        self.colours: list[QToolButton] = []
        self.eyes: list[QToolButton] = []
        self.composite = QPushButton(tr("Composite"), self)
        self.composite.setCheckable(True)
        tip = tr("Show the channels together, each in its colour")
        set_tip(self.composite, tip + "  ({composite})")
        self.composite.clicked.connect(lambda on: workspace.view_state.update(is_composite=on))
        self._group = QButtonGroup(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self.composite, 0, 0, 1, 3)
        workspace.image_changed.connect(self._on_image_changed)
        workspace.view_state.changed.connect(lambda _old, new: self._follow(new))
        self._on_image_changed("")

    def _on_image_changed(self, _image_id: str) -> None:
        image = self._workspace.image
        n = image.n_channels if image else 1
        if n != len(self.names):
            for button in (*self.names, *self.colours, *self.eyes):
                self._grid.removeWidget(button)
                button.hide()
                button.deleteLater()
            self.names, self.colours, self.eyes = [], [], []
            for channel in range(n):
                self._add(channel)
        self.setVisible(n > 1)
        self._follow(self._workspace.view)

    def _add(self, channel: int) -> None:
        words, update = {"number": channel + 1}, self._workspace.view_state.update_channel
        name = QPushButton(tr("Channel {number}", **words), self)
        name.setCheckable(True)
        name.setProperty("row", "true")
        name.setToolTip(tr("Adjust channel {number}", **words))
        name.clicked.connect(lambda: self._workspace.view_state.update(channel=channel))
        self._group.addButton(name)
        colour = QToolButton(self)
        colour.setAccessibleName(tr("Colour of channel {number}", **words))
        colour.setToolTip(tr("Colour of channel {number} in the composite", **words))
        colour.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        colour.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = QMenu(colour)
        for value, title in channel_colours():
            menu.addAction(swatch(value), title, partial(update, channel, colour=value))
        colour.setMenu(menu)
        eye = QToolButton(self)
        eye.setCheckable(True)
        eye.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        eye.setAccessibleName(tr("Show channel {number}", **words))
        eye.setToolTip(tr("Show channel {number} in the composite", **words))
        eye.clicked.connect(lambda on: update(channel, is_visible=on))
        for column, button in enumerate((colour, name, eye)):
            self._grid.addWidget(button, channel + 1, column)
            button.show()
        self.names.append(name)
        self.colours.append(colour)
        self.eyes.append(eye)

    def _follow(self, view: View) -> None:
        self.composite.setChecked(view.is_composite)
        rows = zip(self.names, self.colours, self.eyes, strict=True)
        for channel, (name, colour, eye) in enumerate(rows):
            name.setChecked(channel == view.channel)
            colour.setIcon(swatch(view.colour(channel)))
            is_seen = view.look(channel).is_visible
            eye.setChecked(is_seen)
            eye.setIcon(icon("ph.eye" if is_seen else "ph.eye-slash"))
            for button in (colour, eye):
                button.setEnabled(view.is_composite)


def swatch(colour: str) -> QIcon:
    """Return a disc of that colour ("#RRGGBB")."""
    side = 2 * _SWATCH_PX
    disc = QPixmap(QSize(side, side))
    disc.fill(Qt.GlobalColor.transparent)
    painter = QPainter(disc)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(colour))
    painter.setPen(QColor(128, 128, 128))
    painter.drawEllipse(1, 1, side - 2, side - 2)
    painter.end()
    return QIcon(disc)
