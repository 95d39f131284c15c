"""What holds for every set of shafts, and for stretches of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.image_ref import PixelSize
from spinegui.domain.shafts import OnShaft, measured, nearest_on, unit_of
from spinegui.domain.sparse import DRAWS, WORTH_A_LOOK, poisson_tail, sparse_stretches

UNIT = (0.1, 0.1, 1.0)
lines = st.lists(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(0, 9)),
             min_size=2, max_size=8).map(lambda p: np.array(p, float)),
    min_size=1, max_size=4,
)  # fmt: skip


def straight(length_um: float) -> np.ndarray:
    """A level line of that length, a point every 0.2 µm."""
    x = np.arange(0, length_um * 10 + 1, 2.0)
    return np.column_stack([x, np.full_like(x, 50), np.zeros_like(x)])


def spines_at(shafts, *places: tuple[int, float]) -> OnShaft:
    index = np.array([k for k, _ in places], np.int64)
    return OnShaft(index, np.array([s for _, s in places]), np.zeros(len(places)))


@given(lines)
def test_that_lengths_grow_along_a_line_and_are_never_shorter_than_its_chord(given_lines):
    for shaft in measured(given_lines, UNIT):
        assert (np.diff(shaft.along) >= 0).all()
        chord = np.linalg.norm((shaft.points[-1] - shaft.points[0]) * UNIT)
        assert shaft.length >= chord - 1e-9


@given(lines, st.floats(0, 1), st.floats(0, 1))
def test_that_a_part_of_a_line_is_as_long_as_asked_and_lies_on_it(given_lines, a, b):
    for shaft in measured(given_lines, UNIT):
        start, end = sorted((a * shaft.length, b * shaft.length))
        part = shaft.part(start, end)
        assert np.allclose(part[0], shaft.part(start, start)[0])
        (again,) = measured([part], UNIT) or (None,)
        assert (again.length if again else 0.0) == pytest.approx(end - start, abs=1e-6)


@given(lines)
def test_that_a_shafts_own_points_lie_on_it(given_lines):
    shafts = measured(given_lines, UNIT)
    for shaft in shafts:
        assert (nearest_on(shafts, shaft.points[:, :2], UNIT).distance == 0).all()


def test_that_without_a_shaft_nothing_lies_on_one():
    on = nearest_on((), np.zeros((2, 2)), UNIT)
    assert on.shaft.tolist() == [-1, -1]
    assert np.isinf(on.distance).all()


def test_that_an_unknown_size_counts_in_px_and_an_unknown_depth_not_at_all():
    assert unit_of(None) == (1.0, 1.0, 0.0)
    assert unit_of(PixelSize(0.1, 0.2, None, "user")) == (0.1, 0.2, 0.0)


@given(st.integers(0, 30), st.floats(0.1, 40))
def test_that_the_tail_of_the_poisson_distribution_is_its_sum(k, mean):
    terms = [math.exp(i * math.log(mean) - mean - math.lgamma(i + 1)) for i in range(k + 1)]
    found = poisson_tail(np.array([k, 0]), np.array([mean, mean]))
    assert found == pytest.approx([sum(terms), terms[0]], abs=1e-9)


def test_that_a_bare_stretch_of_a_spiny_shaft_is_found_where_it_is():
    shafts = measured([straight(60)], UNIT)
    places = [(0, s) for s in np.arange(0.5, 60, 1.0) if not 25 <= s < 38]
    found = sparse_stretches(shafts, spines_at(shafts, *places), reach=1.0)
    best = found.stretches[0]
    assert 24 <= best.start <= best.end <= 39
    assert best.count <= 1 < best.expected
    assert best.p < 0.01
    assert best.p_anywhere < WORTH_A_LOOK
    assert best.points[0, 0] == pytest.approx(best.start * 10)
    assert found.density == pytest.approx(47 / 60)


def test_that_stretches_do_not_overlap_and_come_rarest_first():
    shafts = measured([straight(50), straight(40)], UNIT)
    rng = np.random.default_rng(2)
    places = [(0, s) for s in rng.uniform(0, 20, 30)] + [(1, s) for s in rng.uniform(0, 40, 40)]
    found = sparse_stretches(shafts, spines_at(shafts, *places), reach=1.0).stretches
    assert len(found) > 0
    assert [s.p for s in found] == sorted(s.p for s in found)
    for i, a in enumerate(found):
        assert all(a.shaft != b.shaft or a.end <= b.start or b.end <= a.start for b in found[:i])
        assert 0 <= a.p <= a.p_anywhere + 1 / DRAWS


def test_that_a_shaft_without_spines_is_named_and_does_not_thin_the_density():
    shafts = measured([straight(30), straight(80)], UNIT)
    places = [(0, s) for s in np.arange(0.5, 30, 1.0)]
    found = sparse_stretches(shafts, spines_at(shafts, *places), reach=1.0)
    assert found.density == pytest.approx(1.0)
    assert (found.n_bare, found.bare_length) == (1, pytest.approx(80))
    assert not [s for s in found.stretches if s.p_anywhere < WORTH_A_LOOK]


def test_that_a_spine_too_far_away_and_too_few_of_them_count_for_nothing():
    shafts = measured([straight(30)], UNIT)
    on = spines_at(shafts, *[(0, float(s)) for s in range(20)])
    far = OnShaft(on.shaft, on.along, np.full(20, 9.0))
    assert sparse_stretches(shafts, far, reach=5.0).n == 0
    few = spines_at(shafts, (0, 1.0), (0, 2.0))
    assert sparse_stretches(shafts, few, reach=5.0).stretches == ()


def test_that_spines_scattered_by_chance_seldom_leave_a_stretch_that_stands_out():
    """`p_anywhere` below 0.05 in about one of twenty images, windows and all."""
    shafts = measured([straight(70), straight(25)], UNIT)
    length = sum(s.length for s in shafts)
    rng = np.random.default_rng(11)
    n_images, stood_out = 20, 0
    for _ in range(n_images):
        along = rng.uniform(0, length, rng.poisson(0.8 * length))
        is_first = along < shafts[0].length
        spines = OnShaft(
            np.where(is_first, 0, 1), np.where(is_first, along, along - shafts[0].length),
            np.zeros(len(along)),
        )  # fmt: skip
        found = sparse_stretches(shafts, spines, reach=1.0).stretches
        stood_out += bool(found) and found[0].p_anywhere < WORTH_A_LOOK
    assert stood_out <= 4  # 1 expected; more than 4 of 20 has p = 0.003
