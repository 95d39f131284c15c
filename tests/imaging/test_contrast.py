"""Contrast finds a window for any pixels and maps them onto the greys of a screen."""

from __future__ import annotations

import numpy as np
import pytest

from spinegui.imaging.contrast import apply_window, auto_window, histogram

TYPES = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64", "bool")


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32", "float32"])
def test_that_the_window_follows_the_percentiles(dtype: str) -> None:
    rng = np.random.default_rng(3)
    plane = rng.gamma(4.0, 8.0, (700, 900)).clip(0, 250).astype(dtype)
    lo, hi = auto_window(plane)
    expected = np.percentile(plane, [0.1, 99.8])
    assert abs(lo - expected[0]) <= 1.5
    assert abs(hi - expected[1]) <= 3.0


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("value", [0, 1, 100])
def test_that_a_constant_plane_gets_a_window_and_turns_black(dtype: str, value: int) -> None:
    plane = np.full((20, 30), value).astype(dtype)
    lo, hi = auto_window(plane)
    assert lo < hi
    assert lo == float(plane[0, 0])
    assert not apply_window(plane, lo, hi).any()


def test_that_a_dendrite_cut_out_onto_black_shows() -> None:
    plane = np.zeros((1024, 1024), np.uint8)
    plane[501, 400:900] = np.arange(500) % 100 + 100
    lo, hi = auto_window(plane)
    assert lo == 0
    assert 180 <= hi <= 199


def test_that_a_lone_bright_pixel_shows() -> None:
    plane = np.full((2048, 2048), 7, np.uint16)
    plane[1001, 1003] = 900
    assert auto_window(plane) == (7.0, 900.0)


def test_that_invalid_pixels_do_not_count() -> None:
    plane = np.linspace(0, 1, 10_000, dtype=np.float32).reshape(100, 100)
    expected = auto_window(plane)
    plane = np.concatenate([plane, np.full((9, 100), np.nan, np.float32)])
    plane = np.concatenate([plane, np.full((9, 100), np.inf, np.float32)])
    plane = np.concatenate([plane, np.full((9, 100), -np.inf, np.float32)])
    assert auto_window(plane) == pytest.approx(expected)
    counts, edges = histogram(plane)
    assert counts.sum() == 10_000
    assert (edges[0], edges[-1]) == (0.0, 1.0)


def test_that_a_plane_of_nothing_valid_still_has_a_window() -> None:
    plane = np.full((9, 9), np.nan, np.float32)
    assert auto_window(plane) == (0.0, 1.0)
    assert not apply_window(plane, 0.0, 1.0).any()
    assert histogram(plane)[0].sum() == 0


@pytest.mark.parametrize("dtype", TYPES)
def test_that_the_window_ends_at_black_and_white(dtype: str) -> None:
    plane = np.array([[0, 1, 50, 75, 100, 120]]).astype(dtype)
    grey = apply_window(plane, 50.0, 100.0)
    assert grey.dtype == np.uint8
    if dtype == "bool":
        assert grey.tolist() == [[0] * 6]
    else:
        assert grey.tolist() == [[0, 0, 0, 128, 255, 255]]


def test_that_big_endian_pixels_show_as_their_own_values() -> None:
    plane = np.array([[0, 256, 512, 1024]], ">u2")
    assert apply_window(plane, 0, 1024).tolist() == [[0, 64, 128, 255]]


def test_that_infinite_pixels_are_black_and_white_and_nan_is_black() -> None:
    plane = np.array([[-np.inf, np.nan, np.inf]], np.float32)
    assert apply_window(plane, 0.0, 1.0).tolist() == [[0, 0, 255]]


def test_that_gamma_below_one_brightens() -> None:
    plane = np.array([[0, 64, 128, 255]], np.uint8)
    dark, plain, bright = (apply_window(plane, 0, 255, gamma) for gamma in (2.0, 1.0, 0.5))
    assert plain.tolist() == plane.tolist()
    assert dark[0, 1] < plain[0, 1] < bright[0, 1]
    assert dark[0, [0, 3]].tolist() == bright[0, [0, 3]].tolist() == [0, 255]


def test_that_a_window_without_width_is_a_threshold() -> None:
    plane = np.array([[4, 5, 6]], np.uint16)
    assert apply_window(plane, 5.0, 5.0).tolist() == [[0, 0, 255]]


@pytest.mark.parametrize(
    "window", [(1.0, 0.0, 1.0), (0.0, np.nan, 1.0), (0.0, np.inf, 1.0), (0.0, 1.0, 0.0)]
)
def test_that_an_impossible_window_is_refused(window: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="cannot be shown"):
        apply_window(np.zeros((2, 2), np.uint8), *window)


def test_that_showing_leaves_the_pixels_alone() -> None:
    for dtype in TYPES:
        plane = np.arange(64).reshape(8, 8).astype(dtype)
        plane.flags.writeable = False
        auto_window(plane)
        apply_window(plane, 3.0, 20.0, 0.8)
        histogram(plane)


def test_that_a_histogram_of_8_bits_counts_each_value() -> None:
    plane = np.arange(256, dtype=np.uint8).reshape(16, 16)
    counts, edges = histogram(plane)
    assert counts.tolist() == [1] * 256
    assert (edges[0], edges[-1]) == (-0.5, 255.5)


def test_that_the_histogram_of_a_large_plane_is_of_a_sample() -> None:
    plane = np.arange(4096 * 2048, dtype=np.uint32).reshape(2048, 4096)
    counts, edges = histogram(plane, bins=64)
    assert len(edges) == 65
    assert 100_000 < counts.sum() <= 2**18
    assert counts.min() > 0.9 * counts.mean()
