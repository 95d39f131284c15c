"""Corrects predictions from the known truth, decision by decision, as a person would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.annotation import ImageState
from spinegui.domain.detection import Detection, Vote
from spinegui.domain.edits import Change, Edit
from spinegui.domain.matching import MatchRule, Spines, match
from spinegui.domain.metrics import SCORE_CUT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from spinegui.domain.annotation import Annotation
    from spinegui.domain.image_ref import PixelSize
    from spinegui.storage.exchange.coco_values import CocoAnnotation, Id

REDRAWN_IOU = 0.5
"""Below this overlap with the true box a person would draw the box anew."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who corrects: the name that votes carry, the time they carry, and where ids come from.

    `redrawn_iou` 0 is for a truth that tells where spines are and not how large.
    """

    name: str
    at: str
    new_id: Callable[[], str]
    redrawn_iou: float = REDRAWN_IOU

    def review(
        self,
        annotation: Annotation,
        truth: Sequence[CocoAnnotation],
        labels: Mapping[Id, str | None],
        pixel_size: PixelSize | None,
    ) -> list[Edit]:
        """Return the edits, in order, that make an image's annotation agree with the truth.

        Only what a person sees is looked at: predictions from the score cut up, and what was
        decided before, which stays. `labels` names the class of each category id. The last edit
        marks the image reviewed and accepts what is left.
        """
        shown = [d for d in annotation.visible() if d.is_decided or (d.score or 0.0) >= SCORE_CUT]
        found = _match(shown, truth, pixel_size)
        edits: list[Edit] = []
        kept: list[Detection] = []
        for detection, i in zip(shown, found, strict=True):
            if detection.is_decided:
                continue
            if i < 0:
                edits.append(Edit("Reject", (Change(detection, detection.rejected()),)))
                continue
            steps = self._correct(detection, truth[i], labels[truth[i].category_id])
            edits += steps
            kept.append(_after(detection, steps))
        missed = sorted(set(range(len(truth))) - set(found))
        edits += [self._draw(annotation.image_id, truth[i], labels) for i in missed]
        return [*edits, self._mark_reviewed(annotation, kept)]

    def _correct(
        self, detection: Detection, truth: CocoAnnotation, label: str | None
    ) -> list[Edit]:
        edits: list[Edit] = []
        if detection.box.iou(truth.box) < self.redrawn_iou:
            edits.append(
                Edit("Move or resize", (Change(detection, detection.with_box(truth.box)),))
            )
        if label is not None and detection.label != label:
            before = _after(detection, edits)
            voted = before.with_vote(Vote(self.name, label, self.at))
            edits.append(Edit(f"Label {label}", (Change(before, voted),)))
        return edits

    def _draw(self, image_id: str, truth: CocoAnnotation, labels: Mapping[Id, str | None]) -> Edit:
        label = labels[truth.category_id]
        drawn = Detection(
            id=self.new_id(),
            image_id=image_id,
            box=truth.box,
            z=None if truth.z is None else float(round(truth.z)),
            z_range=truth.z_range,
            votes=(Vote(self.name, label, self.at),) if label else (),
        )
        return Edit("Draw spine", (Change(None, drawn),))

    def _mark_reviewed(self, annotation: Annotation, kept: Sequence[Detection]) -> Edit:
        changes = [Change(d, d.accepted_by(self.name, self.at)) for d in kept if not d.is_decided]
        state = ImageState(annotation.image_id, is_reviewed=True)
        return Edit("Mark image reviewed", (Change(annotation.state, state), *changes))


def _after(detection: Detection, edits: Sequence[Edit]) -> Detection:
    """Return the detection as those edits of it leave it."""
    item = edits[-1].changes[0].item if edits else detection
    assert isinstance(item, Detection)
    return item


def _match(
    shown: Sequence[Detection], truth: Sequence[CocoAnnotation], pixel_size: PixelSize | None
) -> list[int]:
    """Return for each shown detection the index of the spine it found, or -1."""
    found = Spines.build(
        np.array([d.box.as_xyxy() for d in shown], np.float64).reshape(-1, 4),
        np.array([np.nan if d.z is None else d.z for d in shown], np.float64),
    )
    heads = [(np.nan,) * 3 if t.head is None else (t.head.x, t.head.y, t.head.z) for t in truth]
    true = Spines.build(
        np.array([t.box.as_xyxy() for t in truth], np.float64).reshape(-1, 4),
        np.array([np.nan if t.z is None else t.z for t in truth], np.float64),
        np.array(heads, np.float64).reshape(-1, 3),
    )
    pixel_um = None if pixel_size is None else (pixel_size.x_um, pixel_size.y_um)
    # What a person decided chooses first: a prediction beside it is one too many.
    scores = np.array([1.0 if d.is_decided else d.score or 0.0 for d in shown], np.float64)
    return [int(i) for i in match(found, scores, true, MatchRule(pixel_um=pixel_um))]
