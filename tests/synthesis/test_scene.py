"""Whole images: what they hold, that they repeat, that truth and pixels agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from spinegui.domain.labels import SPINE_CLASSES
from spinegui.synthesis.scene import SyntheticImage, make_image
from spinegui.synthesis.settings import STACK, TINY, Optics

SMALL_STACK = replace(STACK, width=160, height=128, n_z=12, n_branches=0, spines_per_um=1.2)


@pytest.fixture(scope="module")
def stack() -> SyntheticImage:
    return make_image(11, SMALL_STACK)


@pytest.fixture(scope="module")
def frame() -> SyntheticImage:
    return make_image(12, replace(TINY, width=256, height=256))


def test_that_a_seed_gives_the_same_image_twice():
    first, second = make_image(3, TINY), make_image(3, TINY)
    assert np.array_equal(first.pixels, second.pixels)
    assert first.spines == second.spines


def test_that_another_seed_gives_another_image():
    assert not np.array_equal(make_image(3, TINY).pixels, make_image(4, TINY).pixels)


def test_that_light_and_distractors_leave_the_spines_where_they_are():
    plain = make_image(5, TINY)
    other = make_image(5, replace(TINY, photons=20.0, n_axons=2, n_blobs=0, bit_depth=16))
    assert plain.spines == other.spines
    assert np.array_equal(plain.spine_mask, other.spine_mask)


@pytest.mark.parametrize(("bits", "dtype"), [(8, np.uint8), (12, np.uint16), (16, np.uint16)])
def test_that_pixels_have_the_bit_depth_asked_for(bits, dtype):
    pixels = make_image(1, replace(TINY, bit_depth=bits)).pixels
    assert pixels.dtype == dtype
    assert pixels.max() < 2**bits
    assert pixels.max() > 0.02 * 2**bits


def test_that_a_2d_image_is_one_plane_without_a_z_step(frame):
    assert frame.pixels.shape == (1, 256, 256)
    assert frame.pixel_size.z_um is None
    assert all(s.z == 0 and s.z_range == (0, 0) for s in frame.spines)


def test_that_a_stack_is_calibrated_in_z(stack):
    assert stack.pixels.shape == (12, 128, 160)
    assert stack.pixel_size.z_um == SMALL_STACK.z_step_um


@hypothesis_settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_that_every_visible_box_lies_in_the_image_and_has_a_class(seed):
    image = make_image(seed, TINY)
    for spine in image.spines:
        assert spine.label in SPINE_CLASSES.ids
        assert -1e-6 <= spine.box.x0 < spine.box.x1 <= image.settings.width + 1
        assert -1e-6 <= spine.box.y0 < spine.box.y1 <= image.settings.height + 1


def test_that_a_visible_spines_mask_fills_its_box(frame):
    checked = 0
    for number, spine in enumerate(frame.spines, start=1):
        ys, xs = np.nonzero(frame.spine_mask[0] == number)
        if spine.is_hidden or len(ys) == 0 or spine.visibility < 0.9:
            continue
        box = spine.box.grown(2.5)
        assert box.x0 <= xs.min()
        assert xs.max() + 1 <= box.x1
        assert box.y0 <= ys.min()
        assert ys.max() + 1 <= box.y1
        assert xs.max() + 1 - xs.min() >= spine.box.width - 5
        assert ys.max() + 1 - ys.min() >= spine.box.height - 5
        checked += 1
    assert checked >= 8


def test_that_spine_and_shaft_masks_do_not_overlap(stack):
    assert stack.shaft_mask.any()
    assert stack.spine_mask.any()
    assert not (stack.shaft_mask & (stack.spine_mask > 0)).any()
    assert stack.spine_mask.max() <= len(stack.spines)


def test_that_heads_lie_in_their_own_mask_and_slices(stack):
    for number, spine in enumerate(stack.spines, start=1):
        if spine.is_hidden or not 0 <= round(spine.z) < stack.settings.n_z:
            continue
        assert spine.z_range[0] <= round(spine.z) <= spine.z_range[1]
        if spine.label == "stubby":
            continue  # the centre of a short one may lie inside the shaft
        found = stack.spine_mask[round(spine.z), int(spine.head.y), int(spine.head.x)]
        assert found == number


def test_that_large_heads_are_bright_at_their_slice(stack):
    pixels = stack.pixels.astype(float)
    background = np.median(pixels)
    noise = 1.48 * np.median(np.abs(pixels - background))
    heads = [s for s in stack.visible if s.label == "mushroom"]
    assert heads
    for spine in heads:
        z = int(np.clip(round(spine.z), 0, stack.settings.n_z - 1))
        y, x = int(spine.head.y), int(spine.head.x)
        patch = pixels[z, max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]
        assert patch.mean() > background + 5 * noise


def test_that_shaft_paths_run_inside_the_shaft_mask(stack):
    for path in stack.shafts:
        z, y, x = np.floor(path + np.array([0.5, 0, 0])).astype(int).T
        inside = (y >= 0) & (y < 128) & (x >= 0) & (x < 160) & (z >= 0) & (z < 12)
        assert inside.sum() > 20
        assert stack.shaft_mask[z[inside], y[inside], x[inside]].all()


def test_that_a_scene_of_one_class_shows_only_that_class():
    image = make_image(2, replace(TINY, class_mix=(("stubby", 1.0),)))
    assert {s.label for s in image.spines} == {"stubby"}


def test_that_no_spines_and_no_branches_are_possible():
    image = make_image(2, replace(TINY, spines_per_um=0.0))
    assert image.spines == []
    assert not image.spine_mask.any()


def test_that_spines_straight_up_are_hidden_over_their_shaft():
    image = make_image(2, replace(TINY, elevation_sd_deg=1e6, spines_per_um=2.0))
    upright = [s for s in image.spines if s.label != "filopodia"]
    assert upright
    assert np.mean([s.is_hidden for s in upright]) > 0.5


def test_that_a_wider_aperture_shows_finer_detail():
    sharp = make_image(2, replace(TINY, optics=Optics(numerical_aperture=1.2), photons=1e4))
    dull = make_image(2, replace(TINY, optics=Optics(numerical_aperture=0.5), photons=1e4))

    def detail(image: SyntheticImage) -> float:
        plane = image.pixels[0].astype(float)
        return float(np.abs(np.diff(plane, axis=0)).max() / plane.max())

    assert detail(sharp) > 1.3 * detail(dull)


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 8},
        {"n_z": 0},
        {"pixel_um": 0.0},
        {"photons": float("nan")},
        {"bit_depth": 10},
        {"class_mix": (("ball", 1.0),)},
        {"class_mix": (("thin", 0.0),)},
    ],
)
def test_that_settings_that_make_no_image_are_refused(wrong):
    with pytest.raises(ValueError, match=r"."):
        replace(TINY, **wrong)


def test_that_optics_beyond_physics_are_refused():
    with pytest.raises(ValueError, match="aperture"):
        Optics(numerical_aperture=1.4)
    with pytest.raises(ValueError, match="Wavelengths"):
        Optics(excitation_um=0.0)
