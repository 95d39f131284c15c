from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from spinegui.gui.canvas.lookup import levels, reduced

dtypes = st.sampled_from([np.uint8, np.uint16, np.int16, np.int32, np.float32, np.float64])


def grey(value, window, gamma=1.0, dtype=np.float32) -> int:
    return int(levels(np.array([[value]], dtype), window, gamma)[0, 0])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float32])
def test_that_the_window_spans_black_to_white(dtype):
    assert grey(10, (10, 110), dtype=dtype) == 0
    assert grey(110, (10, 110), dtype=dtype) == 255
    assert grey(60, (10, 110), dtype=dtype) == pytest.approx(128, abs=1)
    assert grey(0, (10, 110), dtype=dtype) == 0
    assert grey(120, (10, 110), dtype=dtype) == 255


@pytest.mark.parametrize(
    ("value", "shade"), [(np.nan, 0), (np.inf, 255), (-np.inf, 0), (1e38, 255)]
)
def test_that_values_that_are_no_numbers_do_no_harm(value, shade):
    assert grey(value, (0, 1)) == shade


def test_that_gamma_above_one_brightens_the_middle():
    assert grey(50, (0, 100), 2.0) > grey(50, (0, 100), 1.0) > grey(50, (0, 100), 0.5)


def test_that_a_window_without_width_does_no_harm():
    assert {grey(5, (5, 5)), grey(5, (5, 5), dtype=np.uint8)} <= {0, 255}


@given(
    dtypes.flatmap(
        lambda d: hnp.arrays(d, st.just((12, 18)), elements=hnp.from_dtype(
            np.dtype(d), min_value=0, max_value=200, allow_nan=False))
    ),
    st.sampled_from([2, 3, 4]),
)  # fmt: skip
def test_that_reducing_takes_the_mean_of_each_block(values, factor):
    result = reduced(values, factor, max_reads=10**9)
    blocks = values[: 12 // factor * factor, : 18 // factor * factor].astype(float)
    means = blocks.reshape(12 // factor, factor, 18 // factor, factor).mean(axis=(1, 3))
    assert result.dtype == values.dtype
    assert np.allclose(result, means, atol=1.0 if values.dtype.kind in "ui" else 1e-3)


def test_that_a_very_large_plane_is_sampled_within_the_limit_and_keeps_its_mean():
    values = np.random.default_rng(0).integers(0, 1000, (512, 512)).astype(np.uint16)
    sampled = reduced(values, 8, max_reads=512 * 512 // 4)
    assert sampled.shape == (64, 64)
    assert sampled.mean() == pytest.approx(values.mean(), rel=0.02)


def test_that_the_mean_of_bright_pixels_does_not_overflow():
    assert np.all(reduced(np.full((64, 64), 65535, np.uint16), 64, max_reads=10**9) == 65535)
