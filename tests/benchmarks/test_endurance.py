from __future__ import annotations

import sys

import pytest

from tests.benchmarks.endurance import MOST_GROWTH, run_case


@pytest.mark.benchmark
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what memory is one's own")
def test_that_two_thousand_image_switches_hardly_grow_the_memory():
    assert run_case(2000, 24)["growth"] < MOST_GROWTH
