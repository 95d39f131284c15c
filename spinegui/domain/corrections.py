"""What people changed against what the model said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spinegui.domain.detection import Origin, ReviewState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spinegui.domain.annotation import Annotation

MOVED_IOU = 0.95
"""Below this overlap with the model's own box, a box counts as moved or resized."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """How many detections people left as they were, and how many they changed in each way."""

    confirmed: int = 0
    moved: int = 0
    relabelled: int = 0
    added: int = 0
    rejected: int = 0

    @property
    def total(self) -> int:
        """Corrections made; a confirmation is none."""
        return self.moved + self.relabelled + self.added + self.rejected


def count_corrections(annotations: Iterable[Annotation]) -> Corrections:
    """Count the decisions in these annotations. One detection may be both moved and relabelled."""
    confirmed = moved = relabelled = added = rejected = 0
    for annotation in annotations:
        for d in annotation.detections.values():
            if d.state is ReviewState.REJECTED:
                rejected += d.origin is Origin.MODEL
                continue
            if d.state is ReviewState.PREDICTED:
                continue
            if d.origin is Origin.USER:
                added += 1
                continue
            is_moved = d.proposed_box is not None and d.proposed_box.iou(d.box) < MOVED_IOU
            is_relabelled = d.is_labelled_by_hand and d.label != d.model_label
            moved += is_moved
            relabelled += is_relabelled
            confirmed += not (is_moved or is_relabelled)
    return Corrections(confirmed, moved, relabelled, added, rejected)
