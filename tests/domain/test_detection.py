"""A detection: votes, label, decisions."""

from __future__ import annotations

from dataclasses import replace

from spinegui.domain.detection import Detection, Origin, ReviewState, Vote
from spinegui.domain.geometry import Box, Point3

BOX = Box(0, 0, 10, 10)
PREDICTED = Detection(
    "d", "image", BOX, origin=Origin.MODEL, state=ReviewState.PREDICTED, score=0.7,
    class_scores=(("mushroom", 0.2), ("thin", 0.8)), proposed_box=BOX,
)  # fmt: skip


def vote(rater, label, at="2026-01-01T00:00:00"):
    return Vote(rater, label, at)


def test_that_the_model_names_the_label_until_a_person_does():
    assert PREDICTED.label == "thin"
    assert PREDICTED.with_vote(vote("ana", "stubby")).label == "stubby"


def test_that_a_rater_has_one_vote():
    twice = PREDICTED.with_vote(vote("ana", "stubby")).with_vote(vote("ana", "mushroom"))
    assert [v.label for v in twice.votes] == ["mushroom"]


def test_that_a_moved_box_leaves_the_head_of_another_spine_behind():
    headed = replace(PREDICTED, head=Point3(5, 5, 2), base=Point3(5, 12, 2))
    resized = headed.with_box(Box(1, 1, 9, 11))
    assert (resized.head, resized.base) == (headed.head, headed.base)
    moved = headed.with_box(BOX.shifted(20, 0))
    assert (moved.head, moved.base) == (None, None)


def test_that_the_plurality_of_raters_decides():
    found = PREDICTED
    for rater, label in (("ana", "thin"), ("bo", "stubby"), ("cy", "stubby")):
        found = found.with_vote(vote(rater, label))
    assert found.label == "stubby"


def test_that_the_latest_vote_breaks_a_tie():
    found = PREDICTED.with_vote(vote("ana", "thin", "2026-01-02T00:00:00"))
    found = found.with_vote(vote("bo", "stubby", "2026-01-01T00:00:00"))
    assert found.label == "thin"


def test_that_a_label_or_a_new_box_accepts_a_prediction():
    assert PREDICTED.with_vote(vote("ana", "thin")).state is ReviewState.ACCEPTED
    moved = PREDICTED.with_box(Box(1, 1, 9, 9))
    assert moved.state is ReviewState.ACCEPTED
    assert moved.proposed_box == BOX


def test_that_a_rejected_detection_is_decided_and_not_visible():
    rejected = PREDICTED.rejected()
    assert rejected.is_decided
    assert not rejected.is_visible


def test_that_a_detection_without_slices_is_seen_in_all():
    assert PREDICTED.spans(12)


def test_that_no_label_is_shown_where_nobody_named_one():
    assert Detection("d", "image", BOX).label is None
