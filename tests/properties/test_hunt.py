"""What a look back tells, and what becomes of two looks at the same spines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.annotation import Annotation, ImageState, ReviewedRegion
from spinegui.domain.detection import Detection, Origin, ReviewState
from spinegui.domain.edits import Edit, apply, inverse
from spinegui.domain.geometry import Box
from spinegui.domain.hunt import Question, find, look_back
from spinegui.domain.missing import Looks
from spinegui.domain.reviewed import with_reviewed, without_reviewed
from spinegui.domain.shafts import measured
from spinegui.domain.unaided import compared
from tests.support.items import boxes, detections, regions

UNIT = (0.1, 0.1, 1.0)
LINE = np.column_stack([np.arange(0, 601, 2.0), np.full(301, 50.0), np.zeros(301)])


def proposal(name: str, x: float, score: float = 0.9, y: float = 60.0) -> Detection:
    box = Box.around(x, y, 10, 10)
    return Detection(
        name, "image", box, origin=Origin.MODEL, state=ReviewState.PREDICTED, score=score,
        class_scores=(("thin", 1.0),), model="m", proposed_box=box,
    )  # fmt: skip


def drawn(name: str, x: float) -> Detection:
    return Detection(name, "image", Box.around(x, 61, 12, 12))


def annotation(*items: Detection | ReviewedRegion, is_reviewed: bool = False) -> Annotation:
    return Annotation(
        "image",
        {i.id: i for i in items if isinstance(i, Detection)},
        {i.id: i for i in items if isinstance(i, ReviewedRegion)},
        ImageState("image", is_reviewed=True) if is_reviewed else None,
    )


def region(x0: float, x1: float, *, is_unaided: bool = False, z: tuple | None = None):
    return ReviewedRegion(f"r{x0}", "image", Box(x0, 0, x1, 100), z, is_unaided)


def test_that_a_look_back_counts_what_each_found_where_it_was_looked_at() -> None:
    both = replace(proposal("both", 20).accepted(), origin=Origin.USER)
    seen = look_back(
        annotation(
            region(0, 100, is_unaided=True), region(100, 200),
            both, proposal("model", 40).accepted(), drawn("mine", 60),
            proposal("later", 80, score=0.2).accepted(), proposal("undecided", 90),
            proposal("shown", 120).accepted(), drawn("added", 140),
            proposal("faint", 160, score=0.2).accepted(), proposal("elsewhere", 400).accepted(),
        ),
        measured([LINE], UNIT),
        0.5,
    )  # fmt: skip
    assert seen.blind == Looks(both=1, model_only=1, person_only=1)
    assert seen.shown == Looks(both=0, model_only=1, person_only=2)
    lengths = (seen.blind_length, seen.shown_length, seen.unseen_length)
    assert lengths == pytest.approx((10, 10, 40), abs=0.2)


def test_that_a_reviewed_image_is_seen_wholly_and_a_region_in_its_slices_only() -> None:
    shafts = measured([LINE], UNIT)
    whole = look_back(annotation(region(0, 100, is_unaided=True), is_reviewed=True), shafts, 0.5)
    assert (whole.blind_length, whole.unseen_length) == (pytest.approx(10, abs=0.2), 0)
    deep = look_back(annotation(region(0, 600, z=(3, 9))), shafts, 0.5)
    assert deep.length == 0


@given(st.lists(regions(), max_size=5), st.lists(detections(), max_size=8))
def test_that_every_piece_of_shaft_is_counted_once(given_regions, given_spines):
    shafts = measured([LINE], UNIT)
    found = Annotation("image", {d.id: d for d in given_spines}, {r.id: r for r in given_regions})
    seen = look_back(found, shafts, 0.5)
    assert seen.length + seen.unseen_length == pytest.approx(60.0)
    assert seen.found <= sum(d.is_decided and d.is_visible for d in given_spines)


def test_that_faint_candidates_near_a_shaft_come_best_first() -> None:
    spines = (
        proposal("good", 20), proposal("better", 40, 0.4), proposal("worse", 60, 0.3),
        proposal("too faint", 80, 0.01), proposal("far", 100, 0.4, y=300),
        proposal("decided", 120, 0.4).accepted(),
    )  # fmt: skip
    question = Question((LINE,), UNIT, threshold=0.5, reach=2.5, spine_reach=5.0)
    found = find(annotation(*spines), question)
    assert [f.detection_id for f in found.faint] == ["better", "worse"]
    assert found.faint[0].distance == pytest.approx(1.0, abs=0.05)
    assert found.missing is None


def test_that_nothing_is_estimated_where_no_model_looked() -> None:
    spines = [drawn(f"d{i}", 20 + 10 * i) for i in range(40)]
    question = Question((LINE,), UNIT, threshold=0.5, reach=2.5, spine_reach=5.0)
    assert find(annotation(*spines, region(0, 600)), question).missing is None
    asked = annotation(*spines, proposal("p", 500).accepted(), region(0, 600))
    assert find(asked, question).missing is not None


def test_that_what_both_found_becomes_the_persons_with_the_models_proposal() -> None:
    mine, theirs = drawn("mine", 20), proposal("theirs", 22)
    other, alone = proposal("other", 80), drawn("alone", 140)
    before = annotation(mine, theirs, other, alone)
    edit = Edit("Compare", compared([mine, alone], [theirs, other], threshold=0.5))
    after = apply({"image": before}, edit)["image"]
    assert set(after.detections) == {"mine", "other", "alone"}
    both = after.detections["mine"]
    assert (both.origin, both.box, both.votes) == (Origin.USER, mine.box, mine.votes)
    assert (both.score, both.proposed_box) == (0.9, theirs.box)
    assert after.detections["other"] == other
    assert after.detections["alone"] == alone
    assert apply({"image": after}, inverse(edit))["image"] == before
    assert compared([both], [other], threshold=0.5) == ()


def test_that_a_click_that_accepted_a_hidden_proposal_counts_for_whoever_found_it() -> None:
    clicked, faint = proposal("a", 20).accepted(), proposal("b", 60, 0.2).accepted()
    first, second = compared([clicked, faint], [], threshold=0.5)
    assert first.after == replace(clicked, origin=Origin.USER)
    assert second.after == replace(faint, origin=Origin.USER, proposed_box=None)


@given(st.lists(boxes, min_size=1, max_size=6), st.lists(boxes, min_size=1, max_size=6))
def test_that_a_comparison_pairs_each_spine_once_and_can_be_undone(a, b):
    mine = [Detection(f"m{i}", "image", box) for i, box in enumerate(a)]
    theirs = [replace(proposal(f"t{i}", 0), box=box, proposed_box=box) for i, box in enumerate(b)]
    before = annotation(*mine, *theirs)
    edit = Edit("Compare", compared(mine, theirs, threshold=0.5))
    after = apply({"image": before}, edit)["image"]
    gone = len(before.detections) - len(after.detections)
    assert gone == sum(d.proposed_box is not None for d in after.detections.values()
                       if d.origin is Origin.USER)  # fmt: skip
    assert apply({"image": after}, inverse(edit))["image"] == before


@given(st.lists(regions(), max_size=4), boxes)
def test_that_regions_looked_at_in_another_way_stay_apart(given_regions, box):
    ids = iter(range(1000))
    found = Annotation("image", regions={r.id: r for r in given_regions})
    changes = with_reviewed(found, [box], new_id=lambda: f"n{next(ids)}", is_unaided=True)
    after = apply({"image": found}, Edit("Add", changes))["image"] if changes else found
    aided = {r for r in found.regions.values() if not r.is_unaided}
    assert aided <= set(after.regions.values())
    taken = without_reviewed(after, [box], new_id=lambda: f"n{next(ids)}")
    left = apply({"image": after}, Edit("Take", taken))["image"] if taken else after
    kinds = {(r.z_range, r.is_unaided) for r in after.regions.values()}
    assert {(r.z_range, r.is_unaided) for r in left.regions.values()} <= kinds
