from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.annotation import ReviewedRegion
from spinegui.domain.geometry import Box
from spinegui.domain.matching import MatchBy, MatchRule, Spines, counted, match

CENTER, IOU = MatchRule(), MatchRule(MatchBy.IOU)


def spines(*boxes: tuple[float, ...], z=None, head=None) -> Spines:
    return Spines.build(np.array(boxes, float).reshape(-1, 4), z, head)


def test_that_a_centre_in_the_box_matches_and_on_its_far_edge_does_not():
    truth = spines((10, 10, 20, 20))
    inside, at_start, at_end = (8, 8, 14, 14), (9, 9, 11, 11), (19, 19, 21, 21)
    for box, wanted in ((inside, 0), (at_start, 0), (at_end, -1)):
        assert match(spines(box), np.ones(1), truth, CENTER).tolist() == [wanted]


def test_that_the_better_score_takes_the_spine():
    found = spines((10, 10, 20, 20), (11, 11, 19, 19))
    assert match(found, np.array([0.3, 0.9]), spines((10, 10, 20, 20)), CENTER).tolist() == [-1, 0]


def test_that_equal_scores_are_taken_in_order():
    found = spines((10, 10, 20, 20), (11, 11, 19, 19))
    assert match(found, np.ones(2), spines((10, 10, 20, 20)), CENTER).tolist() == [0, -1]


def test_that_a_detection_takes_the_nearest_of_overlapping_spines():
    truth = spines((0, 0, 20, 20), (8, 8, 16, 16))
    assert match(spines((10, 10, 15, 15)), np.ones(1), truth, CENTER).tolist() == [1]


@pytest.mark.parametrize(
    ("x", "z", "wanted"),
    [(11.9, 5.0, 0), (12.1, 5.0, -1), (11.9, 8.0, 0), (11.9, 8.1, -1), (11.9, np.nan, 0)],
)
def test_that_an_annotated_head_asks_for_12_um_and_three_slices(x, z, wanted):
    """At 0.1 µm a pixel; the box would not have matched, or would have at any z."""
    truth = spines((-1, -1, 1, 1), head=np.array([[0.0, 0.0, 5.0]]))
    found = spines((x - 2, -2, x + 2, 2), z=np.array([z]))
    rule = MatchRule(pixel_um=(0.1, 0.1))
    assert match(found, np.ones(1), truth, rule).tolist() == [wanted]


def test_that_pixels_of_unequal_sides_are_measured_by_each():
    truth = spines((-1, -1, 1, 1), head=np.zeros((1, 3)))
    rule = MatchRule(pixel_um=(0.1, 0.4))
    found = spines((9, -1, 11, 1), (-1, 9, 1, 11))
    assert match(found, np.ones(2), truth, rule).tolist() == [0, -1]


def test_that_without_a_pixel_size_the_box_counts():
    truth = spines((0, 0, 10, 10), head=np.array([[100.0, 100.0, 5.0]]))
    assert match(spines((4, 4, 6, 6)), np.ones(1), truth, CENTER).tolist() == [0]


def test_that_annotations_without_a_head_are_matched_by_their_box_beside_others():
    truth = spines((0, 0, 10, 10), (50, 50, 60, 60), head=np.array([[5.0, 5, 0], [np.nan] * 3]))
    found = spines((54, 54, 56, 56), (4, 4, 6, 6))
    assert match(found, np.ones(2), truth, MatchRule(pixel_um=(1, 1))).tolist() == [1, 0]


def test_that_iou_asks_for_half_the_union_and_near_slices():
    truth = spines((0, 0, 10, 10), z=np.array([5.0]))
    half, less = (0, 0, 10, 5), (0, 0, 10, 4.9)
    assert match(spines(half), np.ones(1), truth, IOU).tolist() == [0]
    assert match(spines(less), np.ones(1), truth, IOU).tolist() == [-1]
    far = spines(half, z=np.array([9.0]))
    assert match(far, np.ones(1), truth, IOU).tolist() == [-1]


def test_that_nothing_matches_nothing():
    assert match(spines(), np.zeros(0), spines((0, 0, 1, 1)), CENTER).tolist() == []
    assert match(spines((0, 0, 1, 1)), np.ones(1), spines(), CENTER).tolist() == [-1]


def test_that_only_points_in_a_region_and_its_slices_count():
    regions = [ReviewedRegion("a", "i", Box(0, 0, 10, 10), (2, 4))]
    points = np.array([[5, 5, 3], [5, 5, 5], [5, 5, np.nan], [15, 5, 3]], float)
    assert counted(points, regions=regions).tolist() == [True, False, True, False]
    assert not counted(points, regions=[]).any()
    assert counted(points).all()


def test_that_only_points_on_the_mask_count():
    mask = np.zeros((10, 20), np.uint8)
    mask[2:5, 10:] = 255
    points = np.array([[10, 2, 0], [9.9, 2, 0], [19.9, 4.9, 0], [20, 4, 0], [-1, 3, 0]], float)
    assert counted(points, mask=mask).tolist() == [True, False, True, False, False]


boxes = st.builds(
    lambda x, y, w, h: (x, y, x + w, y + h),
    st.integers(0, 30), st.integers(0, 30), st.integers(1, 12), st.integers(1, 12),
)  # fmt: skip
scored = st.lists(st.tuples(boxes, st.floats(0, 1)), max_size=8)


@given(scored, st.lists(boxes, max_size=8), st.sampled_from([CENTER, IOU]), st.floats(0, 1))
def test_that_matching_is_one_to_one_and_a_cut_changes_nothing_above_it(found, truth, rule, cut):
    scores = np.array([s for _, s in found])
    all_found = spines(*(b for b, _ in found))
    result = match(all_found, scores, spines(*truth), rule)
    taken = result[result >= 0]
    assert len(set(taken.tolist())) == len(taken)
    above = scores >= cut
    again = match(all_found.take(above), scores[above], spines(*truth), rule)
    assert again.tolist() == result[above].tolist()
    for i, j in enumerate(result):
        if j >= 0 and rule is CENTER:
            assert Box(*truth[j]).contains(*Box(*found[i][0]).center)
        if j >= 0 and rule is IOU:
            assert Box(*truth[j]).iou(Box(*found[i][0])) >= 0.5 - 1e-12
