from __future__ import annotations

import pytest

from tests.benchmarks.accepting import GOAL_MS, SIZES, run_case


@pytest.mark.benchmark
@pytest.mark.parametrize("is_gliding", [False, True], ids=["at once", "gliding"])
@pytest.mark.parametrize("n", SIZES)
def test_that_the_next_of_thousands_is_painted_within_thirty_ms_of_cpu(n, is_gliding):
    assert run_case(n, is_gliding=is_gliding)["median"] <= GOAL_MS
