"""Two boxes on one spine made one, one box over two heads made two: pure changes, one edit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from spinegui.domain.detection import Origin, ReviewState
from spinegui.domain.edits import Change, Edit
from spinegui.domain.geometry import Box
from spinegui.domain.rectangles import touching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from spinegui.domain.detection import Detection, Vote

SAME_BOX_IOU = 0.5
"""Boxes that overlap this much are one box twice; of others, each holds a part of the spine."""
_NEAR = 0.25
"""Boxes apart by less than this share of their size may be parts of one spine."""


def are_near(boxes: Sequence[Box]) -> bool:
    """Tell whether these boxes lie close enough together to be on one spine."""
    wide = [box.grown(_NEAR * max(box.width, box.height)) for box in boxes]
    return len(touching(wide, wide[:1])) == len(wide)


def merge(detections: Sequence[Detection]) -> Edit:
    """Return the edit that makes these detections of one image, two or more, a single one.

    The best of them stays, accepted: the one with most votes, then one that a person decided on,
    then the highest score. Its box becomes the one that holds all, unless the others are only
    copies of it; it gets all their votes, of each rater the latest, and all their slices. The
    others are rejected, so that no later detection brings them back. Raises ValueError for fewer
    than two or for detections of several images.
    """
    if len(detections) < 2 or len({d.image_id for d in detections}) > 1:
        raise ValueError("Merging takes two or more detections of one image.")
    best = max(detections, key=lambda d: (len(d.votes), d.is_decided, d.score or 0.0, d.box.area))
    others = [d for d in detections if d is not best]
    joined = replace(
        best.with_box(_joint_box(best.box, [d.box for d in others])),
        votes=_latest(vote for d in (*others, best) for vote in d.votes),
        z_range=_joint_slices(detections),
    )
    changes = (Change(best, joined), *(Change(d, d.rejected()) for d in others))
    return Edit("Merge spines", changes)


def split(detection: Detection, boxes: tuple[Box, Box], *, new_id: Callable[[], str]) -> Edit:
    """Return the edit that makes one detection two, with these boxes.

    The box that is more like the old one stays what it was; the other is a new spine of the user's
    without a label: whatever was said, was said of both together.
    """
    first, second = sorted(boxes, key=detection.box.iou, reverse=True)
    other = replace(
        detection,
        id=new_id(),
        box=second,
        head=None,
        base=None,
        origin=Origin.USER,
        state=ReviewState.ACCEPTED,
        score=None,
        class_scores=(),
        votes=(),
        model=None,
        proposed_box=None,
        extra="",
    )
    changes = (Change(detection, detection.with_box(first)), Change(None, other))
    return Edit("Split spine", changes)


def _joint_box(best: Box, others: Sequence[Box]) -> Box:
    if all(best.iou(box) >= SAME_BOX_IOU for box in others):
        return best
    every = (best, *others)
    return Box(
        min(b.x0 for b in every),
        min(b.y0 for b in every),
        max(b.x1 for b in every),
        max(b.y1 for b in every),
    )


def _joint_slices(detections: Sequence[Detection]) -> tuple[int, int] | None:
    ranges = [d.z_range for d in detections]
    known = [z_range for z_range in ranges if z_range is not None]
    if len(known) < len(ranges):  # one is seen in all slices
        return None
    return min(first for first, _ in known), max(last for _, last in known)


def _latest(votes: Iterable[Vote]) -> tuple[Vote, ...]:
    """Return of each rater, and of each blind session, the latest vote."""
    kept: dict[tuple[str, str], Vote] = {}
    for vote in sorted(votes, key=lambda v: v.at):
        kept[vote.rater, vote.session] = vote
    return tuple(kept.values())
