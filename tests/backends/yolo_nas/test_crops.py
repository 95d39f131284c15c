from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinegui.backends.yolo_nas.views import BOX_HEADS, HEAD_PX, View
from tests.backends.yolo_nas.stand_ins import plane_of, scene_with, volume_of

pytest.importorskip("cv2", reason="training crops are cut with OpenCV, which only training needs")

from spinegui.backends.yolo_nas.crops import ZOOM, Crop, crop_at, draw_crop

SIDE = 96
SEEDS = st.integers(0, 2**32 - 1)
PLACES = st.floats(40, 100)


def centroid(values: np.ndarray, x: float, y: float, reach: int) -> tuple[float, float]:
    """Middle x, y of what is bright within `reach` px of a point."""
    rows = slice(max(0, round(y) - reach), round(y) + reach)
    columns = slice(max(0, round(x) - reach), round(x) + reach)
    bright = np.clip(values[rows, columns] - 0.35 * values[rows, columns].max(), 0, None)
    yy, xx = np.mgrid[rows, columns][:, : bright.shape[0], : bright.shape[1]] + 0.5
    return float((xx * bright).sum() / bright.sum()), float((yy * bright).sum() / bright.sum())


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, x=PLACES, y=PLACES, dx=st.floats(-12, 12), dy=st.floats(-12, 12))
def test_that_a_head_stays_in_the_middle_of_its_box_under_every_turn_and_zoom(seed, x, y, dx, dy):
    scene = scene_with(plane_of(140, 140, [(x, y)]), [(x, y, 0.0)])
    middle = np.array([x + dx, y + dy])
    crop = crop_at(scene, middle, 0.0, SIDE, np.random.default_rng(seed))
    (box,) = crop.boxes
    zoom = box[2] / (BOX_HEADS * HEAD_PX)
    assert box[2] == box[3]
    assert ZOOM[0] <= zoom <= ZOOM[1]
    gap = np.hypot(box[0] - SIDE / 2, box[1] - SIDE / 2)
    assert gap == pytest.approx(zoom * np.hypot(dx, dy), abs=0.01)
    # The noise that is added moves a centroid by some tenths of a px.
    assert centroid(crop.image.mean(axis=0), *box[:2], 7) == pytest.approx(box[:2], abs=0.5)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, x=PLACES, y=PLACES)
def test_that_what_is_known_follows_the_image(seed, x, y):
    scene = scene_with(plane_of(140, 140, [(x, y)]), [(x, y, 0.0)], looked_at=False,
                       picked=[(x, y, 0.0)])  # fmt: skip
    crop = crop_at(scene, np.array([x, y]), 0.0, SIDE, np.random.default_rng(seed))
    (box,) = crop.boxes
    rows, columns = np.nonzero(crop.known)
    # Whole px are known, so the square is up to one px larger than the box on each side.
    assert columns.mean() + 0.5 == pytest.approx(box[0], abs=1.3)
    assert rows.mean() + 0.5 == pytest.approx(box[1], abs=1.3)
    assert crop.known.sum() == pytest.approx(box[2] * box[3], rel=0.25)


def test_that_nothing_is_known_beyond_the_edge_of_an_image():
    scene = scene_with(plane_of(60, 60, []))
    for seed in range(8):
        crop = crop_at(scene, np.array([0.0, 30.0]), 0.0, SIDE, np.random.default_rng(seed))
        share = crop.known.mean()
        assert 0.1 < share < 0.45


@pytest.mark.parametrize("n_z", [1, 9])
def test_that_the_same_seed_gives_the_same_crop_and_another_another(n_z):
    volume = np.random.default_rng(0).random((n_z, 150, 130)).astype(np.float32)
    view = View(volume, 1.0, 1.0, 0.5 if n_z > 1 else None)
    scenes = [scene_with(view, [(50.0, 60.0, 0.0)]), scene_with(view)]
    weights = np.array([0.5, 0.5])
    once, again, other = (draw_crop(scenes, weights, SIDE, (1, 2, i)) for i in (3, 3, 4))
    assert np.array_equal(once.image, again.image)
    assert np.array_equal(once.boxes, again.boxes)
    assert np.array_equal(once.known, again.known)
    assert not np.array_equal(once.image, other.image)
    assert once.image.shape == (3, SIDE, SIDE)
    assert once.image.dtype == np.float32
    assert once.image.min() >= 0
    assert once.known.shape == (SIDE, SIDE)


def draw(scenes: list, weights: list[float], n: int, side: int = 48) -> list[Crop]:
    return [draw_crop(scenes, np.array(weights), side, (7, i)) for i in range(n)]


def test_that_scenes_are_drawn_by_their_weights():
    view = plane_of(100, 100, [])
    scenes = [scene_with(view), scene_with(view, looked_at=False), scene_with(view)]
    unknown = sum(not crop.known.any() for crop in draw(scenes, [0.2, 0.8, 0.0], 200))
    assert 140 <= unknown <= 180  # 160 ± 3.5 standard deviations


def test_that_most_crops_show_a_spine_and_others_lie_where_people_looked():
    looked_at = np.zeros((400, 400), bool)
    looked_at[300:380, 300:380] = True
    scene = scene_with(plane_of(400, 400, [(60.0, 60.0)]), [(60.0, 60.0, 0.0)], looked_at=looked_at)
    crops = draw([scene], [1.0], 100)
    assert 60 <= sum(len(crop.boxes) > 0 for crop in crops) <= 90
    # A turn or a zoom may carry the spine out of its crop: then nothing is left to learn from.
    assert sum(bool(crop.known.any()) or len(crop.boxes) > 0 for crop in crops) >= 90


def test_that_rejected_detections_are_seen_though_nobody_looked_around_them():
    scene = scene_with(plane_of(600, 600, []), looked_at=False, picked=[(500.0, 80.0, 0.0)])
    assert sum(crop.known.any() for crop in draw([scene], [1.0], 40)) == 40


def test_that_crops_of_a_stack_show_the_slab_of_their_spine():
    view = View(volume_of((30, 120, 120), [(60.0, 60.0, 12.0)]), 1.0, 1.0, 0.5)
    scene = scene_with(view, [(60.0, 60.0, 12.0)])
    for crop in draw([scene], [1.0], 30):
        for x, y, *_ in crop.boxes:
            if 6 < x < 42 and 6 < y < 42:
                assert (
                    crop.image[:, round(y) - 5 : round(y) + 5, round(x) - 5 : round(x) + 5].max()
                    > 0.3
                )


def test_that_crops_larger_than_the_image_hold_all_of_it():
    scene = scene_with(plane_of(40, 50, [(20.0, 20.0)]), [(20.0, 20.0, 0.0)])
    for crop in draw([scene], [1.0], 20, side=160):
        assert len(crop.boxes) == 1
        assert crop.known.sum() > 0.9 * 40 * 50 * ZOOM[0] ** 2
