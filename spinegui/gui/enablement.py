"""What is there now, so that actions know whether they make sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.gui.actions import Needs

if TYPE_CHECKING:
    from spinegui.gui.document import Document
    from spinegui.gui.front import Front
    from spinegui.gui.workspace import Workspace


def fulfilled(
    workspace: Workspace, front: Front, *, is_detecting: bool, is_training: bool
) -> Needs:
    """Return every need that is met at this moment."""
    document, image = workspace.document, workspace.image
    page = front.page
    selected = len(workspace.selection.ids) if page is None else page.n_selected()
    facts = {
        Needs.PROJECT: document is not None,
        Needs.WRITABLE: document is not None and not document.is_read_only,
        Needs.IMAGE: image is not None,
        Needs.SEEN: page is not None or not workspace.loader.is_broken,
        Needs.STACK: image is not None and image.is_stack,
        Needs.CHANNELS: image is not None and image.n_channels > 1,
        Needs.TIMES: image is not None and image.n_times > 1,
        Needs.SELECTION: selected > 0,
        Needs.ONE_SELECTED: selected == 1,
        Needs.SEVERAL_SELECTED: selected > 1,
        Needs.UNDO: document is not None and document.can_undo,
        Needs.REDO: document is not None and document.can_redo,
        Needs.IDLE_DETECT: not is_detecting,
        Needs.IDLE_TRAIN: not is_training,
        Needs.PRESENT: workspace.past is None,
        Needs.LOOKING_BACK: workspace.past is not None,
        Needs.DECISIONS: document is not None and _has_decisions(document),
        Needs.IMAGE_IN_FRONT: page is None,
        Needs.SIGHTED: workspace.blind is None,
        Needs.BLIND: workspace.blind is not None,
    }
    met = Needs.NOTHING
    for need, is_met in facts.items():
        if is_met:
            met |= need
    return met


def _has_decisions(document: Document) -> bool:
    return any(annotation.has_decisions for annotation in document.annotations.values())
