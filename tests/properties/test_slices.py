"""What holds for a spine's slices, however they are set."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.detection import ReviewState
from spinegui.domain.slices import seen_from, seen_to, sharpest_in, span_of
from tests.support.items import detections

N_Z = 61
slices = st.integers(0, N_Z - 1)
steps = st.sampled_from([seen_from, seen_to, sharpest_in])


@given(detections(), st.lists(st.tuples(steps, slices), min_size=1, max_size=5))
def test_that_first_sharpest_and_last_stay_in_order_within_the_stack(spine, acts):
    for step, z in acts:
        spine = step(spine, z, N_Z)
        first, last = span_of(spine, N_Z)
        assert 0 <= first <= z <= last < N_Z
        assert spine.z is None or first <= spine.z <= last
        assert spine.state is ReviewState.ACCEPTED


@given(detections(), slices)
def test_that_each_sets_what_it_says_and_the_box_stays(spine, z):
    assert seen_from(spine, z, N_Z).z_range[0] == z
    assert seen_to(spine, z, N_Z).z_range[1] == z
    best = sharpest_in(spine, z, N_Z)
    assert best.z == z
    assert best.box == spine.box
