"""The reviewed-region brush: painting what was looked at, erasing what was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.domain.annotation import ImageState
from spinegui.domain.edits import Change, Edit
from spinegui.domain.geometry import Box
from spinegui.domain.reviewed import reviewed_but_for, with_reviewed, without_reviewed
from spinegui.gui.flows.offer_undo import offer_undo
from spinegui.gui.flows.review import new_id
from spinegui.gui.language import ntr, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spinegui.gui.flows.review import Review
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace


class Painting:
    """One edit a stroke."""

    def __init__(self, workspace: Workspace, review: Review, notices: Notices) -> None:
        self._workspace = workspace
        self._review = review
        self._notices = notices

    def take(self, boxes: Sequence[Box], erases: bool) -> None:
        """Bring in a stroke that covers these boxes (px) of the shown image."""
        if boxes and self._workspace.image is not None and self._workspace.can_draw():
            self._erase(boxes) if erases else self._mark(boxes)

    def _mark(self, boxes: Sequence[Box]) -> None:
        workspace = self._workspace
        if workspace.annotation.is_reviewed:
            self._notices.toast(tr("All of this image is marked reviewed already."))
            return
        inside = [
            d
            for d in workspace.shown_detections()
            if not d.is_decided and any(box.contains(*d.box.center) for box in boxes)
        ]
        grown = with_reviewed(workspace.annotation, boxes, new_id=new_id)
        edit = Edit("Mark region reviewed", (*grown, *self._review.accepting(inside)))
        document = workspace.document
        if document is not None and workspace.push(edit) and inside:
            n = len(inside)
            text = ntr(
                "Region reviewed, {n} prediction accepted.",
                "Region reviewed, {n} predictions accepted.",
                n,
            )
            offer_undo(document, self._notices, text)

    def _erase(self, boxes: Sequence[Box]) -> None:
        """Take the mark off; of an image that is reviewed as a whole, the rest stays marked."""
        annotation, image, view = (
            self._workspace.annotation,
            self._workspace.image,
            self._workspace.view,
        )
        assert image is not None
        changes: list[Change] = []
        if annotation.is_reviewed:
            whole = Box(0, 0, image.width, image.height)
            changes.append(Change(annotation.state, ImageState(image.id)))
            changes += reviewed_but_for(annotation, whole, boxes, new_id=new_id)
        else:
            in_slice = image.is_stack and not view.is_projected
            z = view.z if in_slice else None
            changes += without_reviewed(annotation, boxes, new_id=new_id, z=z)
        self._workspace.push(Edit("Erase reviewed region", tuple(changes)))
