from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.keystrokes import ACCEPT_GOAL_MS, GOAL, SETS, ratio, run_case
from tests.benchmarks.review.fields import VIEW, fields
from tests.benchmarks.review.plan import COUNTS, N_SPINES, Act, Frame, Spine, plan
from tests.support.shared_data import shared_data

if TYPE_CHECKING:
    from pathlib import Path

from spinegui.domain.geometry import Box

WAYS = ("one_by_one", "by_fields")


@pytest.fixture(scope="module", params=SETS)
def coco(request) -> Path:
    return shared_data(*request.param.split("/"))


def _frame(*places: tuple[float, float]) -> Frame:
    boxes = [Box(x, y, x + 20, y + 20) for x, y in places]
    spines = tuple(Spine(Act.ACCEPT, box, "thin", box, "thin") for box in boxes)
    return Frame(None, 4096, 4096, spines)


def test_that_the_session_is_the_one_that_is_told(coco):
    spines = [spine for frame in plan(coco) for spine in frame.spines]
    assert len(spines) == N_SPINES == 200
    assert {act: sum(s.act is act for s in spines) for act in Act} == COUNTS


def test_that_spines_close_together_take_one_view_and_far_ones_one_each():
    near = _frame((0, 0), (100, 100))
    apart = _frame((0, 0), (2 * VIEW[0], 0), (0, 2 * VIEW[0]))
    assert (fields(near).n_views, fields(apart).n_views) == (1, 3)


@pytest.mark.slow
def test_that_a_review_of_200_real_spines_with_real_events_ends_as_meant():
    found = run_case(shared_data("mpfi_fullframes", "val.json"), "one_by_one")
    assert found["mistakes"] == []
    assert found["legible"] == 1.0


@pytest.mark.benchmark
@pytest.mark.parametrize("way", WAYS)
def test_that_a_review_takes_at_most_half_the_presses_of_the_best_of_the_others(coco, way):
    found = run_case(coco, way)
    assert found["mistakes"] == []
    assert ratio(found, coco, way) <= GOAL


@pytest.mark.benchmark
def test_that_the_next_spine_is_painted_within_thirty_ms_of_cpu_of_accepting(coco):
    assert run_case(coco, "one_by_one")["accept ms"] <= ACCEPT_GOAL_MS
