from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.detection import ReviewState, Vote
from spinegui.domain.geometry import Box
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.canvas.box_arrays import BoxArrays, Form, Showing, Style
from tests.gui.canvas.conftest import spine
from tests.support.items import boxes

HERE = Box(0, 0, 9, 9)


def style_of(showing: Showing, **fields: object) -> Style:
    return Style(BoxArrays([spine("x", HERE, **fields)], SPINE_CLASSES).styles(showing)[0])


def test_that_a_prediction_below_the_threshold_is_hinted_at_or_hidden():
    assert style_of(Showing(threshold=0.5), score=0.4) is Style.CORNERS
    assert style_of(Showing(threshold=0.5, hide_below_threshold=True), score=0.4) is Style.HIDDEN
    assert style_of(Showing(threshold=0.5), score=0.5) is Style.FULL


def test_that_a_decision_stays_whatever_its_score():
    assert style_of(Showing(threshold=0.9), score=0.1, state=ReviewState.ACCEPTED) is Style.FULL


def test_that_a_slice_shows_its_own_in_full_and_others_faintly():
    assert style_of(Showing(z=4), z_range=(2, 4)) is Style.FULL
    assert style_of(Showing(z=5), z_range=(2, 4)) is Style.FAINT
    assert style_of(Showing(z=5, hide_other_slices=True), z_range=(2, 4)) is Style.HIDDEN
    assert style_of(Showing(z=5), z_range=None) is Style.FULL
    assert style_of(Showing(z=None), z_range=(2, 4)) is Style.FULL


def test_that_a_weak_prediction_of_another_slice_is_hidden():
    assert style_of(Showing(z=9), z_range=(2, 4), score=0.1) is Style.HIDDEN


def test_that_rejected_ones_show_only_on_request():
    assert style_of(Showing(), state=ReviewState.REJECTED) is Style.HIDDEN
    assert style_of(Showing(rejected=True), state=ReviewState.REJECTED) is Style.FULL


def test_that_predictions_only_leaves_decisions_out():
    showing = Showing(predictions_only=True)
    assert style_of(showing, state=ReviewState.ACCEPTED) is Style.HIDDEN
    assert style_of(showing) is Style.FULL


def test_that_no_boxes_means_none():
    assert style_of(Showing(boxes=False), state=ReviewState.ACCEPTED) is Style.HIDDEN


def test_that_the_label_drawn_is_the_raters():
    voted = spine("x", HERE).with_vote(Vote("ana", "stubby", "2026-01-01"))
    unsure = spine("y", HERE).with_vote(Vote("ana", "unsure", "2026-01-01"))
    arrays = BoxArrays([voted, unsure, spine("z", HERE, class_scores=())], SPINE_CLASSES)
    assert arrays.label.tolist() == [3, 5, 0]
    assert arrays.form.tolist() == [Form.DECIDED, Form.DECIDED, Form.PREDICTED]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | boxes), max_size=40))
def test_that_rows_follow_any_run_of_puts_and_removals(steps):
    arrays, expected = BoxArrays([], SPINE_CLASSES), {}
    for name, box in steps:
        if box is None:
            arrays.remove(name)
            expected.pop(name, None)
        else:
            arrays.put(spine(name, box))
            expected[name] = box
    assert set(arrays.ids) == set(expected)
    assert len(arrays.styles(Showing())) == len(expected)
    for name, box in expected.items():
        assert np.array_equal(arrays.xyxy[arrays.row_of[name]], box.as_xyxy())
