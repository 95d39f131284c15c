"""Merge two boxes on one spine, split one over two heads: a key each, one step of undo each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.domain import joining
from spinegui.gui.flows.review import new_id
from spinegui.gui.language import tr
from spinegui.imaging.splitting import split_in_two

if TYPE_CHECKING:
    from spinegui.gui.flows.display import Display
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace


class Joining:
    """Acts on the selection; what comes out of it is selected, ready to be adjusted."""

    def __init__(self, workspace: Workspace, display: Display, notices: Notices) -> None:
        self._workspace = workspace
        self._display = display
        self._notices = notices

    def merge(self) -> None:
        """Make the selected spines one, where they lie close enough together to be one."""
        selected = self._workspace.selected_detections()
        if len(selected) < 2:
            return
        if not joining.are_near([d.box for d in selected]):
            self._notices.toast(tr("These boxes lie too far apart to be one spine."))
            return
        edit = joining.merge(selected)
        if self._workspace.push(edit):
            present = self._workspace.annotation.detections
            kept = [c.item.id for c in edit.changes if present[c.item.id].is_visible]
            self._workspace.selection.replace(kept)

    def split(self) -> None:
        """Make the selected spine two, cut where its pixels are darkest between two heads."""
        selected, plane = self._workspace.selected_detections(), self._display.plane
        if len(selected) != 1 or plane is None:
            return
        edit = joining.split(selected[0], split_in_two(plane, selected[0].box), new_id=new_id)
        if self._workspace.push(edit):
            self._workspace.selection.replace(c.item.id for c in edit.changes)
