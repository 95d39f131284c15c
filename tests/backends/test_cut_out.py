"""Dendrites cut out onto black: scale from the outline, scores that promise less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import ndimage as ndi

from spinegui.backends.base import Frame
from spinegui.backends.classical import cut_out
from spinegui.backends.classical.scale import HEAD_UM, is_cut_out
from tests.backends.detection import scene, shipped

if TYPE_CHECKING:
    from spinegui.synthesis.scene import SyntheticImage


def blackened(image: SyntheticImage) -> np.ndarray:
    """Cut the dendrites out as a person would, a little beyond their edge, on a larger black."""
    inside = (image.spine_mask.max(axis=0) > 0) | image.shaft_mask.max(axis=0)
    around = ndi.binary_dilation(inside, iterations=2)
    plane = np.where(around, np.maximum(image.pixels[0], 1), 0)
    return np.pad(plane, 300)


def test_that_an_image_with_background_is_not_taken_for_a_cut_out_one() -> None:
    image = scene(0)
    assert not is_cut_out(image.pixels[0])
    assert is_cut_out(blackened(image))


@pytest.mark.parametrize("seed", [0, 1])
def test_that_the_outline_tells_the_scale(seed: int) -> None:
    image = scene(seed)
    expected = HEAD_UM / image.pixel_size.x_um
    assert expected / 1.6 < cut_out.head_px(blackened(image)) < expected * 1.6


def test_that_the_scale_follows_the_zoom() -> None:
    plane = blackened(scene(0))
    twice = np.kron(plane, np.ones((2, 2), plane.dtype))
    assert cut_out.head_px(twice) == pytest.approx(2 * cut_out.head_px(plane), rel=0.15)


def test_that_calibrating_keeps_the_order_and_lowers_the_middle() -> None:
    scores = np.linspace(0, 1, 11)
    calibrated = cut_out.calibrated(scores)
    assert (np.diff(calibrated) > 0).all()
    assert calibrated[5] < 0.5


def test_that_a_black_image_holds_no_spine() -> None:
    frame = Frame(np.zeros((1, 64, 64), np.uint8), None)
    assert shipped().head_px(frame) > 0
