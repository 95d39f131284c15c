"""What holds for merging and splitting, whatever was selected."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from spinegui.domain.annotation import Annotation
from spinegui.domain.detection import Detection, Origin, ReviewState, Vote
from spinegui.domain.edits import apply, inverse
from spinegui.domain.geometry import Box
from spinegui.domain.joining import are_near, merge, split
from spinegui.imaging.splitting import split_in_two
from tests.support.items import boxes, detections

several = st.lists(detections(), min_size=2, max_size=4, unique_by=lambda d: d.id)


def known(*found: Detection) -> dict[str, Annotation]:
    return {"image": Annotation("image", {d.id: d for d in found})}


@given(several)
def test_that_merging_leaves_one_accepted_spine_and_undo_brings_all_back(found):
    before = known(*found)
    edit = merge(found)
    after = apply(before, edit)["image"].detections
    assert after.keys() == {d.id for d in found}
    (kept,) = [d for d in after.values() if d.is_visible]
    assert kept.state is ReviewState.ACCEPTED
    assert {(v.rater, v.session) for v in kept.votes} == {
        (v.rater, v.session) for d in found for v in d.votes
    }
    assert apply(apply(before, edit), inverse(edit)) == before


@given(several)
def test_that_a_merged_box_holds_all_or_is_one_of_them(found):
    (kept,) = [c.after for c in merge(found).changes if c.after.is_visible]
    holds_all = all(kept.box.intersection(d.box) == d.box for d in found)
    assert holds_all or kept.box in [d.box for d in found]


@given(detections(), boxes, boxes)
def test_that_splitting_keeps_what_was_said_with_one_and_undo_makes_it_one_again(d, a, b):
    before = known(d)
    edit = split(d, (a, b), new_id=lambda: "new")
    after = apply(before, edit)["image"].detections
    assert {x.box for x in after.values()} == {a, b}
    assert after[d.id].votes == d.votes
    assert (after["new"].votes, after["new"].origin) == ((), Origin.USER)
    assert after["new"].z_range == d.z_range
    assert apply(apply(before, edit), inverse(edit)) == before


planes = hnp.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40)))


@given(planes, boxes)
def test_that_any_box_on_any_plane_falls_in_two_parts_of_it(plane, box):
    for part in split_in_two(plane, box):
        inside = part.intersection(box)
        assert inside is not None
        assert inside.iou(part) > 0.999


def vote(rater: str, label: str, at: str) -> Vote:
    return Vote(rater, label, at)


def test_that_the_latest_vote_of_each_rater_counts():
    a = Detection("a", "i", Box(0, 0, 8, 8), votes=(vote("ann", "thin", "1"),))
    b = Detection(
        "b", "i", Box(6, 0, 14, 8), votes=(vote("ann", "stubby", "2"), vote("bob", "thin", "1"))
    )
    (kept,) = [c.after for c in merge([a, b]).changes if c.after.is_visible]
    assert kept.id == "b"
    assert kept.box == Box(0, 0, 14, 8)
    assert {(v.rater, v.label) for v in kept.votes} == {("ann", "stubby"), ("bob", "thin")}


def test_that_a_copy_adds_nothing_to_the_box_and_slices_are_joined():
    a = Detection("a", "i", Box(0, 0, 10, 10), z_range=(2, 4), score=0.9)
    b = Detection("b", "i", Box(1, 1, 11, 11), z_range=(4, 6), score=0.4)
    (kept,) = [c.after for c in merge([a, b]).changes if c.after.is_visible]
    assert (kept.box, kept.z_range) == (a.box, (2, 6))


def test_that_fewer_than_two_or_several_images_are_refused():
    a, b = (Detection(i, i, Box(0, 0, 1, 1)) for i in "ab")
    for found in ([a], [a, b]):
        with pytest.raises(ValueError, match="one image"):
            merge(found)


def test_that_boxes_are_near_where_each_nearly_touches_another():
    row = [Box(x, 0, x + 10, 10) for x in (0, 12, 24)]
    assert all(are_near(order) for order in itertools.permutations(row))
    assert not are_near([row[0], row[2]])


def two_heads(angle: float) -> np.ndarray:
    rows, columns = np.mgrid[0:60, 0:60]
    dx, dy = 9 * np.cos(angle), 9 * np.sin(angle)
    return sum(
        100 * np.exp(-((columns + 0.5 - 30 - s * dx) ** 2 + (rows + 0.5 - 30 - s * dy) ** 2) / 18)
        for s in (-1, 1)
    )


@pytest.mark.parametrize("degrees", [0, 30, 60, 90, 135])
def test_that_two_heads_are_found_whatever_way_they_lie(degrees):
    angle = np.radians(degrees)
    parts = split_in_two(two_heads(angle), Box(12, 12, 48, 48))
    heads = [(30 + s * 9 * np.cos(angle), 30 + s * 9 * np.sin(angle)) for s in (-1, 1)]
    for head in heads:
        assert min(np.hypot(*np.subtract(p.center, head)) for p in parts) < 2.5
    assert parts[0].iou(parts[1]) < 0.35


def test_that_without_two_heads_the_longer_side_is_halved():
    flat = np.zeros((40, 40), np.uint8)
    assert split_in_two(flat, Box(5, 5, 25, 15)) == (Box(5, 5, 15, 15), Box(15, 5, 25, 15))
    assert split_in_two(flat, Box(5, 5, 15, 25))[0] == Box(5, 5, 15, 15)
