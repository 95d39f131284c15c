"""What holds for every estimate of what is missing, and how often its interval holds the truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.missing import LEAST_FOUND, Looks, Seen, chapman, missing

counts = st.integers(0, 400)
looks = st.builds(Looks, counts, counts, counts)
lengths = st.floats(1, 500)
seen = st.builds(Seen, looks, looks, lengths, lengths, st.floats(0, 500))
NOTHING = Looks(0, 0, 0)


@given(looks)
def test_that_no_fewer_spines_are_there_than_were_found(found):
    there = chapman(found)
    assert found.found <= there.low <= there.value + 1e-9
    assert there.value <= there.high


@given(looks)
def test_that_it_does_not_matter_which_look_was_the_first(found):
    other = Looks(found.both, found.person_only, found.model_only)
    assert chapman(found).value == pytest.approx(chapman(other).value)
    assert chapman(found).high == pytest.approx(chapman(other).high)


def test_that_looks_that_agree_leave_nothing_to_be_missed():
    assert chapman(Looks(50, 0, 0)).value == 50
    assert chapman(Looks(50, 0, 0)).high < 53


@given(seen)
def test_that_the_bounds_hold_the_estimate_and_nothing_is_less_than_none(given_seen):
    found = missing(given_seen)
    if found is None:
        assert not given_seen.is_enough
        return
    for bounds in filter(None, (found.total, found.unseen, found.where_seen)):
        assert 0 <= bounds.low <= bounds.value <= bounds.high
    assert (found.where_seen is None) == (not given_seen.is_two_looks)


@given(looks, st.floats(0, 300))
def test_that_with_boxes_in_view_nothing_is_said_of_what_both_missed(found, unseen):
    given_seen = Seen(NOTHING, found, 0.0, 100.0, unseen)
    result = missing(given_seen)
    if found.found < LEAST_FOUND:
        assert result is None
    else:
        assert result is not None
        assert result.where_seen is None
        assert result.unseen.value == pytest.approx(found.person_only * unseen / 100)


def test_that_an_image_looked_at_wholly_misses_only_what_both_missed():
    found = missing(Seen(Looks(40, 10, 10), NOTHING, 100.0, 0.0, 0.0))
    assert found is not None
    assert found.unseen.value == 0
    assert found.where_seen is not None
    assert found.total.value == pytest.approx(found.where_seen.value)


@pytest.mark.parametrize(
    ("spines", "model", "person"),
    [(60, 0.8, 0.7), (120, 0.6, 0.85), (200, 0.9, 0.9), (40, 0.5, 0.5)],
)
def test_that_the_interval_of_two_looks_holds_the_truth_in_19_of_20_cases(spines, model, person):
    rng = np.random.default_rng(spines)
    n, held = 1000, 0
    for _ in range(n):
        by_model, by_person = rng.random(spines) < model, rng.random(spines) < person
        there = chapman(_looks(by_model, by_person))
        held += there.low <= spines <= there.high
    assert 0.93 <= held / n <= 0.99


@pytest.mark.parametrize("is_blind", [True, False])
def test_that_the_interval_of_the_whole_holds_the_truth_in_19_of_20_cases(is_blind):
    """80 µm looked at and 160 µm not, 0.9 spines a µm; who sees the boxes misses nothing."""
    rng = np.random.default_rng(5)
    n, held = 400, 0
    for i in range(n):
        here, there = rng.poisson(0.9 * 80), rng.poisson(0.9 * 160)
        person = 0.85 if is_blind else 1.0
        looks = _looks(rng.random(here) < 0.75, rng.random(here) < person)
        still = here - looks.found + int((rng.random(there) >= 0.75).sum())
        if is_blind:
            found = missing(Seen(looks, NOTHING, 80.0, 0.0, 160.0), seed=i)
        else:
            shown = Looks(0, looks.both + looks.model_only, looks.person_only)
            found = missing(Seen(NOTHING, shown, 0.0, 80.0, 160.0), seed=i)
        assert found is not None
        held += found.total.low <= still <= found.total.high
    assert 0.92 <= held / n <= 0.99


def _looks(by_model, by_person) -> Looks:
    return Looks(
        int((by_model & by_person).sum()),
        int((by_model & ~by_person).sum()),
        int((~by_model & by_person).sum()),
    )
