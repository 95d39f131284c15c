"""Deciding: accept, reject, label, move, draw, and marking what was looked at as reviewed."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from spinegui.domain.annotation import ImageState
from spinegui.domain.detection import Detection, How, Origin, ReviewState, Vote
from spinegui.domain.edits import Change, Edit
from spinegui.domain.reviewed import with_reviewed
from spinegui.gui.flows.offer_undo import offer_undo
from spinegui.gui.language import ntr, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from spinegui.domain.geometry import Box
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace


def new_id() -> str:
    """Return an identifier that no other item of any project has."""
    return uuid.uuid4().hex[:16]


class Review:
    """The user's decisions on the shown image; each is one edit."""

    def __init__(self, workspace: Workspace, notices: Notices) -> None:
        self._workspace = workspace
        self._notices = notices

    # -- on detections -----------------------------------------------------------------------

    def accept(self, detections: Sequence[Detection]) -> bool:
        """Accept what is not accepted yet; a rejected spine comes back that way."""
        others = [d for d in detections if d.state is not ReviewState.ACCEPTED]
        return self._change("Accept", others, self._accepted)

    def reject(self, detections: Sequence[Detection]) -> bool:
        return self._change("Reject", detections, Detection.rejected)

    def label(self, detections: Sequence[Detection], label: str) -> bool:
        document = self._workspace.document
        found = document.label_set.find(label) if document else None
        if document is None or found is None:
            return False
        user = document.user
        # The same label by the same person again would be an edit that changes nothing.
        detections = [
            d
            for d in detections
            if not (
                (own := d.vote_of(user, document.blind.since if document.blind else None))
                and (own.label, own.how) == (label, How.HAND)
                and d.state is ReviewState.ACCEPTED
            )
        ]
        session = document.blind.since if document.blind else ""
        vote = Vote(user, label, _now(), session=session)
        return self._change(f"Label {found.name.lower()}", detections, lambda d: d.with_vote(vote))

    def change_box(self, detection: Detection, box: Box) -> bool:
        return self.change_boxes({detection.id: box})

    def change_boxes(self, boxes: Mapping[str, Box]) -> bool:
        """Give detections of the shown image other boxes, by id, as one edit."""
        known = self._workspace.annotation.detections
        moved = [known[i] for i in boxes if i in known]
        return self._change("Move or resize", moved, lambda d: d.with_box(boxes[d.id]))

    def draw(self, box: Box) -> str:
        """Add a spine that the user drew in the shown slice; returns its id, "" where refused."""
        view, image = self._workspace.view, self._workspace.image
        if image is None:
            return ""
        in_slice = image.is_stack and not view.is_projected
        drawn = Detection(
            id=new_id(),
            image_id=image.id,
            box=box,
            z=float(view.z) if in_slice else None,
            z_range=(view.z, view.z) if in_slice else None,
        )
        done = self._workspace.push(Edit("Draw spine", (Change(None, drawn),)))
        return drawn.id if done else ""

    def duplicate(self, detections: Sequence[Detection]) -> list[str]:
        """Copy boxes a little aside, as the user's own; returns the copies' ids."""
        user = self._workspace.document.user if self._workspace.document else ""
        copies = [
            replace(
                d,
                id=new_id(),
                box=d.box.shifted(d.box.width / 2, d.box.height / 2),
                head=None,
                base=None,
                origin=Origin.USER,
                state=ReviewState.ACCEPTED,
                proposed_box=None,
                # What others said, they said of the spine that was copied.
                votes=tuple(v for v in d.votes if v.rater == user),
            )
            for d in detections
        ]
        done = self._workspace.push(
            Edit(_counted("Duplicate", copies), tuple(Change(None, c) for c in copies))
        )
        return [c.id for c in copies] if done else []

    # -- on what was looked at ---------------------------------------------------------------

    def accept_all(self) -> None:
        undecided = [d for d in self._workspace.shown_detections() if not d.is_decided]
        if self.accept(undecided):
            self._offer_undo(tr("{count} accepted.", count=_count(undecided)))
        else:
            self._notices.toast(tr("No prediction above the threshold is left to accept."))

    def mark_reviewed(self) -> None:
        """Mark the image reviewed, with what is shown accepted; again takes the mark off."""
        workspace = self._workspace
        old = workspace.annotation.state
        is_reviewed = not workspace.annotation.is_reviewed
        changes = [Change(old, ImageState(workspace.image_id, is_reviewed))]
        accepted: list[Detection] = []
        if is_reviewed:
            accepted = [d for d in workspace.shown_detections() if not d.is_decided]
            changes += [Change(d, self._accepted(d)) for d in accepted]
        title = "Mark image reviewed" if is_reviewed else "Mark image not reviewed"
        if workspace.push(Edit(title, tuple(changes))) and is_reviewed:
            self._say_reviewed(tr("Image reviewed"), accepted)

    def mark_region(self, box: Box) -> None:
        """Mark a part reviewed, in this slice's whole stack, with what is shown in it accepted."""
        workspace = self._workspace
        image = workspace.image
        clipped = box.clipped(image.width, image.height) if image else None
        if image is None or clipped is None:
            return
        inside = [
            d
            for d in workspace.shown_detections()
            if not d.is_decided and clipped.contains(*d.box.center)
        ]
        grown = with_reviewed(workspace.annotation, (clipped,), new_id=new_id)
        changes = [*grown, *(Change(d, self._accepted(d)) for d in inside)]
        if workspace.push(Edit("Mark region reviewed", tuple(changes))):
            self._say_reviewed(tr("Region reviewed"), inside)

    def accepting(self, detections: Iterable[Detection]) -> tuple[Change, ...]:
        """Return the changes that accept what is undecided of these, for an edit that does more."""
        return tuple(Change(d, self._accepted(d)) for d in detections if not d.is_decided)

    def clear_regions(self) -> None:
        regions = self._workspace.annotation.regions.values()
        self._workspace.push(
            Edit("Remove reviewed regions", tuple(Change(r, None) for r in regions))
        )

    # -- shared ------------------------------------------------------------------------------

    def _accepted(self, detection: Detection) -> Detection:
        """Return it accepted, the model's label being the user's vote from now on."""
        document = self._workspace.document
        return detection.accepted_by(document.user, _now()) if document else detection

    def _change(
        self,
        title: str,
        detections: Iterable[Detection],
        step: Callable[[Detection], Detection],
    ) -> bool:
        changes = tuple(Change(d, step(d)) for d in detections)
        changes = tuple(c for c in changes if c.before != c.after)
        return self._workspace.push(Edit(_counted(title, changes), changes))

    def _say_reviewed(self, what: str, accepted: Sequence[Detection]) -> None:
        what_else = tr(", {count} accepted", count=_count(accepted)) if accepted else ""
        self._offer_undo(f"{what}{what_else}.")

    def _offer_undo(self, text: str) -> None:
        assert self._workspace.document is not None
        offer_undo(self._workspace.document, self._notices, text)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _count(predictions: Sequence[Detection]) -> str:
    return ntr("{n} prediction", "{n} predictions", len(predictions))


def _counted(title: str, things: Sequence[object]) -> str:
    return title if len(things) == 1 else f"{title} ({len(things)} spines)"
