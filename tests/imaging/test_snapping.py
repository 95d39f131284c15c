"""A click near a spine means its head, not the shaft; nothing there means the click itself."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from spinegui.domain.geometry import Box
from spinegui.imaging.opening import open_image
from spinegui.imaging.snapping import best_slice, snapped, usual_size
from tests.support.shared_data import shared_data

ROWS, COLUMNS = np.mgrid[0:120, 0:160]


def blob(x: float, y: float, sigma: float = 3.0, height: float = 100.0) -> np.ndarray:
    away = (COLUMNS + 0.5 - x) ** 2 + (ROWS + 0.5 - y) ** 2
    return height * np.exp(-away / (2 * sigma**2))


def dendrite() -> np.ndarray:
    """A bright shaft along y = 80 with a spine head above it at (70, 62)."""
    noise = np.random.default_rng(0).normal(20, 2, ROWS.shape)
    shaft = 250 * np.exp(-((ROWS + 0.5 - 80) ** 2) / (2 * 4.0**2))
    return noise + shaft + blob(70, 62)


@pytest.mark.parametrize("point", [(70, 62), (66, 60), (74, 61), (70, 57), (67, 66)])
def test_that_a_click_near_a_head_finds_it_and_not_the_brighter_shaft(point):
    found = snapped(dendrite(), point, (14, 16))
    assert found.head == pytest.approx((70, 62), abs=1.5)
    assert (found.box.width, found.box.height) == pytest.approx((14, 16))
    assert found.box.iou(Box.around(70, 62, 14, 16)) > 0.7


def test_that_without_other_boxes_the_head_is_measured():
    small, large = (snapped(20 + blob(70, 62, sigma), (69, 61), um=0.1).box for sigma in (3.0, 6.0))
    assert small.width < large.width < 2.5 * small.width
    assert small.center == pytest.approx((70, 62), abs=1)


@given(
    hnp.arrays(
        st.sampled_from([np.uint8, np.uint16, np.float32]),
        st.tuples(st.integers(1, 40), st.integers(1, 40)),
    ),
    st.floats(-5, 45),
    st.floats(-5, 45),
    st.sampled_from([None, (3.0, 5.0), (60.0, 40.0)]),
    st.sampled_from([None, 0.05, 1.0]),
)
def test_that_any_click_on_any_plane_gets_a_box_that_holds_it(plane, x, y, usual, um):
    with np.errstate(all="ignore"):
        found = snapped(plane, (x, y), usual, um=um)
    assert found.box.contains(x, y) or found.head is not None
    if usual is not None:
        assert (found.box.width, found.box.height) == pytest.approx(usual)


def test_that_where_nothing_stands_out_the_box_lies_around_the_click():
    flat = np.full((60, 60), 7, np.uint8)
    assert snapped(flat, (30, 30), (10, 12)) == snapped(flat, (30, 30), (10, 12))
    assert snapped(flat, (30, 30), (10, 12)).box == Box.around(30, 30, 10, 12)
    assert snapped(flat, (30, 30), (10, 12)).head is None


def test_that_a_usual_size_needs_some_boxes():
    boxes = [Box(0, 0, w, 10) for w in (4, 6, 20)]
    assert usual_size(boxes[:2]) is None
    assert usual_size(boxes) == (6, 10)


def stack(z: float) -> list[np.ndarray]:
    return [20 + blob(70, 62, 3, 100 * np.exp(-((i - z) ** 2) / 2)) for i in range(9)]


def test_that_the_sharpest_slice_is_found_with_those_in_which_the_head_is_seen():
    planes = stack(5)
    assert best_slice(planes.__getitem__, 9, (70, 62), 14) == (5, (4, 6))
    assert best_slice(planes.__getitem__, 9, (70, 62), 14, near=3) == (5, (3, 6))
    assert best_slice(planes.__getitem__, 9, (70, 62), 14, near=0) == (4, (0, 4))


def test_that_on_real_spines_a_snapped_box_fits_better_than_one_around_the_click():
    folder = shared_data("mpfi_fullframes")
    data = json.loads((folder / "val.json").read_text())
    rng, clicked, fitted = np.random.default_rng(1), [], []
    for image in data["images"][:10]:
        found = [a["bbox"] for a in data["annotations"] if a["image_id"] == image["id"]]
        boxes = [Box.from_xywh(*b) for b in found]
        with open_image(folder / image["file_name"]) as source:
            plane = np.array(source.plane(0, 0, 0))
        usual = usual_size(boxes) or (27, 27)
        for box in boxes:
            angle, away = rng.uniform(0, 2 * np.pi), 0.5 * box.width * rng.uniform() ** 0.5
            x, y = box.center[0] + away * np.cos(angle), box.center[1] + away * np.sin(angle)
            if 0 <= x < plane.shape[1] and 0 <= y < plane.shape[0]:
                clicked.append(Box.around(x, y, *usual).iou(box))
                fitted.append(snapped(plane, (x, y), usual).box.iou(box))
    assert len(fitted) > 150
    assert np.mean(fitted) > np.mean(clicked) + 0.1
