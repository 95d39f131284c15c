from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinegui.backends.base import Frame
from spinegui.backends.inception_v3.crops import (
    CropGeometry,
    View,
    crop_side,
    cut_crop,
    frame_crops,
    head_size,
    slab,
)
from spinegui.domain.image_ref import PixelSize
from tests.backends.inception_v3.material import HEAD_PX, PX_UM, box, dots

GEOMETRY = CropGeometry()
HEAD = (HEAD_PX, HEAD_PX)
SIZE = PixelSize(PX_UM, PX_UM, None, "user")
NO_Z = np.array([np.nan])


def bright_area(crop: np.ndarray) -> float:
    """The pixels as bright as half the spine's own level."""
    return float((crop[..., 0] > 0.25).sum())


def test_that_a_spine_twice_as_wide_looks_twice_as_wide() -> None:
    small, large = (
        cut_crop(dots((80, 80, r)), box(80, 80, r + 1), HEAD, GEOMETRY) for r in (5.0, 10.0)
    )
    assert bright_area(large) / bright_area(small) == pytest.approx(4, rel=0.15)


@given(st.floats(4, 20))
@settings(max_examples=20, deadline=None)
def test_that_the_size_of_the_box_does_not_change_the_scale(half: float) -> None:
    plane = dots((80, 80, 5))
    usual = cut_crop(plane, box(80, 80, 6), HEAD, GEOMETRY)
    found = cut_crop(plane, box(80, 80, half), HEAD, GEOMETRY)
    np.testing.assert_allclose(found[..., 1], usual[..., 1], atol=1e-5)


def test_that_an_image_of_twice_the_zoom_gives_the_same_crop() -> None:
    coarse = Frame(dots((80, 80, 5), (100, 80, 5))[None], SIZE)
    fine = Frame(
        dots((160, 160, 10), (200, 160, 10), side=320)[None],
        PixelSize(PX_UM / 2, PX_UM / 2, None, "user"),
    )
    first = frame_crops(coarse, box(80, 80, 6)[None], NO_Z, GEOMETRY)
    second = frame_crops(fine, box(160, 160, 12)[None], NO_Z, GEOMETRY)
    assert np.abs(first - second).mean() < 0.02


def test_that_pixels_that_are_not_square_give_the_same_crop() -> None:
    plane = dots((80, 80, 8))
    squeezed = np.repeat(plane, 2, axis=1)
    frame = Frame(squeezed[None], PixelSize(PX_UM / 2, PX_UM, None, "user"))
    wide = np.array([[144, 72, 176, 88]], np.float64)
    found = frame_crops(frame, wide, NO_Z, GEOMETRY)[0]
    usual = cut_crop(plane, box(80, 80, 8), HEAD, GEOMETRY)
    assert np.abs(found - usual).mean() < 0.02


def test_that_a_spine_too_long_for_the_crop_is_shrunk_to_fit() -> None:
    assert crop_side(box(80, 80, 20), HEAD, GEOMETRY) == GEOMETRY.heads_across
    assert crop_side(box(80, 80, 40), HEAD, GEOMETRY) == pytest.approx(10)
    mask = cut_crop(dots((80, 80, 38)), box(80, 80, 40), HEAD, GEOMETRY)[..., 2]
    assert mask[112, 112] == 1
    assert mask[112, [2, -3]].max() == 0


def test_that_the_third_channel_tells_which_of_two_spines_is_meant() -> None:
    plane = dots((70, 80, 5), (86, 80, 5))
    left, right = (cut_crop(plane, box(x, 80, 6), HEAD, GEOMETRY)[..., 2] for x in (70, 86))
    assert left[112, 112] == right[112, 112] == 1
    assert left.sum() == pytest.approx(right.sum(), rel=0.02)
    assert left.sum() == pytest.approx((12 / 60 * 224) ** 2, rel=0.05)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_that_gain_and_offset_do_not_count(dtype: type) -> None:
    plane = np.rint(dots((80, 80, 5)))
    shown = (plane if dtype is np.uint8 else plane * 150 + 9000).astype(dtype)
    found = cut_crop(shown.astype(np.float32), box(80, 80, 6), HEAD, GEOMETRY)
    usual = cut_crop(plane.astype(np.float32), box(80, 80, 6), HEAD, GEOMETRY)
    np.testing.assert_allclose(found, usual, atol=2e-3)


