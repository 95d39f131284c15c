"""A slab that moves is the brightest of its slices wherever it went before, within its memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.imaging.running_max import RunningMax

STACK = np.random.default_rng(5).integers(0, 999, (24, 3, 4)).astype(np.uint16)
PLANE_BYTES = STACK[0].nbytes
ranges = st.tuples(st.integers(0, 23), st.integers(0, 23)).map(sorted)


@given(st.lists(ranges, max_size=12), st.integers(0, 30))
def test_that_every_range_is_the_brightest_of_its_slices(moves, planes: int) -> None:
    slab = RunningMax(lambda z: STACK[z], planes * PLANE_BYTES)
    for first, last in moves:
        assert np.array_equal(slab.over(first, last), STACK[first : last + 1].max(axis=0))
        assert sum(run.nbytes for run in slab._runs.values()) <= planes * PLANE_BYTES


def test_that_a_slab_which_moves_on_reads_one_slice_a_step() -> None:
    read: list[int] = []

    def plane(z: int) -> np.ndarray:
        read.append(z)
        return STACK[z]

    slab = RunningMax(plane, 100 * PLANE_BYTES)
    slab.over(0, 8)
    read.clear()
    for first in range(1, 9):
        slab.over(first, first + 8)
    assert len(read) <= 2 * 8


def test_that_missing_values_are_passed_over_and_no_range_is_refused() -> None:
    planes = {0: np.array([[np.nan, 2.0]]), 1: np.array([[1.0, np.nan]])}
    slab = RunningMax(planes.__getitem__, 10**6)
    assert slab.over(0, 1).tolist() == [[1.0, 2.0]]
    with pytest.raises(ValueError, match="no slice"):
        slab.over(2, 1)
