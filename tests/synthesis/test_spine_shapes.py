"""Shapes: classes follow their rules, solids their measures, and boxes hold what is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d

from spinegui.domain.geometry import Box
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.synthesis import scene
from spinegui.synthesis.settings import FRAME, TINY
from spinegui.synthesis.shafts import grow_shafts
from spinegui.synthesis.spine_shapes import build_spine, draw_dimensions, rule_class
from spinegui.synthesis.spines import membrane_gain, place_spines
from spinegui.synthesis.truth import describe, visible_radius

BASE = np.zeros(3)
OUTWARD = np.array([0.0, 0.0, 1.0])
ALONG = np.array([0.0, 1.0, 0.0])


@given(st.integers(0, 2**32 - 1), st.sampled_from(SPINE_CLASSES.ids))
def test_that_drawn_measures_obey_the_rule_of_their_class(seed, label):
    size = draw_dimensions(np.random.default_rng(seed), label)
    assert rule_class(size.length_um, size.head_width_um) == label
    assert 0 < size.neck_width_um <= size.head_width_um
    assert size.neck_length_um == pytest.approx(
        size.length_um - size.head_length_um if label != "stubby" else 0.0, abs=1e-9
    )


@given(st.integers(0, 2**32 - 1), st.sampled_from(SPINE_CLASSES.ids))
def test_that_solids_reach_as_far_and_as_wide_as_measured(seed, label):
    rng = np.random.default_rng(seed)
    size = draw_dimensions(rng, label)
    solid = build_spine(rng, size, BASE, OUTWARD, ALONG)
    reach = (solid.beads.centers[:, 2] + solid.beads.radii).max()
    assert reach == pytest.approx(size.length_um, abs=0.12 + 0.05 * size.length_um)
    widest = 2 * solid.beads.radii.max()
    assert widest <= size.head_width_um * 1.01 or label in {"thin", "filopodia"}
    assert np.linalg.norm(solid.beads.centers - solid.head_center, axis=1).min() < 0.1
    assert np.linalg.norm(solid.tip - solid.head_center) == pytest.approx(size.head_length_um / 2)


@pytest.mark.parametrize(
    ("length", "width", "label"),
    [(2.5, 0.9, "filopodia"), (1.5, 0.7, "mushroom"), (1.0, 0.4, "thin"), (0.4, 0.5, "stubby")],
)
def test_that_the_rule_follows_risher(length, width, label):
    assert rule_class(length, width) == label


def test_that_thin_parts_are_labelled_more_densely():
    gain = membrane_gain(np.array([0.06, 0.2, 0.43]), TINY)
    assert gain[0] > gain[1] > gain[2] == pytest.approx(1.0)
    assert membrane_gain(np.array([0.06]), replace(TINY, membrane_share=0.0)) == pytest.approx(1.0)


@pytest.mark.parametrize("radius", [0.05, 0.1, 0.15, 0.2])
def test_that_the_visible_radius_of_a_thin_tube_is_that_of_its_blur(radius):
    sigma, step = 0.15, 0.002
    x = np.arange(-2, 2, step)
    profile = gaussian_filter1d(np.sqrt(np.clip(radius**2 - x**2, 0, None)), sigma / step)
    half_width = x[profile >= profile.max() / 2].max()
    assert visible_radius(np.array([radius]), sigma)[0] == pytest.approx(half_width, rel=0.1)


@pytest.mark.parametrize("radius", [0.25, 0.3, 0.4, 0.5])
def test_that_the_visible_radius_of_a_thick_tube_is_its_own(radius):
    assert visible_radius(np.array([radius]), 0.15)[0] == pytest.approx(radius, rel=0.07)


def test_that_boxes_hold_what_a_lone_spine_adds_to_the_image():
    settings = replace(FRAME, width=192, height=192, n_branches=0, spines_per_um=1.0)
    overlaps = []
    for seed in range(2):
        rng = np.random.default_rng(seed)
        shafts = grow_shafts(rng, settings)
        bare = scene._image(shafts, [], [], settings).max(axis=0)
        for spine in place_spines(rng, shafts, settings):
            truth = describe(spine, shafts, settings)
            if truth.is_hidden:
                continue
            added = scene._image(shafts, [spine], [], settings).max(axis=0) - bare
            ys, xs = np.nonzero(added > 0.3 * added.max())
            seen = Box(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
            overlaps.append(seen.iou(truth.box))
    assert len(overlaps) >= 12
    assert np.median(overlaps) > 0.65


@hypothesis_settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_that_spines_do_not_run_into_each_other(seed):
    rng = np.random.default_rng(seed)
    shafts = grow_shafts(rng, TINY)
    spines = place_spines(rng, shafts, TINY)
    for i, a in enumerate(spines):
        for b in spines[:i]:
            one, two = a.solid.beads, b.solid.beads
            apart = np.linalg.norm(one.centers[:, None, 1:] - two.centers[None, :, 1:], axis=2)
            assert (apart - one.radii[:, None] - two.radii).min() >= -0.0801


def test_that_a_spines_volume_is_counted_outside_its_shaft():
    rng = np.random.default_rng(1)
    shafts = grow_shafts(rng, TINY)
    for spine in place_spines(rng, shafts, TINY):
        beads = spine.solid.beads
        largest = 4 / 3 * np.pi * beads.radii.max() ** 3
        volume = describe(spine, shafts, TINY).volume_um3
        assert 0.15 * largest < volume < 6 * largest
