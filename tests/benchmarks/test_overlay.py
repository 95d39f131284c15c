from __future__ import annotations

import os

import pytest
from PySide6.QtWidgets import QWidget

from tests.benchmarks.frames import NotPaintedError, time_frames
from tests.benchmarks.overlay import run_boxes, run_case


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, int], dict]:
    return {(row["renderer"], row["n"]): row for row in run_boxes((1_000, 10_000), rounds=2)}


@pytest.fixture(scope="module")
def pixels() -> dict[str, float]:
    return run_case("pixels")


def test_that_a_window_which_is_not_shown_cannot_be_timed(qtbot):
    hidden = QWidget()
    qtbot.addWidget(hidden)
    with pytest.raises(NotPaintedError, match="0 paints for 5 frames"):
        time_frames(hidden, lambda _: hidden.repaint(), 5)


def test_that_a_window_which_is_shown_is_timed(qtbot):
    shown = QWidget()
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    assert time_frames(shown, lambda _: shown.repaint(), 5).frames == 5


@pytest.mark.benchmark
def test_that_ten_thousand_boxes_are_drawn_twice_as_fast_as_scene_items(rows):
    assert rows["scene items", 10_000]["fit"] / rows["spinegui", 10_000]["fit"] >= 2


@pytest.mark.benchmark
def test_that_a_thousand_boxes_are_drawn_ten_times_as_fast_as_rect_rois(rows):
    assert rows["RectROI", 1_000]["fit"] / rows["spinegui", 1_000]["fit"] >= 10


@pytest.mark.benchmark
def test_that_a_thousand_boxes_are_drawn_eight_times_as_fast_as_by_labelme():
    python = os.environ.get("SPINEGUI_BENCHMARK_LABELME")
    if not python:
        pytest.skip("SPINEGUI_BENCHMARK_LABELME names no Python that has labelme")
    rows = {row["renderer"]: row for row in run_boxes((1_000,), 2, pythons={"labelme": python})}
    assert rows["labelme"]["1:1"] / rows["spinegui"]["1:1"] >= 8


@pytest.mark.benchmark
def test_that_every_renderer_really_drew_its_boxes(rows):
    for n in (1_000, 10_000):
        # Half of ours are dashed, so about a quarter less of the outline is there to be seen.
        assert rows["spinegui", n]["coloured"] >= 0.5 * rows["scene items", n]["coloured"] > 0


@pytest.mark.benchmark
def test_that_one_edit_costs_less_than_half_a_full_paint(rows):
    assert rows["spinegui", 10_000]["edit"] < 0.5 * rows["spinegui", 10_000]["1:1"]


@pytest.mark.benchmark
def test_that_a_contrast_step_does_not_grow_with_the_image(pixels):
    assert pixels["contrast 8192"] < 2 * pixels["contrast 4096"]


@pytest.mark.benchmark
def test_that_panning_does_not_grow_with_the_image(pixels):
    assert pixels["pan 1:1 8192"] < 2 * pixels["pan 1:1 4096"]
