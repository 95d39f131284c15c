"""The pace of a review: recent work, pauses left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.pace import ENOUGH, PAUSE_S, WINDOW_S, Pace


def decided(*gaps: float) -> Pace:
    pace, now = Pace(), 100.0
    pace.begin(now)
    for gap in gaps:
        now += gap
        pace.decided(now)
    return pace


def test_that_a_few_decisions_say_nothing_yet() -> None:
    assert decided(*[6.0] * (ENOUGH - 1)).per_minute is None
    assert decided(*[6.0] * ENOUGH).per_minute == pytest.approx(10)


def test_that_a_pause_counts_for_nothing() -> None:
    assert decided(6, 6, 6, PAUSE_S + 600, 6, 6).per_minute == pytest.approx(10)
    assert decided(6, 6, 6, PAUSE_S + 600, 6, 6).worked_s == pytest.approx(30)


def test_that_only_the_last_minutes_count() -> None:
    slow, quick = [30.0] * 20, [5.0] * int(WINDOW_S / 5)
    assert decided(*slow, *quick).per_minute == pytest.approx(12)


def test_that_beginning_again_leaves_the_time_between_out() -> None:
    pace = decided(6, 6, 6)
    pace.begin(500.0)
    pace.decided(506.0)
    assert pace.worked_s == pytest.approx(24)


def test_that_an_undone_decision_is_none_but_its_time_was_spent() -> None:
    pace = decided(6, 6, 6, 12)
    pace.take_back()
    assert pace.worked_s == pytest.approx(30)
    assert pace.per_minute == pytest.approx(6)
    Pace().take_back()


def test_that_the_rest_takes_as_long_at_this_pace() -> None:
    assert decided(6, 6, 6).seconds_left(50) == pytest.approx(300)
    assert Pace().seconds_left(50) is None


@given(st.lists(st.floats(0.1, 200), max_size=60))
def test_that_no_more_is_worked_than_went_by(gaps: list[float]) -> None:
    pace = decided(*gaps)
    assert pace.worked_s <= sum(gaps) + 1e-6
    assert pace.per_minute is None or pace.per_minute >= 60 / PAUSE_S - 1e-6
