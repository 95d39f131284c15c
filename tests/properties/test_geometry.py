"""What holds for every box."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.geometry import Box, iou_matrix
from tests.support.items import boxes


@given(boxes, boxes)
def test_that_overlap_is_symmetric_and_between_nothing_and_all(a, b):
    assert 0 <= a.iou(b) <= 1 + 1e-9
    assert math.isclose(a.iou(b), b.iou(a), abs_tol=1e-12)


@given(boxes)
def test_that_a_box_overlaps_itself_wholly(box):
    assert math.isclose(box.iou(box), 1.0)


@given(boxes)
def test_that_corner_and_size_describe_the_same_box(box):
    again = Box.from_xywh(*box.as_xywh())
    assert np.allclose(again.as_xyxy(), box.as_xyxy(), atol=1e-9)


@given(st.lists(boxes, min_size=1, max_size=6), st.lists(boxes, min_size=1, max_size=6))
def test_that_the_matrix_of_overlaps_agrees_with_single_overlaps(a, b):
    arrays = [np.array([box.as_xyxy() for box in group]) for group in (a, b)]
    single = [[x.iou(y) for y in b] for x in a]
    assert np.allclose(iou_matrix(*arrays), single, atol=1e-9)


@given(boxes)
def test_that_a_clipped_box_lies_inside_the_image(box):
    clipped = box.clipped(512, 512)
    if clipped is not None:
        assert 0 <= clipped.x0 < clipped.x1 <= 512
        assert 0 <= clipped.y0 < clipped.y1 <= 512


@pytest.mark.parametrize(
    "corners", [(0, 0, 0, 1), (0, 0, 1, 0), (2, 0, 1, 1), (0, math.nan, 1, 1), (0, 0, math.inf, 1)]
)
def test_that_a_box_without_area_or_end_is_refused(corners):
    with pytest.raises(ValueError, match="A box needs"):
        Box(*corners)


def test_that_the_right_and_lower_edge_are_outside():
    box = Box(0, 0, 2, 2)
    assert box.contains(0, 0)
    assert not box.contains(2, 1)
    assert not box.contains(1, 2)
