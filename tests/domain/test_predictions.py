"""Merging a model's predictions with what people decided."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.annotation import Annotation
from spinegui.domain.detection import Detection, ReviewState
from spinegui.domain.edits import Change, Edit, apply, inverse
from spinegui.domain.geometry import Box
from spinegui.domain.predictions import Predictions, merge_predictions
from tests.support.items import boxes, detections


def predictions(*found, model="m", z_range=None):
    xyxy = np.array([box.as_xyxy() for box, _ in found]).reshape(-1, 4)
    scores = np.array([score for _, score in found])
    return Predictions.build(model, xyxy, scores, z_range=z_range)


def merged(annotation, found):
    ids = count()
    edit = merge_predictions(annotation, found, new_id=lambda: f"new{next(ids)}")
    return apply({"image": annotation}, edit)["image"]


def annotated(*items):
    edit = Edit("start", tuple(Change(None, i) for i in items))
    return apply({"image": Annotation("image")}, edit)["image"]


BOX = Box(10, 10, 30, 30)


def test_that_predictions_become_undecided_detections():
    after = merged(Annotation("image"), predictions((BOX, 0.9)))
    (only,) = after.detections.values()
    assert only.state is ReviewState.PREDICTED
    assert only.box == only.proposed_box == BOX


def test_that_a_spine_a_person_decided_on_is_not_predicted_again():
    for mine in (Detection("u", "image", BOX), Detection("u", "image", BOX).rejected()):
        after = merged(annotated(mine), predictions((BOX.shifted(3, 2), 0.99)))
        assert list(after.detections.values()) == [mine]


def test_that_a_prediction_that_stays_keeps_its_id():
    before = merged(Annotation("image"), predictions((BOX, 0.6)))
    after = merged(before, predictions((BOX.shifted(1, 1), 0.8), model="next"))
    assert list(after.detections) == list(before.detections)
    (only,) = after.detections.values()
    assert only.score == pytest.approx(0.8)


def test_that_a_prediction_the_new_model_does_not_make_goes():
    before = merged(Annotation("image"), predictions((BOX, 0.6), (BOX.shifted(100, 0), 0.7)))
    after = merged(before, predictions((BOX, 0.6)))
    assert len(after.detections) == 1


def test_that_spines_above_each_other_in_the_stack_are_two():
    mine = Detection("u", "image", BOX, z=3.0, z_range=(2, 4))
    after = merged(annotated(mine), predictions((BOX, 0.9), z_range=np.array([[10, 12]])))
    assert len(after.detections) == 2


def test_that_the_channel_a_model_looked_in_is_remembered_and_undone_with_its_boxes():
    start = {"image": Annotation("image")}
    edit = merge_predictions(
        start["image"], predictions((BOX, 0.9)), new_id=lambda: "new", channel=2
    )
    after = apply(start, edit)
    assert after["image"].channel == 2
    assert apply(after, inverse(edit))["image"].channel == 0
    again = merge_predictions(
        after["image"], predictions((BOX, 0.9)), new_id=lambda: "new", channel=2
    )
    assert again.changes == ()


@given(
    st.lists(detections(), max_size=8, unique_by=lambda d: d.id),
    st.lists(st.tuples(boxes, st.floats(0, 1)), max_size=8),
)
def test_that_no_decision_is_touched(start, found):
    before = annotated(*start)
    after = merged(before, predictions(*found))
    decided = {i: d for i, d in before.detections.items() if d.is_decided}
    assert decided == {i: after.detections[i] for i in decided}


@given(st.lists(st.tuples(boxes, st.floats(0, 1)), max_size=8))
def test_that_merging_the_same_predictions_twice_changes_nothing_more(found):
    once = merged(Annotation("image"), predictions(*found))
    twice = merged(once, predictions(*found))
    assert sorted(d.box.as_xyxy() for d in once.detections.values()) == sorted(
        d.box.as_xyxy() for d in twice.detections.values()
    )


def test_that_a_box_over_the_whole_image_costs_no_more_than_another():
    # In a grid of cells this one alone would fill memory.
    whole = Detection("whole", "image", Box(-1e9, -1e9, 1e9, 1e9))
    after = merged(annotated(whole), predictions((BOX, 0.9)))
    assert len(after.detections) == 2


def test_that_what_cannot_be_a_detection_is_told_row_by_row():
    found = predictions(*[(BOX.shifted(40 * i, 0), 0.5) for i in range(7)])
    found.boxes[0, 2] = found.boxes[0, 0]
    found.boxes[1, 1] = np.nan
    found.scores[2] = 1.5
    found.scores[3] = np.nan
    found.z[4] = np.inf
    found.z_range[5] = (4, 2)
    assert found.is_sound.tolist() == [False] * 6 + [True]


def test_that_arrays_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="shape"):
        Predictions.build("m", np.zeros((2, 4)), np.zeros(2), z=np.zeros(1))
