"""Cuts along z are the stack's own voxels, read without the rest where the file allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from spinegui.imaging.opening import open_image
from spinegui.imaging.sections import SectionReader
from tests.support import images

if TYPE_CHECKING:
    from pathlib import Path

PIXELS = images.numbered((2, 5, 3, 12, 17))  # T Z C Y X


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_that_both_cuts_go_through_the_point(tmp_path: Path, compression: str | None) -> None:
    path = images.write_imagej(tmp_path / "a.tif", PIXELS, "TZCYX", compression=compression)
    with open_image(path) as source:
        assert source.is_mapped == (compression is None)
        reader = SectionReader(source, (0, 2), 1, 10**6)
        while not reader.is_complete:
            reader.read_slice()
        cuts = reader.cuts(7, 4)
    assert sorted(cuts) == [0, 2]
    for channel, cut in cuts.items():
        np.testing.assert_array_equal(cut.xz, PIXELS[1, :, channel, 4, :])
        np.testing.assert_array_equal(cut.yz, PIXELS[1, :, channel, :, 7])


def test_that_what_is_not_read_yet_is_dark(tmp_path: Path) -> None:
    pixels = PIXELS[0, :, 0] + 1
    path = images.write_plain(tmp_path / "a.tif", pixels, compression="zlib")
    with open_image(path) as source:
        reader = SectionReader(source, (0,), 0, 10**6)
        reader.read_slice()
        reader.read_slice()
        cut = reader.cuts(3, 3)[0]
    assert (reader.n_read, reader.is_complete) == (2, False)
    np.testing.assert_array_equal(cut.xz[:2], pixels[:2, 3, :])
    assert not cut.xz[2:].any()


def test_that_a_compressed_stack_larger_than_the_memory_keeps_every_nth_pixel(
    tmp_path: Path,
) -> None:
    pixels = PIXELS[0, :, 0]
    path = images.write_plain(tmp_path / "a.tif", pixels, compression="zlib")
    with open_image(path) as source:
        reader = SectionReader(source, (0,), 0, pixels.nbytes // 3)
        while not reader.is_complete:
            reader.read_slice()
        cut = reader.cuts(9, 5)[0]
    assert reader.step == 2
    assert (cut.xz.shape, cut.yz.shape) == ((5, 17), (5, 12))
    np.testing.assert_array_equal(cut.xz[:, ::2], pixels[:, 4, ::2])
    np.testing.assert_array_equal(cut.xz[:, 1::2], pixels[:, 4, :-1:2])


@pytest.mark.parametrize("axes", ["TZCYX", "ZTCYX", "TCZYX", "CZTYX"])
def test_that_a_cut_is_part_of_every_slice_whatever_the_order_of_the_axes(
    tmp_path: Path, axes: str
) -> None:
    pixels = PIXELS.transpose(["TZCYX".index(axis) for axis in axes])
    path = images.write_ome(tmp_path / "a.ome.tif", pixels, axes)
    with open_image(path) as source:
        cut = source.cut(2, 1, slice(3, 6), slice(1, None, 4))
    np.testing.assert_array_equal(cut, PIXELS[1, :, 2, 3:6, 1::4])


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"byteorder": ">"}])
def test_that_a_cut_is_the_same_however_the_pixels_lie(tmp_path: Path, options: dict) -> None:
    path = images.write_plain(tmp_path / "a.tif", PIXELS[0, :, 0], **options)
    with open_image(path) as source:
        cut = source.cut(0, 0, slice(3, 6), slice(None))
    np.testing.assert_array_equal(cut, PIXELS[0, :, 0, 3:6])
    with open_image(images.write_plain(tmp_path / "b.tif", PIXELS[0, 0, 0])) as flat:
        assert flat.cut(0, 0, slice(0, 2), slice(0, 3)).shape == (1, 2, 3)
