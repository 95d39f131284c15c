"""An image without spines: saying so is a decision too, and teaches the detector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.domain.annotation import ImageState
from spinegui.domain.edits import Change, Edit
from spinegui.gui.dialogs.choice import ask_choice
from spinegui.gui.flows.offer_undo import offer_undo
from spinegui.gui.language import ntr, tr
from spinegui.storage.exchange.content import SCORE_CUT

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from spinegui.domain.detection import Detection
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace


class NoSpines:
    """Marks the shown image as holding no spine, with what was proposed on it rejected."""

    def __init__(self, window: QWidget, workspace: Workspace, notices: Notices) -> None:
        self._window = window
        self._workspace = workspace
        self._notices = notices

    def toggle(self) -> None:
        """Mark it, or take the mark off; where spines are accepted, ask what becomes of them."""
        annotation = self._workspace.annotation
        if annotation.has_no_spines:
            state = ImageState(annotation.image_id)
            change = Change(annotation.state, state)
            self._workspace.push(Edit("Mark image not reviewed", (change,)))
            return
        accepted = [d for d in annotation.visible() if d.is_decided]
        if accepted:
            self._ask_about(accepted)
        else:
            self._mark()

    def _ask_about(self, accepted: list[Detection]) -> None:
        n = len(accepted)
        document, image_id = self._workspace.document, self._workspace.image_id

        def reject() -> None:
            is_same = self._workspace.document is document and self._workspace.image_id == image_id
            if is_same:
                self._mark()

        ask_choice(
            self._window,
            title=ntr(
                "{n} spine is accepted on this image", "{n} spines are accepted on this image", n
            ),
            sentences=tr(
                "An image without spines holds none that is accepted. Reject them, or keep them "
                "and the image as they are."
            ),
            keep=ntr("Keep it", "Keep them", n),
            choices=((ntr("Reject it", "Reject all {n}", n), reject),),
        )

    def _mark(self) -> None:
        annotation = self._workspace.annotation
        # Fainter candidates were neither seen nor would they be exported; like all of the image,
        # what lies under them counts as background.
        cut = min(self._workspace.view.threshold, SCORE_CUT)
        rejected = [
            d for d in annotation.visible() if d.is_decided or d.score is None or d.score >= cut
        ]
        state = ImageState(annotation.image_id, is_reviewed=True, has_no_spines=True)
        changes = [Change(annotation.state, state), *(Change(d, d.rejected()) for d in rejected)]
        document = self._workspace.document
        edit = Edit("No spines here", tuple(changes))
        if document is not None and self._workspace.push(edit):
            text = tr("Reviewed, no spines here.")
            if rejected:
                n = len(rejected)
                text = ntr(
                    "No spines here, {n} box rejected.", "No spines here, {n} boxes rejected.", n
                )
            offer_undo(document, self._notices, text)
