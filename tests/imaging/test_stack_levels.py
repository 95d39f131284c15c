"""A stack is looked over before it is shown: one contrast for all, and where to open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.imaging.opening import open_image
from spinegui.imaging.stack_levels import stack_levels
from tests.support import images

if TYPE_CHECKING:
    from pathlib import Path


def stack(path: Path, bright: int | None, n: int = 20) -> Path:
    pixels = np.random.default_rng(2).integers(0, 50, (n, 32, 32)).astype(np.uint16)
    if bright is not None:
        pixels[bright, 10:20, 10:20] += 900
    return images.write_imagej(path, pixels, "ZYX")


def test_that_the_slice_with_clearly_most_contrast_is_found(tmp_path: Path) -> None:
    with open_image(stack(tmp_path / "a.tif", 5)) as source:
        found = stack_levels(source, 0, 0)
    assert found is not None
    assert found.z == 5
    assert found.window[1] > 800


def test_that_a_stack_without_such_a_slice_opens_in_its_middle(tmp_path: Path) -> None:
    with open_image(stack(tmp_path / "a.tif", None)) as source:
        found = stack_levels(source, 0, 0)
    assert found is not None
    assert found.z == 10


def test_that_damaged_slices_are_passed_over(tmp_path: Path) -> None:
    pixels = np.random.default_rng(2).integers(0, 50, (5, 32, 32)).astype(np.uint16)
    path = images.write_plain(tmp_path / "a.tif", pixels, compression="zlib")
    for number in range(5):
        with open_image(images.blank_page(path, number)) as source:
            found = stack_levels(source, 0, 0)
            assert (found is None) == (number == 4)
