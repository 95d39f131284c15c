from __future__ import annotations

import pytest

from spinegui.jobs.eta import TimeLeft
from spinegui.jobs.sentences import split_sentences


def test_that_the_first_step_says_nothing_of_the_time_left() -> None:
    assert TimeLeft().update(0, 10, stage="Train", now=5.0) is None


def test_that_the_time_left_follows_the_pace() -> None:
    time_left = TimeLeft()
    time_left.update(0, 10, stage="Train", now=100.0)
    assert time_left.update(2, 10, stage="Train", now=104.0) == pytest.approx(16.0)
    assert time_left.update(10, 10, stage="Train", now=120.0) == 0.0


def test_that_a_slow_first_step_is_forgotten() -> None:
    time_left = TimeLeft()
    time_left.update(0, 100, stage="Train", now=0.0)
    found = None
    for step in range(1, 41):
        found = time_left.update(step, 100, stage="Train", now=60.0 + step)
    assert found == pytest.approx(60.0)


def test_that_a_new_stage_starts_afresh() -> None:
    time_left = TimeLeft()
    time_left.update(0, 10, stage="Train", now=0.0)
    time_left.update(5, 10, stage="Train", now=10.0)
    assert time_left.update(6, 10, stage="Validate", now=11.0) is None


def test_that_a_step_back_starts_afresh() -> None:
    time_left = TimeLeft()
    time_left.update(5, 10, stage="", now=0.0)
    assert time_left.update(1, 10, stage="", now=10.0) is None


@pytest.mark.parametrize(
    ("text", "what", "what_to_do"),
    [
        ("It broke. Mend it.", "It broke.", "Mend it."),
        ("a.b tif broke (no. 3). It is lost. Buy one.", "a.b tif broke (no. 3). It is lost.",
         "Buy one."),
        ("It broke", "It broke", "Correct that and try again."),
        ("", "", "Correct that and try again."),
    ],
)  # fmt: skip
def test_that_an_errors_last_sentence_says_what_to_do(
    text: str, what: str, what_to_do: str
) -> None:
    assert split_sentences(text) == (what, what_to_do)
