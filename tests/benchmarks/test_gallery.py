from __future__ import annotations

import pytest

from tests.benchmarks.gallery import RENDERERS, missed_goals, run, table


@pytest.fixture(scope="module")
def rows() -> dict[str, dict]:
    return {row["renderer"]: row for row in run((5_000,), rounds=2)}


def row_of(renderer: str, p95: float) -> dict:
    steps = {f"{step} {key}": p95 for step in ("row", "page")
             for key in ("median", "p95", "window p95", "wall p95", "missing")}  # fmt: skip
    return {"renderer": renderer, "n": 5_000, "build s": 1.0, **steps}


def test_that_a_slow_scroll_misses_the_goal_and_a_quick_one_does_not():
    assert missed_goals([row_of("spinegui", 16.0), row_of("QListView", 90.0)]) == []
    assert len(missed_goals([row_of("spinegui", 17.0)])) == 2


def test_that_the_table_gives_each_peer_its_ratio_to_ours():
    lines = table([row_of("spinegui", 2.0), row_of("QListView", 6.0)]).splitlines()
    assert [line.split("|")[-2].strip() for line in lines[2:]] == ["1.00", "3.00"]


@pytest.mark.benchmark
def test_that_five_thousand_crops_scroll_within_a_frame_by_rows_and_in_the_window_by_pages(rows):
    assert missed_goals(list(rows.values())) == []


@pytest.mark.benchmark
def test_that_no_crop_is_drawn_before_it_is_needed(rows):
    for peer in RENDERERS[1:]:
        assert rows["spinegui"]["build s"] < 0.5 * rows[peer]["build s"]


@pytest.mark.benchmark
def test_that_every_renderer_really_drew_its_pictures(rows):
    for renderer in RENDERERS:
        assert rows[renderer]["coloured"] > 100
