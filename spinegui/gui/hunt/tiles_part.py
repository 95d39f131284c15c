"""The part of the hunt's panel for the walk from tile to tile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QProgressBar

from spinegui.gui.hunt.parts import ActionButton, Part
from spinegui.gui.hunt.tile_map import TileMap
from spinegui.gui.language import ntr, tr

if TYPE_CHECKING:
    from spinegui.gui.action_set import ActionSet
    from spinegui.gui.hunt.lawnmower import Lawnmower


class TilesPart(Part):
    """How far the walk is, its map, and its buttons."""

    def __init__(self, mower: Lawnmower) -> None:
        super().__init__(tr("Tile by tile"))
        self._mower = mower
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Tiles seen"))
        self.map = TileMap(self)
        self.map.chosen.connect(self._on_tile_chosen)
        self.empty = QCheckBox(self)
        self.empty.setToolTip(
            tr("Only background shows in these tiles; what you leave out is not marked reviewed")
        )
        self.empty.toggled.connect(lambda on: mower.skip_empty(on=on))
        self.first = QCheckBox(tr("Look before the boxes"), self)
        self.first.setToolTip(
            tr(
                "Hides the model's boxes in each tile until you have added the spines you see. "
                "What you and the model find apart from each other tells how many both miss"
            )
        )
        self.first.toggled.connect(lambda on: mower.look_first(on=on))
        for widget in (self.bar, self.map, self.empty, self.first):
            self.rows.addWidget(widget)
        mower.changed.connect(self.refresh)

    def place(self, actions: ActionSet) -> None:
        """Add the buttons, once the actions are there."""
        self.next = ActionButton(actions["tile_next"])
        self.back = ActionButton(actions["tile_back"], tr("Back"))
        self.leave = ActionButton(actions["tile_leave"], tr("Leave"))
        self.whole = ActionButton(actions["mark_reviewed"], tr("Mark image reviewed"))
        self.rows.addWidget(self.next)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.back, 1)
        row.addWidget(self.leave, 1)
        self.rows.addLayout(row)
        self.rows.addWidget(self.whole)
        self.refresh()

    def refresh(self) -> None:
        """Say how far the walk is."""
        mower = self._mower
        for widget in (self.bar, self.map, self.back, self.leave):
            widget.setVisible(mower.is_on)
        self.empty.setVisible(mower.is_on and 0 < mower.n_empty < len(mower.walk.tiles))
        self.next.say(self._next_words())
        if not mower.is_on:
            self.whole.hide()
            self.text.setText(
                tr(
                    "Walk over the image in tiles as large as the view: zoom first to what you "
                    "can read. Each tile you have seen becomes reviewed."
                )
            )
            return
        self._say_progress()
        self.map.show_tiles(mower.walk.tiles, mower.seen, mower.walk.n_structured, mower.at)

    def _next_words(self) -> str:
        if not self._mower.is_on:
            return tr("Start")
        if self._mower.is_done:
            return tr("Next image")
        return tr("Compare with the model") if self._mower.is_hiding else tr("Seen, next tile")

    def _say_progress(self) -> None:
        mower = self._mower
        n, seen = mower.n_walked, mower.n_seen
        self.bar.setRange(0, n)
        self.bar.setValue(seen)
        self.empty.setText(
            ntr(
                "Skip {n} tile without structure", "Skip {n} tiles without structure", mower.n_empty
            )
        )
        is_over = seen == n
        self.whole.setVisible(is_over and not mower.is_image_reviewed)
        if is_over:
            self.text.setText(tr("All {n} tiles seen.", n=n))
            return
        if mower.is_hiding:
            self.text.setText(
                tr(
                    "Tile {at} of {n}. The model's boxes are hidden: Shift+click every spine you "
                    "see, then compare.",
                    at=mower.at + 1,
                    n=n,
                )
            )
            return
        parts = [tr("Tile {at} of {n}, {seen} seen.", at=mower.at + 1, n=n, seen=seen)]
        if mower.n_empty and not mower.skips_empty:
            parts.append(tr("Those where only background shows come last."))
        parts.append(tr("Shift+click adds a spine that was missed."))
        self.text.setText(" ".join(parts))

    def _on_tile_chosen(self, index: int) -> None:
        if index < self._mower.n_walked:
            self._mower.go_to(index)
