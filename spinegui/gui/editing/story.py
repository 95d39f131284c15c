"""The story of editing: what its actions call, and where its parts stand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from spinegui.gui.editing.batch import BatchEdit
from spinegui.gui.editing.joining import Joining
from spinegui.gui.editing.no_spines import NoSpines
from spinegui.gui.editing.one_click import OneClick
from spinegui.gui.editing.painting import Painting
from spinegui.gui.editing.slice_extent import PARTS, SliceExtent

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.desk import Desk


class Editing:
    """Adds, joins, splits, paints and changes many spines at once; each act is one edit."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.one_click = OneClick(desk)
        self.joining = Joining(desk.workspace, desk.display, desk.notices)
        self.painting = Painting(desk.workspace, desk.review, desk.notices)
        desk.canvas.region_painted.connect(self.painting.take)
        self.batch = BatchEdit(desk)
        self.slices = SliceExtent(desk.workspace, desk.notices)
        desk.label.add_section(self.slices)
        self.no_spines = NoSpines(desk.window, desk.workspace, desk.notices)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what its actions call, by action id."""
        brush = self._desk.canvas.brush
        return {
            **{part: partial(self.slices.take_shown, part) for part, _, _ in PARTS},
            "batch_edit": self.batch.open,
            "larger_brush": partial(brush.resize, 1),
            "smaller_brush": partial(brush.resize, -1),
            "merge": self.joining.merge,
            "no_spines": self.no_spines.toggle,
            "split": self.joining.split,
        }

    def checked(self) -> dict[str, bool]:
        """Return which of its checkable actions are on."""
        return {"no_spines": self._desk.workspace.annotation.has_no_spines}

    def place(self) -> None:
        """Put what it shows into menus and bars."""
