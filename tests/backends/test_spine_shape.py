from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinegui.backends.classical.patch import cut_patch
from spinegui.backends.classical.profile import evenly, line_length, measure_widths
from spinegui.backends.classical.shape import SpineShape, fit_in_box, fit_spine
from spinegui.domain.geometry import Box
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import FRAME

HEAD = 10.0
UM_TO_HEAD = 0.75


def drawn(
    *, neck: float = 8.0, head: float = 10.0, neck_width: float = 4.0, gain: float = 100.0
) -> np.ndarray:
    """A shaft along y = 80, 12 px wide, and a spine that stands on it at x = 64."""
    from scipy.ndimage import gaussian_filter

    y, x = np.mgrid[:128, :128] + 0.5
    scene = (np.abs(y - 80) < 6).astype(float)
    top = 74 - neck - head / 2
    scene[(np.abs(x - 64) < neck_width / 2) & (y > top) & (y < 80)] = 0.8
    scene[np.hypot(x - 64, y - top) < head / 2] = 1.0
    noise = np.random.default_rng(0).normal(0, 0.01, scene.shape)
    return (gain * (gaussian_filter(scene, 1.2) + noise + 0.1)).astype(np.float32)


def head_of(neck: float = 8.0, head: float = 10.0) -> tuple[float, float]:
    return 64.0, 74 - neck - head / 2


def fitted(plane: np.ndarray, head_xy: tuple[float, float]) -> SpineShape:
    return fit_spine(plane, head_xy, None, HEAD)


def test_that_a_box_spans_head_and_neck_down_to_the_shaft() -> None:
    found = fitted(drawn(), head_of())
    truth = Box(59, 56, 69, 74)
    assert found.box.iou(truth) > 0.75
    assert found.box.y1 == pytest.approx(74, abs=1.5)


def test_that_measures_follow_the_drawing() -> None:
    found = fitted(drawn(), head_of())
    assert found.length_px == pytest.approx(18, abs=2.5)
    assert found.head_width_px == pytest.approx(10, abs=2)
    assert found.neck_width_px == pytest.approx(4.5, abs=1.5)
    assert 3 < found.neck_length_px < 12
    assert found.shaft_width_px == pytest.approx(12, abs=2.5)
    assert found.base_xy == pytest.approx((64, 74), abs=2)


def test_that_a_longer_neck_makes_a_longer_spine() -> None:
    lengths = [fitted(drawn(neck=n), head_of(neck=n)).length_px for n in (2.0, 8.0, 14.0)]
    assert lengths == sorted(lengths)
    assert lengths[2] - lengths[0] == pytest.approx(12, abs=3)


def test_that_a_thinner_neck_measures_thinner() -> None:
    wide, thin = (fitted(drawn(neck_width=w), head_of()).neck_width_px for w in (7.0, 3.0))
    assert thin < wide - 1


def test_that_gain_and_offset_of_the_image_do_not_count() -> None:
    plain, bright = drawn(), drawn() * 20 + 300
    a, b = fitted(plain, head_of()), fitted(bright.astype(np.float32), head_of())
    assert a.box.as_xyxy() == pytest.approx(b.box.as_xyxy(), abs=0.05)
    assert a.length_px == pytest.approx(b.length_px, abs=0.05)


def test_that_a_moved_image_moves_the_box() -> None:
    a = fitted(drawn(), head_of())
    moved = np.roll(drawn(), (5, 9), axis=(0, 1))
    b = fitted(moved, (head_of()[0] + 9, head_of()[1] + 5))
    assert a.box.shifted(9, 5).as_xyxy() == pytest.approx(b.box.as_xyxy(), abs=0.1)


def test_that_a_slightly_wrong_head_finds_the_same_spine() -> None:
    exact = fitted(drawn(), head_of())
    for dx, dy in ((2.5, 0.0), (-2.0, 2.0), (0.0, -2.5)):
        near = fitted(drawn(), (head_of()[0] + dx, head_of()[1] + dy))
        assert near.box.iou(exact.box) > 0.7


