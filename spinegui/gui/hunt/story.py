"""The hunt for missed spines, as one story of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from spinegui.domain.rectangles import united
from spinegui.gui.hunt.lawnmower import Lawnmower
from spinegui.gui.hunt.panel import HuntPanel
from spinegui.gui.hunt.tile_layer import TileLayer
from spinegui.gui.hunt.tiles_part import TilesPart
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.desk import Desk

DOCK = "hunt"


class Hunt(QObject):
    """Its dock, its actions, and what it shows over the image."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.mower = Lawnmower(desk.workspace, desk.canvas, desk.display, desk.review)
        self._tile_layer = TileLayer()
        desk.canvas.scene.layers.append(self._tile_layer)
        self.tiles = TilesPart(self.mower)
        self.panel = HuntPanel(desk.workspace, (self.tiles,))
        self.dock = desk.window.add_dock(
            DOCK,
            tr("Missed spines"),
            self.panel,
            Qt.DockWidgetArea.LeftDockWidgetArea,
            behind="images",
            is_open=False,
        )
        self.mower.changed.connect(self._on_mower_changed)
        self.mower.over.connect(self._on_walk_over)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what its actions call."""
        return {
            "hunt": self.open,
            "tile_next": self._next_tile,
            "tile_back": self._back,
            "tile_leave": self._leave,
        }

    def checked(self) -> dict[str, bool]:
        """Return which of its checkable actions are on."""
        return {}

    def place(self) -> None:
        """Give the panel its buttons."""
        self.tiles.place(self._desk.actions)

    def open(self) -> None:
        """Bring the dock to the front."""
        self.dock.show()
        self.dock.raise_()

    def _next_tile(self) -> None:
        was_on = self.mower.is_on
        self.mower.mark_and_go_on()
        if self.mower.is_on and not was_on:
            self.open()
            self._desk.canvas.setFocus()

    def _back(self) -> None:
        if self.mower.is_on:
            self.mower.go_back()
        else:
            self._desk.notices.toast(tr("T starts the walk from tile to tile."))

    def _leave(self) -> None:
        if self.mower.is_on:
            self.mower.leave()
            self._desk.canvas.fit()

    def _on_mower_changed(self) -> None:
        mower, scene = self.mower, self._desk.canvas.scene
        tile = mower.tile
        self._tile_layer.box = None if tile is None else tile.box
        seen = (t.box for t, is_seen in zip(mower.walk.tiles, mower.seen, strict=True) if is_seen)
        scene.minimap.hatched = united(seen) if mower.is_on else ()
        self._desk.canvas.update()

    def _on_walk_over(self) -> None:
        desk = self._desk
        if not desk.workspace.annotation.is_reviewed:
            desk.notices.toast(
                tr("All tiles are seen."), tr("Mark image reviewed"), desk.review.mark_reviewed
            )