def test_that_crops_are_between_0_and_1_also_of_flat_and_broken_images() -> None:
    for plane in (np.zeros((50, 50)), np.full((50, 50), 7.0), np.full((50, 50), np.nan)):
        frame = Frame(plane.astype(np.float32)[None], SIZE)
        crops = frame_crops(frame, box(2, 49, 6)[None], NO_Z, GEOMETRY)
        assert crops.shape == (1, 224, 224, 3)
        assert crops.dtype == np.float32
        assert crops[..., :2].max() == 0
        assert 0 <= crops.min() <= crops.max() <= 1


def test_that_of_a_stack_only_the_slices_in_focus_are_seen() -> None:
    pixels = np.zeros((12, 60, 60), np.uint16)
    pixels[3], pixels[9] = 300, 900
    frame = Frame(pixels, replace(SIZE, z_um=0.5))
    assert slab(frame, 3).max() == 300
    assert slab(frame, 8).max() == 900
    assert slab(frame, np.nan).max() == 900
    assert slab(Frame(pixels, None), 4.4).max() == 300
    assert slab(frame, -5).max() == 0


def test_that_each_box_of_a_stack_is_cut_from_its_own_slices() -> None:
    plane = dots((80, 80, 5))
    pixels = np.stack([plane] + [np.full_like(plane, 20)] * 8 + [plane.T[::-1]])
    boxes = np.stack([box(80, 80, 6)] * 2)
    crops = frame_crops(Frame(pixels, SIZE), boxes, np.array([0.0, 5.0]), GEOMETRY)
    assert crops[0, ..., 0].max() > 0
    assert crops[1, ..., 0].max() == 0


def test_that_a_turned_and_mirrored_view_turns_the_picture() -> None:
    plane = dots((80, 80, 5), (95, 80, 3))
    straight = cut_crop(plane, box(80, 80, 6), HEAD, GEOMETRY)
    half = cut_crop(plane, box(80, 80, 6), HEAD, GEOMETRY, View(turn=np.pi))
    np.testing.assert_allclose(half, straight[::-1, ::-1], atol=1e-3)
    mirrored = cut_crop(plane, box(80, 80, 6), HEAD, GEOMETRY, View(mirrored=True))
    np.testing.assert_allclose(mirrored, straight[:, ::-1], atol=1e-3)


@given(st.floats(3, 90), st.floats(-5, 165), st.floats(-5, 165))
@settings(max_examples=25, deadline=None)
def test_that_the_fast_way_to_a_straight_crop_gives_what_the_long_way_gives(
    head: float, x: float, y: float
) -> None:
    plane = dots((80, 80, 5), (30, 120, 9)) + np.arange(160, dtype=np.float32)
    fast = cut_crop(plane, box(x, y, 6), (head, 1.3 * head), GEOMETRY)
    slow = cut_crop(plane, box(x, y, 6), (head, 1.3 * head), GEOMETRY, View(turn=2 * np.pi))
    np.testing.assert_allclose(fast, slow, atol=5e-3)


def test_that_the_scale_is_the_pixel_size_or_an_estimate_of_the_whole_image() -> None:
    frame = Frame(dots((80, 80, 5), (30, 40, 5))[None], SIZE)
    assert head_size(frame) == pytest.approx(HEAD)
    across, down = head_size(Frame(frame.pixels, None))
    assert across == down
    assert 2 < across < 40


@pytest.mark.parametrize("value", [{"size_px": 7, "heads_across": 6}, {"size_px": "x"}, {}])
def test_that_a_geometry_that_cannot_be_is_refused(value: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError)):
        CropGeometry.from_json(value)
    assert CropGeometry.from_json(GEOMETRY.to_json()) == GEOMETRY
