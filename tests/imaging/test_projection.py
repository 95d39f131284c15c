"""The maximum projection is the brightest of the slices asked for, and can be stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from spinegui.imaging.opening import open_image
from spinegui.imaging.projection import ProjectionStoppedError, brightest, max_projection
from tests.support import images

if TYPE_CHECKING:
    from pathlib import Path

RNG = np.random.default_rng(11)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_that_each_pixel_is_the_brightest_of_its_column(
    tmp_path: Path, dtype: str, compression: str | None
) -> None:
    pixels = RNG.integers(0, 250, (2, 5, 3, 9, 16)).astype(dtype)
    path = images.write_imagej(tmp_path / "a.tif", pixels, "TZCYX", compression=compression)
    with open_image(path) as source:
        for t, c in ((0, 0), (1, 2)):
            mip = max_projection(source, c, t)
            assert mip.dtype == source.dtype
            np.testing.assert_array_equal(mip, pixels[t, :, c].max(axis=0))


def test_that_the_range_includes_both_ends_and_ends_with_the_stack(tmp_path: Path) -> None:
    pixels = RNG.integers(0, 999, (6, 9, 16)).astype(np.uint16)
    path = images.write_imagej(tmp_path / "a.tif", pixels, "ZYX")
    with open_image(path) as source:
        for asked, kept in (((1, 3), (1, 4)), ((2, 2), (2, 3)), ((-5, 99), (0, 6))):
            np.testing.assert_array_equal(
                max_projection(source, z_range=asked), pixels[slice(*kept)].max(axis=0)
            )
        for empty in ((3, 2), (6, 9), (-4, -1)):
            with pytest.raises(ValueError, match="slices"):
                max_projection(source, z_range=empty)


def test_that_missing_values_do_not_hide_the_rest(tmp_path: Path) -> None:
    pixels = np.array([[[np.nan, 1.0, np.nan]], [[2.0, np.nan, np.nan]]], np.float32)
    path = images.write_plain(tmp_path / "a.tif", pixels)
    with open_image(path) as source:
        np.testing.assert_array_equal(max_projection(source), [[2.0, 1.0, np.nan]])


def test_that_the_projection_of_one_plane_is_a_copy(tmp_path: Path) -> None:
    pixels = images.numbered((1, 9, 16))
    path = images.write_plain(tmp_path / "a.tif", pixels)
    with open_image(path) as source:
        mip = max_projection(source)
        mip[0, 0] = 77
        np.testing.assert_array_equal(source.plane(), pixels[0])


def test_that_progress_is_told_after_each_slice(tmp_path: Path) -> None:
    path = images.write_plain(tmp_path / "a.tif", images.numbered((4, 9, 16)))
    told: list[tuple[int, int]] = []
    with open_image(path) as source:
        max_projection(
            source, z_range=(1, 3), on_progress=lambda done, total: told.append((done, total))
        )
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_that_a_stop_is_heeded_before_the_next_slice(tmp_path: Path) -> None:
    path = images.write_plain(tmp_path / "a.tif", images.numbered((4, 9, 16)))
    done: list[int] = []
    with open_image(path) as source, pytest.raises(ProjectionStoppedError):
        max_projection(
            source,
            on_progress=lambda n, _: done.append(n),
            should_stop=lambda: len(done) == 2,
        )
    assert done == [1, 2]


@given(
    hnp.arrays(
        st.sampled_from([np.uint8, np.uint16, np.float32]),
        hnp.array_shapes(min_dims=3, max_dims=3, max_side=6),
        elements=st.integers(0, 200),
    )
)
def test_that_a_slab_is_the_brightest_of_its_planes_in_whatever_order(stack: np.ndarray) -> None:
    assert np.array_equal(brightest(list(stack)), stack.max(axis=0))
    assert np.array_equal(brightest(list(stack[::-1])), stack.max(axis=0))


def test_that_a_large_slab_passes_over_missing_values_and_one_of_nothing_is_refused() -> None:
    planes = RNG.random((3, 700, 400)).astype(np.float32)
    planes[0, 5, 5] = np.nan
    assert np.array_equal(brightest(list(planes)), np.fmax.reduce(planes))
    with pytest.raises(ValueError, match="no planes"):
        brightest([])
