"""A look without the model's boxes, held against what the model had found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from spinegui.domain.detection import Origin
from spinegui.domain.edits import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from spinegui.domain.detection import Detection


def compared(
    mine: Sequence[Detection], theirs: Iterable[Detection], *, threshold: float
) -> tuple[Change, ...]:
    """Return the changes after which a spine that both found is one: the person's, who drew it.

    It keeps what the model said of it, the proposed box first of all: by that it is known later
    that both found it. `mine` was decided during the look, `theirs` are predictions that nobody
    decided on; two are the same spine where one's box holds the other's centre. A prediction that
    `mine` holds already, as where a click accepted it, counts as found by both from `threshold` on
    and as the person's alone below it.
    """
    changes: list[Change] = []
    left = {d.id: d for d in theirs}
    for own in mine:
        if own.origin is Origin.MODEL:
            proposed = own.proposed_box if (own.score or 0.0) >= threshold else None
            changes.append(Change(own, replace(own, origin=Origin.USER, proposed_box=proposed)))
            continue
        same = [d for d in left.values() if _is_same(own, d)]
        if own.proposed_box is not None or not same:
            continue
        best = max(same, key=lambda d: d.box.iou(own.box))
        del left[best.id]
        changes += [Change(best, None), Change(own, _with_proposal(own, best))]
    return tuple(changes)


def _is_same(a: Detection, b: Detection) -> bool:
    in_xy = a.box.contains(*b.box.center) or b.box.contains(*a.box.center)
    if a.z_range is None or b.z_range is None:
        return in_xy
    return in_xy and a.z_range[0] <= b.z_range[1] and b.z_range[0] <= a.z_range[1]


def _with_proposal(own: Detection, proposal: Detection) -> Detection:
    return replace(
        own,
        score=proposal.score,
        class_scores=proposal.class_scores or own.class_scores,
        model=proposal.model,
        proposed_box=proposal.box,
    )
