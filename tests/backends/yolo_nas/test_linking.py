from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinegui.backends.base import CancelledError
from spinegui.backends.yolo_nas.linking import APART_UM, FAINTEST, Found, find
from spinegui.backends.yolo_nas.views import View
from tests.backends.detection import Silent
from tests.backends.yolo_nas.stand_ins import DotNetwork, plane_of, volume_of

WIDE = 1290
SEAM = WIDE / 3
"""Planes of this width are looked at in three tiles, which meet here."""


def look(view: View, **options: Any) -> Found:
    found = find(view, DotNetwork(), Silent(), **options)
    assert (np.diff(found.scores) <= 0).all()
    assert found.points.shape == (len(found.scores), 3)
    assert found.z_range.shape == (len(found.scores), 2)
    return found


def places(found: Found) -> list[tuple[float, float]]:
    return sorted((float(x), float(y)) for x, y, _ in found.points)


def test_that_every_dot_is_found_once_and_at_its_place():
    dots = [(20.3, 30.7), (35.0, 31.0), (100.5, 60.2), (3.0, 3.0), (150.0, 77.5)]
    found = places(look(plane_of(80, 160, dots)))
    assert np.array(found) == pytest.approx(np.array(sorted(dots)), abs=0.6)


def test_that_an_empty_plane_has_nothing():
    found = look(plane_of(70, 90, []))
    assert len(found.points) == 0


@pytest.mark.parametrize("nowhere", [np.nan, np.inf])
def test_that_a_network_out_of_bounds_finds_nothing(nowhere):
    def run(images: Any) -> Any:
        boxes, scores = DotNetwork()(images)
        return np.full_like(boxes, nowhere), scores

    found = find(plane_of(64, 96, [(30.0, 30.0)]), run, Silent())
    assert len(found.points) == 0


def test_that_what_is_hardly_likely_is_left_out():
    dots = [(30.0, 30.0), (60.0, 30.0, 0.12)]
    found = look(plane_of(64, 96, dots))
    assert len(found.points) == 2
    assert found.scores.min() > FAINTEST


@settings(max_examples=40, deadline=None)
@given(
    first=st.floats(4, 20),
    gaps=st.lists(st.floats(10.5, 90), min_size=20, max_size=60),
    y=st.floats(4, 28),
)
def test_that_no_dot_is_lost_or_doubled_wherever_tiles_meet(first, gaps, y):
    xs = [x for x in first + np.cumsum([0.0, *gaps]) if x < WIDE - 4]
    found = places(look(plane_of(32, WIDE, [(x, y) for x in xs])))
    assert len(found) == len(xs)
    assert np.array([x for x, _ in found]) == pytest.approx(np.array(xs), abs=0.6)


@pytest.mark.parametrize("upright", [False, True])
def test_that_a_dot_on_a_seam_is_found_though_its_tiles_place_it_differently(upright):
    for offset in np.arange(-1.5, 1.5, 0.1):
        dot = (float(SEAM + offset), 16.0)
        shape = (32, WIDE)
        if upright:
            dot, shape = dot[::-1], shape[::-1]
        found = find(plane_of(*shape, [dot]), DotNetwork(pull=0.2), Silent())
        assert len(found.points) == 1
        assert found.points[0, :2] == pytest.approx(dot, abs=1.0)


def test_that_tiles_are_no_larger_than_the_network_was_made_for():
    network = DotNetwork()
    find(plane_of(700, WIDE, []), network, Silent())
    assert len(network.shapes) == 2 * 3
    assert max(max(shape[2:]) for shape in network.shapes) <= 768


def test_that_a_dense_tile_loses_nothing():
    dots = [(12.0 + 12 * i, 12.0 + 12 * k) for i in range(30) for k in range(30)]
    assert len(look(plane_of(384, 384, dots)).points) == len(dots)


def stack(dots: list[tuple[float, ...]], z_um: float = 0.5, n_z: int = 40) -> View:
    # The optical blur is about 1 µm deep.
    return View(volume_of((n_z, 64, 96), dots, sigma_z=1.0 / z_um), 1.0, 1.0, z_um)


@settings(max_examples=25, deadline=None)
@given(z=st.floats(1, 38), z_um=st.sampled_from([0.25, 0.5, 1.0]))
def test_that_a_spine_of_a_stack_is_found_once_and_in_its_slice(z, z_um):
    found = look(stack([(40.0, 30.0, z)], z_um))
    assert len(found.points) == 1
    assert abs(found.points[0, 2] - z) <= 0.51  # the nearest slice
    low, high = found.z_range[0]
    assert low <= found.points[0, 2] <= high
    assert (high - low) * z_um <= 2 * APART_UM


def test_that_two_spines_above_one_another_stay_two():
    found = look(stack([(40.0, 30.0, 8.0), (40.5, 30.0, 30.0)]))
    assert sorted(found.points[:, 2]) == pytest.approx([8, 30], abs=2)


def test_that_neighbours_in_a_stack_stay_two():
    found = look(stack([(40.0, 30.0, 12.0), (52.0, 30.0, 13.0)]))
    assert len(found.points) == 2


class Impatient(Silent):
    """Cancels after so many questions."""

    def __init__(self, patience: int) -> None:
        super().__init__()
        self.left = patience

    def check_cancelled(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise CancelledError


def test_that_a_cancel_is_heard_between_tiles():
    network = DotNetwork()
    with pytest.raises(CancelledError):
        find(plane_of(64, WIDE, []), network, Impatient(2))
    assert len(network.shapes) == 2


class Counting(Silent):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[int, int]] = []

    def progress(self, done: int, total: int, stage: str = "") -> None:
        super().progress(done, total, stage)
        self.seen.append((done, total))


def test_that_progress_counts_the_tiles_of_all_slabs():
    reporter = Counting()
    view = View(np.zeros((5, 32, WIDE), np.float32), 1.0, 1.0, 1.0)
    find(view, DotNetwork(), reporter)
    assert reporter.seen == [(i, 9) for i in range(9)]
