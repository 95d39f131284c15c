from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinegui.backends.base import Frame
from spinegui.backends.classical.scale import HEAD_UM
from spinegui.backends.yolo_nas.scenes import IN_SLAB_UM
from spinegui.backends.yolo_nas.views import HEAD_PX, View, view_of
from spinegui.domain.image_ref import PixelSize

SIZES = st.floats(0.03, 0.45)


def view(pixels: np.ndarray, size: PixelSize | None, head: float = HEAD_PX) -> View:
    return view_of(Frame(pixels, size), head if size is None else HEAD_UM / size.x_um)


@settings(max_examples=30, deadline=None)
@given(x_um=SIZES, y_um=SIZES)
def test_that_a_head_gets_nine_px_along_both_axes_whatever_the_pixel_size(x_um, y_um):
    side = 96
    seen = view(np.zeros((1, side, side), np.uint8), PixelSize(x_um, y_um, None, "user"))
    for ratio, um in ((seen.ratio_x, x_um), (seen.ratio_y, y_um)):
        head = HEAD_UM / um
        # The grid has whole px: half a px over the image is what the ratio may be off.
        assert head * ratio == pytest.approx(HEAD_PX, abs=0.5 * head / side + 1e-9)


@pytest.mark.parametrize(("x_um", "y_um"), [(0.05, 0.05), (0.0625, 0.12), (0.2, 0.1)])
def test_that_a_disk_of_a_heads_size_is_nine_px_wide_on_the_grid(x_um, y_um):
    yy, xx = np.mgrid[:200, :200] + 0.5
    inside = np.hypot((xx - 100) * x_um, (yy - 100) * y_um) <= HEAD_UM / 2
    seen = view((inside * 200).astype(np.uint8)[None], PixelSize(x_um, y_um, None, "user"))
    bright = seen.volume[0] > 0.5 * seen.volume.max()
    assert np.ptp(np.flatnonzero(bright.any(axis=0))) + 1 == pytest.approx(HEAD_PX, abs=1.5)
    assert np.ptp(np.flatnonzero(bright.any(axis=1))) + 1 == pytest.approx(HEAD_PX, abs=1.5)


@pytest.mark.parametrize("n_z", [1, 5])
@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_that_16_bits_or_floats_look_like_8_bits(dtype, n_z):
    pixels = np.random.default_rng(0).integers(0, 256, (n_z, 40, 50)).astype(np.uint8)
    size = PixelSize(0.1, 0.1, 0.5 if n_z > 1 else None, "user")
    plain, deep = view(pixels, size), view(pixels.astype(dtype) * 257, size)
    assert np.allclose(plain.volume, deep.volume, atol=1e-5)


@pytest.mark.parametrize("pixels", [np.zeros((1, 9, 7), np.uint8), np.full((3, 9, 7), np.nan)])
def test_that_an_image_without_anything_is_black(pixels):
    assert not view(pixels, None).volume.any()


def test_that_a_plane_is_seen_three_times_alike():
    seen = view(np.random.default_rng(0).integers(0, 99, (1, 40, 50)).astype(np.uint8), None)
    channels = seen.slab(0.0)
    assert channels.shape == (3, 40, 50)
    assert (channels == seen.volume[0]).all()
    assert seen.middles().tolist() == [0.0]
    assert not seen.is_stack


def test_that_a_slab_shows_what_lies_below_and_above_it():
    volume = np.zeros((25, 4, 4), np.float32)
    volume[12] = 1.0
    seen = View(volume, 1.0, 1.0, 0.5)
    lit = {z: [bool(c.any()) for c in seen.slab(z)] for z in (5.0, 8.0, 12.0, 16.0, 19.0)}
    assert lit == {
        5.0: [False, False, False],
        8.0: [False, False, True],
        12.0: [False, True, False],
        16.0: [True, False, False],
        19.0: [False, False, False],
    }


def test_that_slabs_at_the_ends_of_a_stack_repeat_its_last_slices():
    volume = np.arange(6, dtype=np.float32)[:, None, None] * np.ones((6, 2, 2), np.float32)
    seen = View(volume, 1.0, 1.0, 1.0)
    assert seen.slab(0.0)[0].max() == 0.0
    assert seen.slab(5.0)[2].min() == 5.0


def test_that_a_stack_without_a_known_slice_distance_is_one_all_the_same():
    size = PixelSize(0.1, 0.1, None, "user")
    assert view(np.zeros((4, 9, 9), np.uint8), size).z_um == 1.0
    assert view(np.zeros((4, 9, 9), np.uint8), None).z_um == 1.0


@given(n_z=st.integers(2, 80), z_um=st.floats(0.05, 8.0))
def test_that_a_stack_is_looked_through_from_end_to_end_and_no_slice_twice(n_z, z_um):
    middles = View(np.zeros((n_z, 1, 1), np.float32), 1.0, 1.0, z_um).middles()
    assert middles[0] == 0
    assert middles[-1] == n_z - 1
    assert len(middles) <= n_z
    gaps = np.abs(np.arange(n_z)[:, None] - middles).min(axis=1) * z_um
    assert gaps.max() <= IN_SLAB_UM
