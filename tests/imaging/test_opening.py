"""Every kind of image opens with its planes in place, whatever the order of its axes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from spinegui.imaging.opening import image_ref, is_image, open_image
from tests.support import images

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.imaging.source import ImageSource


def all_planes(source: ImageSource) -> NDArray[Any]:
    """Every plane as (T, Z, C, Y, X)."""
    return np.array(
        [
            [[source.plane(z, c, t) for c in range(source.n_channels)] for z in range(source.n_z)]
            for t in range(source.n_times)
        ]
    )


def as_tzcyx(pixels: NDArray[Any], axes: str) -> NDArray[Any]:
    missing = [axis for axis in "TZCYX" if axis not in axes]
    order = "".join(missing) + axes
    return pixels.reshape((1,) * len(missing) + pixels.shape).transpose(
        [order.index(axis) for axis in "TZCYX"]
    )


def assert_holds(path: Path, expected_tzcyx: NDArray[Any]) -> None:
    with open_image(path) as source:
        n_t, n_z, n_c, height, width = expected_tzcyx.shape
        assert (source.n_times, source.n_z, source.n_channels) == (n_t, n_z, n_c)
        assert (source.height, source.width) == (height, width)
        planes = all_planes(source)
        assert planes.dtype == source.dtype
        assert source.dtype.isnative
        np.testing.assert_array_equal(planes, expected_tzcyx)
        np.testing.assert_array_equal(
            source.volume(n_c - 1, n_t - 1), expected_tzcyx[n_t - 1, :, n_c - 1]
        )


SHAPES = {"Y": 11, "X": 17, "Z": 3, "C": 2, "T": 4}


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("axes", ["YX", "ZYX", "CYX", "TYX", "TZCYX"])
def test_that_imagej_files_of_every_axis_and_type_open(
    tmp_path: Path, axes: str, dtype: str, compression: str | None
) -> None:
    pixels = images.numbered(tuple(SHAPES[a] for a in axes), dtype)
    path = images.write_imagej(tmp_path / "a.tif", pixels, axes, compression=compression)
    assert_holds(path, as_tzcyx(pixels, axes))


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize(
    "axes", ["YX", "ZYX", "CZYX", "ZCYX", "TCZYX", "TZCYX", "ZTCYX", "CTZYX", "ZCTYX", "CZTYX"]
)
def test_that_ome_files_of_every_axis_order_open(
    tmp_path: Path, axes: str, compression: str | None
) -> None:
    pixels = images.numbered(tuple(SHAPES[a] for a in axes))
    path = images.write_ome(tmp_path / "a.ome.tif", pixels, axes, compression=compression)
    assert_holds(path, as_tzcyx(pixels, axes))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"bigtiff": True},
        {"byteorder": ">"},
        {"byteorder": ">", "compression": "zlib", "predictor": True},
        {"compression": "lzma"},
        {"tile": (16, 16)},
        {"tile": (16, 16), "compression": "zlib", "byteorder": ">"},
        {"rowsperstrip": 3},
        {"rowsperstrip": 3, "compression": "packbits"},
    ],
    ids=str,
)
def test_that_plain_pages_are_slices_however_they_are_stored(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    pixels = images.numbered((3, 19, 23))
    path = images.write_plain(tmp_path / "a.tif", pixels, **options)
    assert_holds(path, as_tzcyx(pixels, "ZYX"))


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("int8", "int8"),
        ("int16", "int16"),
        ("uint32", "uint32"),
        ("int32", "int32"),
        ("float64", "float64"),
        ("float16", "float32"),
        ("bool", "uint8"),
    ],
)
def test_that_less_common_pixel_types_open(tmp_path: Path, stored: str, shown: str) -> None:
    pixels = images.numbered((1, 9, 16), stored)
    path = images.write_plain(tmp_path / "a.tif", pixels)
    assert_holds(path, as_tzcyx(pixels.astype(shown), "ZYX"))
    with open_image(path) as source:
        assert source.dtype.name == shown


@pytest.mark.parametrize("planarconfig", ["contig", "separate"])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_that_colours_are_channels(
    tmp_path: Path, planarconfig: str, compression: str | None
) -> None:
    pixels = images.numbered((3, 12, 14), "uint8")
    stored = np.moveaxis(pixels, 0, -1) if planarconfig == "contig" else pixels
    path = tmp_path / "rgb.tif"
    tifffile.imwrite(
        path, stored, photometric="rgb", planarconfig=planarconfig, compression=compression
    )
    assert_holds(path, as_tzcyx(pixels, "CYX"))


def test_that_an_lsm_shows_its_slices_and_channels_but_no_thumbnail(tmp_path: Path) -> None:
    pixels = images.numbered((4, 3, 12, 14), "uint8")
    path = images.write_lsm(tmp_path / "a.lsm", pixels, (0.05, 0.06, 0.3))
    assert_holds(path, as_tzcyx(pixels, "ZCYX"))


def test_that_an_ome_image_split_over_two_files_opens_from_either(tmp_path: Path) -> None:
    planes = images.numbered((6, 11, 17))
    for path in images.write_ome_pair(tmp_path, planes):
        assert_holds(path, as_tzcyx(planes, "ZYX"))


@pytest.mark.logs_warning
def test_that_a_plane_never_recorded_is_black(tmp_path: Path) -> None:
    planes = images.numbered((2, 11, 17)) + 1
    blocks = [f'<TiffData IFD="{n}" FirstZ="{n}" PlaneCount="1"/>' for n in range(2)]
    xml = images.ome_xml((17, 11, 1, 3, 1), "uint16", "XYZCT", blocks)
    path = images.write_described(tmp_path / "a.ome.tif", planes, xml, compression="zlib")
    assert_holds(path, as_tzcyx(np.concatenate([planes, planes[:1] * 0]), "ZYX"))


def test_that_planes_written_in_any_order_come_out_in_theirs(tmp_path: Path) -> None:
    planes = images.numbered((3, 11, 17))
    blocks = [f'<TiffData IFD="{n}" FirstZ="{2 - n}" PlaneCount="1"/>' for n in range(3)]
    xml = images.ome_xml((17, 11, 1, 3, 1), "uint16", "XYZCT", blocks)
    path = images.write_described(tmp_path / "a.ome.tif", planes, xml)
    assert_holds(path, as_tzcyx(planes[::-1], "ZYX"))


@pytest.mark.parametrize("axes", ["YXZ", "XYZ", "ZXY", "XY"])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_that_planes_across_pages_open(tmp_path: Path, axes: str, compression: str | None) -> None:
    pixels = images.numbered(tuple(SHAPES[a] for a in axes))
    path = tmp_path / "a.tif"
    tifffile.imwrite(
        path, pixels, photometric="minisblack", metadata={"axes": axes}, compression=compression
    )
    assert_holds(path, as_tzcyx(pixels, axes))


def test_that_of_two_unnamed_axes_the_inner_is_z(tmp_path: Path) -> None:
    pixels = images.numbered((2, 3, 11, 17))
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, pixels, photometric="minisblack")
    assert_holds(path, as_tzcyx(pixels, "TZYX"))


def test_that_a_thumbnail_before_the_image_is_passed_over(tmp_path: Path) -> None:
    pixels = images.numbered((19, 23))
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(pixels[:5, :5], metadata=None)
        writer.write(pixels, metadata=None)
    assert_holds(path, as_tzcyx(pixels, "YX"))


def test_that_an_image_one_pixel_wide_opens(tmp_path: Path) -> None:
    for shape in ((1, 1), (7, 1), (1, 7)):
        pixels = images.numbered(shape)
        path = images.write_imagej(tmp_path / "a.tif", pixels, "YX")
        assert_holds(path, as_tzcyx(pixels, "YX"))


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_that_planes_are_read_only(tmp_path: Path, compression: str | None) -> None:
    path = images.write_imagej(
        tmp_path / "a.tif", images.numbered((3, 9, 9)), "ZYX", compression=compression
    )
    with open_image(path) as source, pytest.raises(ValueError, match="read-only"):
        source.plane(1)[0, 0] = 1


def test_that_a_contiguous_stack_is_mapped_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.tif"
    tifffile.memmap(
        path, shape=(2000, 512, 512), dtype="uint16", imagej=True, metadata={"axes": "ZYX"}
    ).flush()
    with open_image(path) as source:
        plane = source.plane(1999)
        assert not plane.flags.owndata
        assert plane.shape == (512, 512)


def test_that_a_plane_outlives_its_source(tmp_path: Path) -> None:
    pixels = images.numbered((3, 9, 9))
    path = images.write_imagej(tmp_path / "a.tif", pixels, "ZYX")
    with open_image(path) as source:
        plane = source.plane(2)
    np.testing.assert_array_equal(plane, pixels[2])


@pytest.mark.parametrize(("z", "c", "t"), [(3, 0, 0), (-1, 0, 0), (0, 2, 0), (0, 0, 4)])
def test_that_a_plane_beyond_the_image_is_an_index_error(
    tmp_path: Path, z: int, c: int, t: int
) -> None:
    path = images.write_imagej(tmp_path / "a.tif", images.numbered((4, 3, 2, 9, 9)), "TZCYX")
    with open_image(path) as source, pytest.raises(IndexError):
        source.plane(z, c, t)


def test_that_an_image_is_recognised_by_its_suffix() -> None:
    for name in ("a.tif", "a.TIFF", "a.ome.tif", "a.lsm", "b/c.Tif"):
        assert is_image(name)
    for name in ("a.png", "a.spine", "tif", "a.tif.txt"):
        assert not is_image(name)


def test_that_a_reference_says_which_image_is_meant(tmp_path: Path) -> None:
    pixels = images.numbered((4, 3, 2, 9, 16))
    path = images.write_imagej(
        tmp_path / "a.tif",
        pixels,
        "TZCYX",
        per_unit=(10.0, 10.0),
        metadata={"unit": "um", "spacing": 0.5},
    )
    ref = image_ref(path, image_id="i1")
    assert ref.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert ref.file_bytes == path.stat().st_size
    assert (ref.n_times, ref.n_z, ref.n_channels, ref.height, ref.width) == pixels.shape
    assert (ref.id, ref.path, ref.dtype, ref.axes) == ("i1", str(path), "uint16", "TZCYX")
    assert ref.pixel_size is not None
    assert (ref.pixel_size.x_um, ref.pixel_size.z_um) == (0.1, 0.5)
