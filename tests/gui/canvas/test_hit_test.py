from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.geometry import Box
from spinegui.gui.canvas.box_arrays import Style
from spinegui.gui.canvas.hit_test import box_at, boxes_in
from tests.support.items import boxes

FULL = Style.FULL


def arrays(found: list[Box]) -> np.ndarray:
    return np.array([b.as_xyxy() for b in found], np.float64).reshape(-1, 4)


def test_that_the_smaller_of_two_nested_boxes_is_meant():
    xyxy = arrays([Box(0, 0, 100, 100), Box(40, 40, 60, 60)])
    assert box_at(xyxy, np.array([FULL, FULL]), point=(50, 50)) == 1
    assert box_at(xyxy, np.array([FULL, FULL]), point=(10, 10)) == 0


def test_that_a_full_box_is_meant_before_a_hinted_one():
    xyxy = arrays([Box(0, 0, 100, 100), Box(40, 40, 60, 60)])
    assert box_at(xyxy, np.array([FULL, Style.FAINT]), point=(50, 50)) == 0


def test_that_a_hidden_box_is_never_hit():
    assert box_at(arrays([Box(0, 0, 9, 9)]), np.array([Style.HIDDEN]), point=(5, 5)) is None


def test_that_slack_widens_a_box():
    xyxy, styles = arrays([Box(10, 10, 20, 20)]), np.array([FULL])
    assert box_at(xyxy, styles, point=(9, 15)) is None
    assert box_at(xyxy, styles, point=(9, 15), slack=2) == 0


def test_that_no_boxes_are_no_hit():
    assert box_at(arrays([]), np.array([], np.uint8), point=(1, 1)) is None


@given(
    st.lists(boxes, min_size=1, max_size=12), st.tuples(st.floats(-60, 900), st.floats(-60, 900))
)
def test_that_a_hit_contains_the_point_and_a_miss_means_none_does(found, point):
    row = box_at(arrays(found), np.full(len(found), FULL), point=point)
    if row is None:
        assert not any(b.contains(*point) for b in found)
    else:
        assert found[row].contains(*point)
        assert found[row].area <= min(b.area for b in found if b.contains(*point)) + 1e-6


def test_that_a_rectangle_holds_the_boxes_whose_centre_it_holds():
    xyxy = arrays([Box(0, 0, 10, 10), Box(8, 8, 30, 30)])
    assert boxes_in(xyxy, np.array([FULL, FULL]), Box(0, 0, 12, 12)).tolist() == [0]
    assert boxes_in(xyxy, np.array([Style.HIDDEN, FULL]), Box(0, 0, 40, 40)).tolist() == [1]


@pytest.mark.parametrize("style", [Style.CORNERS, Style.FAINT])
def test_that_what_is_only_hinted_at_can_be_clicked(style):
    assert box_at(arrays([Box(0, 0, 9, 9)]), np.array([style]), point=(5, 5)) == 0
