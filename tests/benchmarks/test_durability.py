from __future__ import annotations

import pytest

from tests.benchmarks.durability import ATOMIC, IN_PLACE, OURS, run_edits, run_openings


@pytest.fixture(scope="module")
def edits() -> dict[str, dict]:
    return run_edits(5_000, 30)


@pytest.mark.benchmark
@pytest.mark.parametrize("peer", [IN_PLACE, ATOMIC])
def test_that_an_edit_costs_a_third_of_writing_the_annotation_again(edits, peer):
    assert edits[peer]["cpu ms"] / edits[OURS]["cpu ms"] >= 3


@pytest.mark.benchmark
def test_that_an_edit_is_as_durable_as_a_whole_file_in_less_time(edits):
    assert edits[ATOMIC]["wall ms"] / edits[OURS]["wall ms"] >= 1.5


@pytest.mark.benchmark
def test_that_a_long_history_does_not_slow_down_the_opening():
    short, long = run_openings(5_000, (1_000, 20_000))
    assert long["cpu ms"] / short["cpu ms"] < 1.5
