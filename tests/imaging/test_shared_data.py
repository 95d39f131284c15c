"""Every real image at hand opens with the shape and pixel size that its data sheet states."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from spinegui.imaging.contrast import apply_window, auto_window
from spinegui.imaging.opening import is_image, open_image
from spinegui.imaging.projection import max_projection
from tests.support.shared_data import shared_data

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.imaging.source import ImageSource

SETS = ("mpfi_fullframes", "rr30a_3d", "meng_classes", "mughanibu_masks")
STACKED = "rr30a_3d"


def entries(name: str) -> list[tuple[Path, dict[str, Any]]]:
    folder = shared_data(name)
    return [
        (folder, image)
        for split in ("train.json", "val.json")
        if (folder / split).exists()
        for image in json.loads((folder / split).read_text())["images"]
    ]


def image_path(folder: Path, name: str) -> Path:
    return next(p for p in (folder / name, folder / "images" / name) if p.exists())


def check_one(source: ImageSource) -> None:
    plane = source.plane(source.n_z - 1)
    assert plane.shape == (source.height, source.width)
    assert (source.n_channels, source.n_times) == (1, 1)
    grey = apply_window(plane, *auto_window(plane))
    assert grey.max() == 255


@pytest.mark.parametrize("name", SETS)
def test_that_frames_open_with_the_size_of_their_entry(name: str) -> None:
    found = entries(name)
    assert found
    for folder, entry in found:
        with open_image(image_path(folder, entry["file_name"])) as source:
            assert (source.width, source.height) == (entry["width"], entry["height"])
            assert (source.n_z, source.dtype) == (1, np.uint8)
            check_one(source)
            if name != STACKED:
                assert source.pixel_size is None


def test_that_stacks_are_calibrated_and_project_onto_their_frames() -> None:
    found = entries(STACKED)
    assert found
    for folder, entry in found:
        with (
            open_image(folder / entry["stack"]) as source,
            open_image(image_path(folder, entry["file_name"])) as frame,
        ):
            size = source.pixel_size
            assert size is not None
            assert (size.x_um, size.y_um, size.z_um) == (0.12, 0.12, 1.0)
            assert size.source == "ImageJ"
            assert source.axes == "ZYX"
            assert source.n_z > 1
            check_one(source)
            np.testing.assert_array_equal(max_projection(source), frame.plane())


def test_that_a_16_bit_stack_opens_without_a_pixel_size() -> None:
    with open_image(shared_data("splinebox_dendrite_3d_16bit.tif")) as source:
        assert (source.n_z, source.height, source.width) == (23, 178, 308)
        assert (source.dtype, source.pixel_size) == (np.uint16, None)
        check_one(source)


def test_that_no_image_of_the_data_is_left_out() -> None:
    paths = [path for path in shared_data().rglob("*") if path.is_file() and is_image(path)]
    assert paths
    for path in paths:
        with open_image(path) as source:
            assert source.plane().any()
