"""Crops from many images: where they are cut, and with which contrast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from spinegui.imaging.contrast import apply_window, auto_window
from spinegui.imaging.crop_rings import sample_rings
from spinegui.imaging.crops import MOST_OPEN, CropReader, Place, cut_square
from spinegui.imaging.source import ImageReadError
from tests.support.images import write_imagej, write_plain

if TYPE_CHECKING:
    from pathlib import Path

PLANE = np.arange(60 * 80, dtype=np.uint16).reshape(60, 80)


@given(st.floats(-40, 120), st.floats(-40, 100), st.floats(0.5, 90))
def test_that_a_cut_holds_the_square_and_is_zero_off_the_image(x, y, side) -> None:
    cut = cut_square(PLANE, x, y, side)
    height, width = cut.pixels.shape
    assert cut.left <= x - side / 2
    assert cut.left + width >= x + side / 2
    assert cut.top <= y - side / 2
    assert cut.top + height >= y + side / 2
    padded = np.pad(PLANE, 200)
    expected = padded[200 + cut.top : 200 + cut.top + height, 200 + cut.left :][:, :width]
    assert np.array_equal(cut.pixels, expected)


def test_that_a_crop_has_the_contrast_of_its_image(tmp_path: Path) -> None:
    file = write_plain(tmp_path / "a.tif", PLANE)
    reader = CropReader()
    found = reader.grey(Place(str(file), 40, 30, 10))
    expected = apply_window(cut_square(PLANE, 40, 30, 10).pixels, *auto_window(PLANE))
    assert np.array_equal(found.pixels, expected)
    reader.close()


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(0).integers(0, 900, (5, 40, 50)).astype(np.uint16)
    return write_imagej(tmp_path / "stack.tif", pixels, "ZYX")


def test_that_a_stack_gives_its_slice_or_the_maximum_of_all(stack: Path) -> None:
    import tifffile

    pixels = tifffile.imread(stack)
    reader = CropReader()
    place = Place(str(stack), 20, 20, 8, z=3)
    assert np.array_equal(reader.values(place).pixels, cut_square(pixels[3], 20, 20, 8).pixels)
    flat = reader.values(place._replace(z=None)).pixels
    assert np.array_equal(flat, cut_square(pixels.max(axis=0), 20, 20, 8).pixels)
    beyond = reader.values(place._replace(z=99)).pixels
    assert np.array_equal(beyond, cut_square(pixels[4], 20, 20, 8).pixels)
    reader.close()


def test_that_few_files_stay_open(tmp_path: Path) -> None:
    reader = CropReader()
    for i in range(MOST_OPEN + 3):
        file = write_plain(tmp_path / f"{i}.tif", PLANE)
        reader.grey(Place(str(file), 20, 20, 8))
    assert len(reader._sources) == MOST_OPEN
    reader.close()
    assert not reader._sources


def test_that_a_file_that_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(ImageReadError, match="no file"):
        CropReader().grey(Place(str(tmp_path / "gone.tif"), 5, 5, 4))


def test_that_rings_read_between_pixels(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(50, dtype=np.float32), (40, 1))
    place = Place(str(tmp_path), 20.25, 17.5, 12)
    x = np.array([[-1.0, 0.0, 0.5]])
    found = sample_rings(cut_square(ramp, place.x, place.y, place.side), place, (x, x * 0))
    # The centre of pixel 0 is at 0.5, so the ramp's value at x is x - 0.5.
    assert found == pytest.approx(np.array([[13.75, 19.75, 22.75]]))
