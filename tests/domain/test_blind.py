"""A blind session: what is seen of a spine, and how what is done to it joins what is recorded."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.blind import (
    BlindSession,
    images_seen,
    is_open,
    n_labelled,
    put_back,
    seen_by,
)
from spinegui.domain.detection import Detection, ReviewState, Vote
from spinegui.domain.geometry import Box
from spinegui.domain.image_ref import ImageRef
from tests.support.items import boxes, detections, labels

SESSION = BlindSession("ana", "2026-01-01T00:00:00.000Z")
NAMELESS = replace(SESSION, hides_names=True)
AT = "2026-02-01T00:00:00.000Z"
BOX = Box(0, 0, 10, 10)
FULL = Detection(
    "d", "i", BOX, class_scores=(("thin", 0.9), ("stubby", 0.1)),
    votes=(Vote("bo", "stubby", AT), Vote("ana", "thin", AT)),
)  # fmt: skip


def test_that_nobody_s_label_is_seen_not_even_one_s_own_from_before():
    seen = seen_by(FULL, SESSION)
    assert (seen.label, seen.votes, seen.class_scores) == (None, (), ())
    assert (seen.box, seen.state, seen.id) == (FULL.box, FULL.state, FULL.id)


def test_that_one_s_own_label_of_the_session_is_seen():
    voted = FULL.with_vote(Vote("ana", "mushroom", AT, session=SESSION.since))
    assert seen_by(voted, SESSION).label == "mushroom"
    assert seen_by(voted, BlindSession("ana", AT)).label is None, "of another session"
    assert seen_by(voted, replace(SESSION, rater="bo")).label is None, "another's session"


@given(detections())
def test_that_what_was_only_looked_at_stays_as_it_was(whole):
    assert put_back(whole, seen_by(whole, SESSION), SESSION) == whole


@given(detections(), boxes, st.none() | labels, st.sampled_from(ReviewState))
def test_that_what_was_done_blind_is_what_is_seen_and_nothing_hidden_is_lost(
    whole, box, label, state
):
    seen = replace(seen_by(whole, SESSION), box=box)
    if label is not None:
        seen = seen.with_vote(Vote("ana", label, AT, session=SESSION.since))
    seen = replace(seen, state=state)
    kept = put_back(whole, seen, SESSION)
    assert seen_by(kept, SESSION) == seen
    hidden = [v for v in whole.votes if (v.rater, v.session) != ("ana", SESSION.since)]
    assert [v for v in kept.votes if v in hidden] == hidden
    assert kept.class_scores == whole.class_scores


def test_that_what_a_detection_brings_meanwhile_is_kept_unseen():
    plain = Detection("d", "i", BOX, state=ReviewState.PREDICTED, score=0.6)
    found = replace(plain, class_scores=(("thin", 0.9),))
    kept = put_back(plain, found, SESSION)
    assert kept.class_scores == found.class_scores
    assert seen_by(kept, SESSION) == plain


def test_that_in_a_session_every_spine_waits_until_it_is_labelled_again():
    seen = seen_by(FULL, SESSION)
    assert is_open(seen, SESSION)
    assert not is_open(FULL, None), "in the open it is decided"
    assert not is_open(seen.rejected(), SESSION)
    voted = seen.with_vote(Vote("ana", "unsure", AT, session=SESSION.since))
    assert not is_open(voted, SESSION)
    assert n_labelled([voted, seen], SESSION) == 1


def test_that_accepting_what_shows_no_label_gives_no_vote():
    predicted = replace(FULL, state=ReviewState.PREDICTED, votes=())
    kept = put_back(predicted, seen_by(predicted, SESSION).accepted_by("ana", AT), SESSION)
    assert kept == predicted.accepted()


def refs(n: int) -> dict[str, ImageRef]:
    return {
        f"{i:x}": ImageRef(
            f"{i:x}", f"/data/ko/{i}.tif", f"{i}", 9, 8, 8, 1, 1, 1, "u1", "YX", None
        )
        for i in range(n)
    }


def test_that_hidden_names_are_numbers_in_an_order_of_the_session_s_own():
    images = refs(12)
    seen = images_seen(images, NAMELESS)
    assert [ref.name for ref in seen.values()] == [f"Image {n}" for n in range(1, 13)]
    assert list(seen) != list(images)
    assert set(seen) == set(images)
    assert list(images_seen(dict(reversed(images.items())), NAMELESS)) == list(seen)
    assert list(images_seen(images, replace(NAMELESS, since=AT))) != list(seen)
    assert all("ko" not in f"{ref.name}{ref.shown_path}" for ref in seen.values())
    assert all(ref.path == images[key].path for key, ref in seen.items()), "the file is still read"


def test_that_names_stay_where_they_are_not_to_be_hidden():
    images = refs(3)
    assert images_seen(images, SESSION) is images
    assert images_seen(images, None) is images
