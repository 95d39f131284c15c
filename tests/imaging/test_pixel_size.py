"""A pixel size is read where a microscope wrote it, and is unknown everywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from spinegui.imaging.opening import open_image
from spinegui.imaging.pixel_size import plain_pixel_size, um_per
from tests.support import images

if TYPE_CHECKING:
    from pathlib import Path

PLANE = images.numbered((1, 12, 16))
Known = tuple[float, float, float | None, str] | None


def size_of(path: Path) -> Known:
    with open_image(path) as source:
        size = source.pixel_size
    return None if size is None else (size.x_um, size.y_um, size.z_um, size.source)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"PhysicalSizeX": 0.1, "PhysicalSizeY": 0.2}, (0.1, 0.2, None, "OME")),
        (
            {"PhysicalSizeX": 80, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 0.08},
            (0.08, 0.08, None, "OME"),
        ),
        (
            {
                "PhysicalSizeX": 1e-7,
                "PhysicalSizeXUnit": "m",
                "PhysicalSizeY": 1e-4,
                "PhysicalSizeYUnit": "mm",
                "PhysicalSizeZ": 5000,
                "PhysicalSizeZUnit": "Å",
            },
            (0.1, 0.1, 0.5, "OME"),
        ),
        ({"PhysicalSizeX": 0.1, "PhysicalSizeY": 0.1, "PhysicalSizeZ": 0}, (0.1, 0.1, None, "OME")),
        ({"PhysicalSizeX": 0, "PhysicalSizeY": 0}, None),
        ({"PhysicalSizeX": -0.1, "PhysicalSizeY": 0.1}, None),
        ({"PhysicalSizeX": 101, "PhysicalSizeY": 101}, None),
        ({"PhysicalSizeX": float("nan"), "PhysicalSizeY": 0.1}, None),
        ({"PhysicalSizeX": 0.1}, None),
        (
            {
                "PhysicalSizeX": 1,
                "PhysicalSizeXUnit": "pixel",
                "PhysicalSizeY": 1,
                "PhysicalSizeYUnit": "reference frame",
            },
            None,
        ),
        ({}, None),
    ],
)
def test_that_ome_sizes_are_read_each_with_its_unit(
    tmp_path: Path, declared: dict[str, Any], expected: Known
) -> None:
    path = images.write_ome(tmp_path / "a.ome.tif", PLANE[0], "YX", sizes=declared)
    assert size_of(path) == expected


@pytest.mark.parametrize(
    ("per_unit", "metadata", "expected"),
    [
        ((10, 5), {"unit": "um", "spacing": 0.5}, (0.1, 0.2, 0.5, "ImageJ")),
        ((10, 10), {"unit": "micron"}, (0.1, 0.1, None, "ImageJ")),
        ((10, 10), {"unit": "\\u00B5m", "spacing": 1.0}, (0.1, 0.1, 1.0, "ImageJ")),
        ((0.01, 0.01), {"unit": "nm", "spacing": 500}, (0.1, 0.1, 0.5, "ImageJ")),
        (
            (10, 0.01),
            {"unit": "um", "yunit": "nm", "zunit": "mm", "spacing": 0.0005},
            (0.1, 0.1, 0.5, "ImageJ"),
        ),
        ((10, 10), {"unit": "um", "spacing": -1.0}, (0.1, 0.1, None, "ImageJ")),
        ((10, 10), {"unit": "um", "spacing": "nan"}, (0.1, 0.1, None, "ImageJ")),
        ((10, 10), {"unit": "pixel", "spacing": 1.0}, None),
        ((10, 10), {"unit": "", "spacing": 1.0}, None),
        ((10, 10), {"spacing": 1.0}, None),
        ((0.001, 0.001), {"unit": "um"}, None),
        # What ImageJ writes of a plain TIFF that it opened: dots per inch.
        ((300, 300), {"unit": "inch"}, None),
        ((118.11, 118.11), {"unit": "cm"}, None),
        ((100_000, 100_000), {"unit": "cm"}, (0.1, 0.1, None, "ImageJ")),
    ],
)
def test_that_imagej_calibration_is_read_with_its_unit(
    tmp_path: Path, per_unit: tuple[float, float], metadata: dict[str, Any], expected: Known
) -> None:
    path = images.write_imagej(
        tmp_path / "a.tif", PLANE[0], "YX", per_unit=per_unit, metadata=metadata
    )
    assert size_of(path) == expected


def test_that_a_resolution_of_zero_is_unknown(tmp_path: Path) -> None:
    path = images.write_imagej(
        tmp_path / "a.tif", PLANE[0], "YX", per_unit=(10, 10), metadata={"unit": "um"}
    )
    images.overwrite_tags(path, XResolution=(0, 1))
    assert size_of(path) is None
    images.overwrite_tags(path, XResolution=(10, 0))
    assert size_of(path) is None


def test_that_an_lsm_gives_its_size_in_metres(tmp_path: Path) -> None:
    stack = images.numbered((2, 3, 12, 16), "uint8")
    path = images.write_lsm(tmp_path / "a.lsm", stack, (0.05, 0.06, 0.3))
    assert size_of(path) == (0.05, 0.06, 0.3, "LSM")


def test_that_an_lsm_without_a_size_is_unknown(tmp_path: Path) -> None:
    stack = images.numbered((2, 3, 12, 16), "uint8")
    assert size_of(images.write_lsm(tmp_path / "a.lsm", stack, (0.0, 0.0, 0.0))) is None


@pytest.mark.parametrize(
    ("resolution", "unit", "expected"),
    [
        ((100_000, 50_000), "CENTIMETER", (0.1, 0.2, None, "TIFF resolution")),
        ((254_000, 254_000), "INCH", (0.1, 0.1, None, "TIFF resolution")),
        ((10, 10), "NONE", None),
        ((1, 1), "INCH", None),
        ((72, 72), "INCH", None),
        ((96, 96), "INCH", None),
        ((150, 150), "INCH", None),
        ((300, 300), "INCH", None),
        ((600, 600), "INCH", None),
        ((1200, 1200), "INCH", None),
        ((118.11, 118.11), "CENTIMETER", None),
        ((236.22, 236.22), "CENTIMETER", None),
        ((28.35, 28.35), "CENTIMETER", None),
        ((254_000, 300), "INCH", None),
    ],
)
def test_that_a_plain_resolution_counts_unless_it_is_one_of_a_screen(
    tmp_path: Path, resolution: tuple[float, float], unit: str, expected: Known
) -> None:
    path = images.write_plain(tmp_path / "a.tif", PLANE, resolution=resolution, resolutionunit=unit)
    assert size_of(path) == expected


def test_that_a_plain_tiff_without_tags_is_unknown(tmp_path: Path) -> None:
    assert size_of(images.write_plain(tmp_path / "a.tif", PLANE)) is None
    assert plain_pixel_size(None, None, 2) is None
    assert plain_pixel_size(254_000.0, 254_000.0, "2") is None


def test_that_ome_outranks_the_resolution_tags(tmp_path: Path) -> None:
    options = {"resolution": (50_000, 50_000), "resolutionunit": "CENTIMETER"}
    sizes = {"PhysicalSizeX": 0.1, "PhysicalSizeY": 0.1}
    path = images.write_ome(tmp_path / "a.ome.tif", PLANE[0], "YX", sizes=sizes, **options)
    assert size_of(path) == (0.1, 0.1, None, "OME")
    path = images.write_ome(tmp_path / "b.ome.tif", PLANE[0], "YX", **options)
    assert size_of(path) == (0.2, 0.2, None, "TIFF resolution")


def test_that_broken_metadata_leave_the_size_unknown_and_the_pixels_readable(
    tmp_path: Path,
) -> None:
    xml = images.ome_xml((16, 12, 1, 1, 1), "uint16", "XYZCT", [], PhysicalSizeX="0.1 micro")
    path = images.write_described(tmp_path / "a.ome.tif", PLANE, xml)
    assert size_of(path) is None


@pytest.mark.parametrize(
    ("unit", "um"),
    [
        ("um", 1.0),
        ("µm", 1.0),
        ("μm", 1.0),
        ("\\u00B5m", 1.0),
        ("\\u00b5m", 1.0),
        ("Âµm", 1.0),
        ("micron", 1.0),
        ("Microns", 1.0),
        ("micrometer", 1.0),
        ("micrometres", 1.0),
        ("nm", 1e-3),
        ("mm", 1e3),
        ("cm", 1e4),
        ("inches", 25_400.0),
        ("inch", 25_400.0),
        ("pixel", None),
        ("pixels", None),
        ("", None),
        ("furlong", None),
        (None, None),
        (3, None),
    ],
)
def test_that_a_unit_is_known_by_all_its_spellings(unit: object, um: float | None) -> None:
    assert um_per(unit) == um
