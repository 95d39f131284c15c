"""The hunt for missed spines, as one story of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from spinegui.domain.geometry import Box
from spinegui.domain.rectangles import united
from spinegui.gui.actions import Needs
from spinegui.gui.hunt.faint_walk import FaintWalk
from spinegui.gui.hunt.hunting import Hunting
from spinegui.gui.hunt.lawnmower import Lawnmower
from spinegui.gui.hunt.missing_part import MissingPart
from spinegui.gui.hunt.panel import HuntPanel
from spinegui.gui.hunt.shaft_parts import FaintPart, SparsePart
from spinegui.gui.hunt.shaft_tracing import ShaftTracing
from spinegui.gui.hunt.stretch_layer import StretchLayer
from spinegui.gui.hunt.tile_layer import TileLayer
from spinegui.gui.hunt.tiles_part import TilesPart
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.desk import Desk

DOCK = "hunt"
OUTLINE_UM = 4.0
"""So wide is the outline of a sparse stretch: its spines have room inside."""
OUTLINE_PX = 40.0


class Hunt(QObject):
    """Its dock, its actions, and what it shows over the image."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.mower = Lawnmower(desk.workspace, desk.canvas, desk.display, desk.review)
        self._was_walking = False
        self._starts_when_shown = False
        self._tile_layer = TileLayer()
        desk.canvas.scene.layers.append(self._tile_layer)
        self.tracing = ShaftTracing(desk.workspace, desk.jobs, self)
        self.hunting = Hunting(desk.workspace, self.tracing, self)
        self.walk = FaintWalk(desk.workspace, self.hunting, desk.decide, desk.display)
        self._stretches = StretchLayer()
        desk.canvas.scene.layers.append(self._stretches)
        self.tiles = TilesPart(self.mower)
        self.faint = FaintPart(desk.workspace, self.hunting, self.tracing)
        self.sparse = SparsePart(self.hunting, self.tracing)
        self.missing = MissingPart(desk.workspace, self.hunting)
        parts = (self.tiles, self.faint, self.sparse, self.missing)
        self.panel = HuntPanel(desk.workspace, parts)
        self.dock = desk.window.add_dock(
            DOCK,
            tr("Missed spines"),
            self.panel,
            Qt.DockWidgetArea.LeftDockWidgetArea,
            behind="images",
            is_open=False,
        )
        self._listen()

    def _listen(self) -> None:
        self.dock.visibilityChanged.connect(self._on_visibility_changed)
        self.hunting.changed.connect(self._on_found)
        self.faint.chosen.connect(self._on_faint_chosen)
        self.sparse.chosen.connect(self._on_stretch_chosen)
        self.walk.moved.connect(self.faint.table.point_at)
        self.mower.changed.connect(self._on_mower_changed)
        self.mower.over.connect(self._on_walk_over)
        # After the display, which has shown the plane by then.
        self._desk.workspace.loader.plane_ready.connect(self._on_plane_ready)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what its actions call."""
        return {
            "hunt": self.open,
            "tile_next": self._next_tile,
            "tile_back": self.mower.go_back,
            "tile_leave": self._leave,
            "faint_next": self._next_faint,
            "sparse_next": self._next_stretch,
        }

    def checked(self) -> dict[str, bool]:
        """Return which of its checkable actions are on."""
        return {}

    def met(self) -> Needs:
        """Tell whether the keys that only the walk knows make sense."""
        return Needs.TILES if self.mower.is_on else Needs.NOTHING

    def place(self) -> None:
        """Give the panel its buttons, and its tables the keys that decide on a spine."""
        actions = self._desk.actions
        self.tiles.place(actions)
        actions.give_canvas_keys(self.faint.table, self.sparse.table)

    def open(self) -> None:
        """Bring the dock to the front."""
        self.dock.show()
        self.dock.raise_()

    def _next_tile(self) -> None:
        if self.mower.is_done:
            self._next_image()
            return
        if not self.mower.is_on:
            # First, since it takes room from the image that the tiles are made to fit.
            self.open()
            self._desk.canvas.setFocus()
        self.mower.mark_and_go_on()

    def _next_image(self) -> None:
        """Go on with the next image that is not reviewed, from its first tile."""
        workspace = self._desk.workspace
        before = workspace.image_id
        self._starts_when_shown = True
        self._desk.navigate.next_unreviewed()
        self._starts_when_shown = workspace.image_id != before

    def _on_plane_ready(self, _plane: object) -> None:
        if self._starts_when_shown:
            self._starts_when_shown = False
            self.mower.start()

    def _leave(self) -> None:
        if self.mower.is_on:
            self.mower.leave()
            self._desk.canvas.fit()

    def _next_faint(self) -> None:
        self.open()
        findings = self.hunting.findings
        if findings is None or not findings.faint:
            self._say_none(tr("No faint candidate near a shaft is left on this image."))
            return
        keys = [f.detection_id for f in findings.faint]
        at = keys.index(self.walk.current) + 1 if self.walk.current in keys else 0
        self._on_faint_chosen(keys[at % len(keys)])
        self.panel.ensureWidgetVisible(self.faint.table)
        self._desk.canvas.setFocus()

    def _next_stretch(self) -> None:
        self.open()
        if self._stretches.stretches:
            self._on_stretch_chosen((self._stretches.chosen + 1) % len(self._stretches.stretches))
            self.panel.ensureWidgetVisible(self.sparse.table)
            self._desk.canvas.setFocus()
        else:
            self._say_none(tr("No stretch of shaft on this image has strikingly few spines."))

    def _say_none(self, text: str) -> None:
        """Answer a key that leads nowhere: there is nothing, or it is not known yet."""
        waits = self.hunting.findings is None
        self._desk.notices.toast(tr("The shafts are not traced yet.") if waits else text)

    def _on_faint_chosen(self, detection_id: str) -> None:
        self.walk.go_to(detection_id)

    def _on_stretch_chosen(self, index: int) -> None:
        """Bring a stretch into the picture, whole."""
        canvas, stretch = self._desk.canvas, self._stretches.stretches[index]
        self._stretches.chosen = index
        self.sparse.table.point_at(str(index))
        low, high = stretch.points.min(axis=0), stretch.points.max(axis=0)
        box = Box(low[0], low[1], high[0] + 1, high[1] + 1).grown(1.5 * self._stretches.width)
        seen = canvas.view.visible()
        if box.width > seen.width or box.height > seen.height:
            canvas.view.frame(box)
        else:
            canvas.center_on(box)
        canvas.update()

    def _on_visibility_changed(self, is_visible: bool) -> None:
        self.hunting.want(on=is_visible)
        self._on_found()

    def _on_found(self) -> None:
        """Outline the stretches while the hunt is in sight."""
        hunting, layer = self.hunting, self._stretches
        findings = hunting.findings if hunting.is_wanted else None
        before = layer.stretches
        layer.stretches = findings.sparse.stretches if findings else ()
        if layer.stretches is not before:
            layer.chosen = -1
        workspace = self._desk.workspace
        document = workspace.document
        size = document.pixel_size(workspace.image_id) if document and hunting.is_um else None
        layer.width = OUTLINE_PX if size is None else OUTLINE_UM / size.x_um
        self._desk.canvas.update()

    def _on_mower_changed(self) -> None:
        mower, scene = self.mower, self._desk.canvas.scene
        tile = mower.tile
        self._tile_layer.box = None if tile is None else tile.box
        seen = (t.box for t, is_seen in zip(mower.walk.tiles, mower.seen, strict=True) if is_seen)
        scene.minimap.hatched = united(seen) if mower.is_on else ()
        self._desk.workspace.view_state.update(decided_only=mower.is_hiding)
        if mower.is_on is not self._was_walking:
            self._was_walking = mower.is_on
            self._desk.refresh_actions()
        self._desk.canvas.update()

    def _on_walk_over(self) -> None:
        desk = self._desk
        if not desk.workspace.annotation.is_reviewed:
            desk.notices.toast(
                tr("All tiles are seen."), tr("Mark image reviewed"), desk.review.mark_reviewed
            )
