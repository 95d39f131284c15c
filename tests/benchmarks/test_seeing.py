"""Looking costs what the view holds, not what the image holds; gated as ratios in one run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.frames import NotPaintedError, time_frames
from tests.benchmarks.seeing import run_all
from tests.benchmarks.seeing_viewers import OurViewer

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

SLICES = 40
GATED = ("contrast 8192²", "colours 8192²", "z-step mapped", "slab ±10", "sections")


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], float]:
    return run_all(rounds=1, slices=SLICES, cases=GATED)


def ratio(found: dict[tuple[str, str], float], case: str) -> float:
    return found["ImageItem", case] / found["spinegui", case]


def test_that_steps_of_a_window_which_is_not_shown_cannot_be_timed(qapp: QApplication) -> None:
    hidden = OurViewer()
    try:
        with pytest.raises(NotPaintedError, match="0 paints for 3 frames"):
            time_frames(hidden.painted, hidden.pan, 3)
    finally:
        hidden.close()
        hidden.window.deleteLater()


@pytest.mark.benchmark
@pytest.mark.parametrize("case", ["contrast 8192²", "colours 8192²"])
def test_that_a_large_image_is_recoloured_in_a_third_of_the_time_of_the_whole(found, case) -> None:
    assert ratio(found, case) >= 3


@pytest.mark.benchmark
@pytest.mark.parametrize("case", ["z-step mapped", "slab ±10"])
def test_that_a_step_through_a_stack_costs_less_than_twice_the_plain_way(found, case) -> None:
    # The plain way takes every other pixel where ours takes means, and reads in the window.
    assert ratio(found, case) > 0.5


@pytest.mark.benchmark
def test_that_a_step_of_the_sections_costs_no_more_than_the_plain_way(found) -> None:
    assert ratio(found, "sections") >= 1
