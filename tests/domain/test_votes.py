"""Votes: by hand or accepted, blind or in the open; which of them name the label."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.annotation import Annotation
from spinegui.domain.corrections import count_corrections
from spinegui.domain.detection import (
    Detection,
    How,
    Origin,
    ReviewState,
    Vote,
    counted_votes,
)
from spinegui.domain.geometry import Box
from tests.support.items import votes as vote_lists

BOX = Box(0, 0, 10, 10)
PREDICTED = Detection(
    "d", "image", BOX, origin=Origin.MODEL, state=ReviewState.PREDICTED, score=0.7,
    class_scores=(("mushroom", 0.2), ("thin", 0.8)), proposed_box=BOX,
)  # fmt: skip
AT, LATER, SESSION = "2026-01-01T00:00:00", "2026-01-02T00:00:00", "2026-01-01T12:00:00"


def test_that_accepting_is_a_vote_for_the_model_s_label():
    accepted = PREDICTED.accepted_by("ana", AT)
    assert accepted.votes == (Vote("ana", "thin", AT, How.ACCEPTED),)
    assert accepted.state is ReviewState.ACCEPTED
    assert not accepted.is_labelled_by_hand


def test_that_accepting_a_spine_without_a_label_gives_no_vote():
    drawn = Detection("d", "image", BOX, state=ReviewState.PREDICTED)
    assert drawn.accepted_by("ana", AT) == drawn.accepted()


def test_that_nobody_accepts_a_label_of_the_model_that_was_not_shown():
    imported = Detection(
        "d", "image", BOX, state=ReviewState.PREDICTED, class_scores=PREDICTED.class_scores,
        votes=(Vote("file", "stubby", AT),),
    )  # fmt: skip
    assert imported.accepted_by("ana", LATER).votes == imported.votes


def test_that_a_class_named_by_hand_outranks_any_number_of_accepted_ones():
    found = PREDICTED.accepted_by("ana", LATER).accepted_by("bo", LATER)
    assert found.label == "thin"
    assert found.with_vote(Vote("cy", "stubby", AT)).label == "stubby"


def test_that_naming_the_class_replaces_one_s_own_acceptance():
    found = PREDICTED.accepted_by("ana", AT).with_vote(Vote("ana", "thin", LATER))
    assert found.votes == (Vote("ana", "thin", LATER),)


def test_that_a_blind_vote_stands_beside_the_rater_s_earlier_one():
    found = PREDICTED.with_vote(Vote("ana", "thin", AT))
    found = found.with_vote(Vote("ana", "stubby", LATER, session=SESSION))
    assert [v.label for v in found.votes] == ["thin", "stubby"]
    assert found.vote_of("ana", "").label == "thin"
    assert found.vote_of("ana", SESSION).label == "stubby"
    assert found.vote_of("ana").is_blind
    again = found.with_vote(Vote("ana", "mushroom", LATER, session=SESSION))
    assert [v.label for v in again.votes] == ["thin", "mushroom"]


def test_that_a_rater_who_said_two_things_counts_once_with_the_later_one():
    found = PREDICTED.with_vote(Vote("ana", "thin", AT)).with_vote(Vote("bo", "mushroom", AT))
    found = found.with_vote(Vote("bo", "stubby", LATER, session=SESSION))
    assert [v.label for v in counted_votes(found.votes)] == ["thin", "stubby"]
    assert found.label == "stubby", "one each: the latest breaks the tie"


def test_that_an_accepted_label_is_no_correction():
    accepted = PREDICTED.accepted_by("ana", AT)
    counts = count_corrections([Annotation("image", {"d": accepted})])
    assert (counts.confirmed, counts.total) == (1, 0)


@given(vote_lists, st.randoms())
def test_that_no_rater_counts_twice_and_order_does_not_matter(votes, random):
    counted = counted_votes(votes)
    raters = [v.rater for v in counted]
    assert len(set(raters)) == len(raters)
    assert bool(counted) == bool(votes)
    assert len({v.how for v in counted}) <= 1
    if len({v.at for v in votes}) == len(votes):
        shuffled = random.sample(votes, len(votes))
        assert set(counted_votes(shuffled)) == set(counted)