def test_that_a_jittered_box_gives_nearly_the_same_measures() -> None:
    rng = np.random.default_rng(1)
    truth = np.array([59.0, 56.0, 69.0, 74.0])
    lengths = []
    for _ in range(12):
        x0, y0, x1, y1 = truth + rng.uniform(-0.075, 0.075, 4) * np.array([10, 18, 10, 18])
        found = fit_in_box(drawn(), Box(x0, y0, x1, y1), scale_px=HEAD)
        lengths.append(found.length_px)
    assert np.ptp(lengths) < 3.5


def test_that_a_blob_without_a_shaft_has_a_box_about_it() -> None:
    y, x = np.mgrid[:64, :64] + 0.5
    blob = np.exp(-((x - 30) ** 2 + (y - 30) ** 2) / 32).astype(np.float32)
    found = fit_spine(blob, (30.0, 30.0), None, 9.4)
    assert found.box.iou(Box.around(30, 30, 9.4, 9.4)) > 0.5


@pytest.mark.parametrize("level", [0.0, 7.0])
def test_that_a_flat_image_still_gives_a_finite_shape(level: float) -> None:
    found = fit_spine(np.full((40, 40), level, np.float32), (20.0, 20.0), None, 8.0)
    assert all(math.isfinite(v) for v in (*found.box.as_xyxy(), found.length_px, found.contrast))
    assert np.isfinite(found.profile).all()


@settings(max_examples=25, deadline=None)
@given(
    x=st.floats(-30, 94),
    y=st.floats(-30, 94),
    scale=st.floats(2, 25),
    seed=st.integers(0, 5),
)
def test_that_any_place_in_noise_gives_a_bounded_finite_shape(
    x: float, y: float, scale: float, seed: int
) -> None:
    plane = np.random.default_rng(seed).poisson(5, (64, 64)).astype(np.float32)
    found = fit_spine(plane, (x, y), None, scale)
    assert max(found.box.width, found.box.height) <= 10 * scale
    assert found.length_px <= 12 * scale
    assert np.isfinite([found.head_width_px, found.neck_width_px, found.light]).all()


@settings(max_examples=40, deadline=None)
@given(
    turn=st.floats(-4, 4),
    step=st.floats(0.2, 4),
    x=st.floats(-20, 80),
    y=st.floats(-20, 80),
)
def test_that_patch_coordinates_go_there_and_back(
    turn: float, step: float, x: float, y: float
) -> None:
    patch = cut_patch(np.zeros((50, 50), np.float32), (21.0, 17.5), step=step, n=15, turn=turn)
    points = np.array([[x, y]])
    assert patch.to_image(patch.to_patch(points)) == pytest.approx(points, abs=1e-6)


def test_that_a_patch_holds_the_pixels_it_is_cut_from() -> None:
    plane = np.arange(400, dtype=np.float32).reshape(20, 20)
    patch = cut_patch(plane, (10.5, 8.5), step=1.0, n=5)
    assert patch.pixels == pytest.approx(plane[6:11, 8:13])


def test_that_half_widths_of_a_bar_are_its_half_width() -> None:
    bar = np.zeros((40, 40), np.float32)
    bar[15:24] = 1.0
    line = evenly(np.array([[19.0, 5.0], [19.0, 35.0]]), 1.0)
    sides = measure_widths(bar, line, reach=10, floor=0.0)
    assert sides.left == pytest.approx(np.full(len(line), 4.5), abs=0.1)
    assert sides.width == pytest.approx(np.full(len(line), 9.0), abs=0.2)
    assert line_length(line) == pytest.approx(30)


def test_that_boxes_overlap_the_truth_on_synthetic_images() -> None:
    image = make_image(100, FRAME)
    plane = image.pixels[0].astype(np.float32)
    scale = UM_TO_HEAD / FRAME.pixel_um
    rng = np.random.default_rng(0)
    overlaps = []
    for spine in image.visible:
        x, y = np.array(spine.head[:2]) + rng.normal(0, 0.1, 2) * scale
        overlaps.append(fit_spine(plane, (float(x), float(y)), None, scale).box.iou(spine.box))
    assert len(overlaps) > 20
    assert np.median(overlaps) > 0.55
