"""Rendering and optics: dye is conserved, blur is the one asked for, noise is the camera's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kurtosis

from spinegui.synthesis.beads import Beads
from spinegui.synthesis.noise import digitise, expose
from spinegui.synthesis.optics import blur_planes, psf_sigmas, soft_sigma, z_weights
from spinegui.synthesis.render import Grid, add_density, paint_labels
from spinegui.synthesis.settings import TINY, Optics


def grid() -> Grid:
    lateral = (np.arange(64) + 0.5) * 0.08
    return Grid(np.arange(26) * 0.2, lateral, lateral)


def rod(radius: float) -> Beads:
    x = np.arange(1.0, 4.01, 0.05)
    centers = np.column_stack([np.full_like(x, 2.53), np.full_like(x, 2.56), x])
    return Beads.plain(centers, np.full(len(x), radius))


@pytest.mark.parametrize("radius", [0.06, 0.1, 0.2, 0.4])
def test_that_a_rod_holds_the_dye_of_its_cross_section(radius):
    target = grid()
    volume = np.zeros(target.shape, np.float32)
    add_density(volume, target, rod(radius))
    in_the_middle = volume[:, :, 25:40].sum() * 0.2 * 0.08 * 0.08
    assert in_the_middle == pytest.approx(np.pi * radius**2 * 15 * 0.08, rel=0.2)


def test_that_solids_off_the_grid_draw_nothing():
    target = grid()
    volume = np.zeros(target.shape, np.float32)
    far = Beads.plain(np.array([[2.0, 90.0, 90.0]]), np.array([0.5]))
    add_density(volume, target, far)
    assert not volume.any()
    assert not paint_labels(target, [far], 0.1).any()


def test_that_a_neck_between_two_slices_stays_in_one_piece():
    target = Grid(np.array([2.0, 3.0]), grid().y_um, grid().x_um)
    mask = paint_labels(target, [rod(0.06)], 0.5)
    columns = (mask > 0).any(axis=(0, 1))
    assert columns[14:49].all()


def test_that_a_projection_masks_all_depths():
    target = Grid(np.array([50.0]), grid().y_um, grid().x_um)
    assert paint_labels(target, [rod(0.2)], np.inf).any()


def test_that_two_photon_blur_is_as_published():
    # Zipfel et al. 2003: at NA 1.0 and 920 nm the 1/e radii of the squared intensity are
    # 0.211 µm across and 0.75 µm along the axis.
    axial, lateral = psf_sigmas(Optics("two_photon", 0.92, 0.52, 1.0, 1.33))
    assert lateral * np.sqrt(2) == pytest.approx(0.211, abs=0.002)
    assert axial * np.sqrt(2) == pytest.approx(0.762, abs=0.02)


def test_that_low_apertures_use_their_own_fit():
    lateral = psf_sigmas(Optics(numerical_aperture=0.5))[1]
    assert lateral == pytest.approx(0.320 * 0.92 / (2 * 0.5))


def test_that_confocal_blur_is_below_the_widefield_one():
    axial, lateral = psf_sigmas(Optics("confocal", 0.488, 0.52, 1.3, 1.518))
    assert lateral < 0.225 * 0.488 / 1.3
    assert axial / lateral == pytest.approx(0.78 / 0.225 * 1.518 / 1.3)


def test_that_blur_spreads_a_point_by_its_sigmas():
    fine = np.arange(41) * 0.1
    density = np.zeros((41, 65, 65), np.float32)
    density[20, 32, 32] = 1.0
    planes_um = np.arange(1.0, 3.01, 0.25)
    planes = blur_planes(density, z_weights(planes_um, fine, 0.4), 3.0)
    x = np.arange(65) - 32
    across = planes.sum(axis=(0, 1))
    assert np.sqrt((across * x**2).sum() / across.sum()) == pytest.approx(3.0, rel=0.03)
    along = planes.sum(axis=(1, 2))
    expected = np.exp(-0.5 * ((planes_um - 2.0) / 0.4) ** 2)
    assert along / along.max() == pytest.approx(expected / expected.max(), abs=1e-3)


def test_that_soft_edges_count_as_part_of_the_blur():
    assert soft_sigma(0.2, 0.2) == pytest.approx(np.sqrt(0.2**2 - 0.2**2 / 12))
    assert soft_sigma(0.05, 10.0) > 0


def test_that_noise_is_shot_noise_plus_read_noise():
    settings = replace(TINY, photons=100.0, read_noise=3.0)
    counted = expose(np.random.default_rng(0), np.full((1, 300, 300), 0.5, np.float32), settings)
    assert counted.mean() == pytest.approx(50, abs=0.2)
    assert counted.var() == pytest.approx(50 + 9, rel=0.03)
    assert abs(kurtosis(counted.ravel())) < 0.2


def test_that_digits_clip_instead_of_wrapping():
    settings = replace(TINY, photons=100.0)
    counted = np.array([[[-1e4, 0.0, 1e9]]], np.float32)
    for bits, top in ((8, 255), (12, 4095), (16, 65535)):
        values = digitise(counted, replace(settings, bit_depth=bits))[0, 0]
        assert values[0] == 0
        assert 0 < values[1] < top / 20
        assert values[2] == top
