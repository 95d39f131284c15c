"""Colour tables rise evenly, and several channels add up as light does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from spinegui.gui.canvas.layers import picture
from spinegui.gui.canvas.luts import EVEN, LUT_NAMES, colour_ramp, lut
from tests.gui.canvas.test_painting import as_array

colours = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06X}")
planes = hnp.arrays(np.uint8, (5, 7))


def channels(table: tuple[int, ...]) -> np.ndarray:
    """(256, 3) red, green, blue."""
    packed = np.array(table, np.uint32)
    return np.stack([packed >> shift & 0xFF for shift in (16, 8, 0)], axis=1)


def lightness(table: tuple[int, ...]) -> np.ndarray:
    """CIE L* (0 to 100) of each colour, of sRGB under D65 (IEC 61966-2-1, CIE 15)."""
    srgb = channels(table) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    y = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(y > 216 / 24389, 116 * np.cbrt(y) - 16, y * 24389 / 27)


@pytest.mark.parametrize("name", LUT_NAMES)
def test_that_every_table_has_256_opaque_colours(name: str) -> None:
    assert len(lut(name)) == 256
    assert all(colour >> 24 == 0xFF for colour in lut(name))


@pytest.mark.parametrize("name", EVEN)
def test_that_the_lightness_of_the_even_tables_rises_all_the_way_in_even_steps(name: str) -> None:
    steps = np.diff(lightness(lut(name))[::8])
    assert steps.min() > 0
    assert steps.max() < 3 * steps.mean()


def test_that_grey_is_grey_and_inverted_its_reverse() -> None:
    assert np.ptp(channels(lut("grey")), axis=1).max() == 0
    assert lut("inverted") == lut("grey")[::-1]
    assert lut("grey")[0] == 0xFF000000


def test_that_an_unknown_table_is_refused() -> None:
    with pytest.raises(KeyError, match="jet"):
        lut("jet")


@given(colours)
def test_that_a_channel_s_ramp_goes_from_black_to_its_colour(colour: str) -> None:
    ramp = channels(colour_ramp(colour))
    assert not ramp[0].any()
    assert f"#{colour_ramp(colour)[255] & 0xFFFFFF:06X}" == colour
    assert np.diff(ramp, axis=0).min() >= 0


@given(st.lists(st.tuples(planes, colours), min_size=1, max_size=4), st.randoms())
def test_that_channels_add_up_as_light_in_whatever_order(parts, random) -> None:
    tables = [(levels, colour_ramp(colour)) for levels, colour in parts]
    total = sum(channels(table)[levels].astype(int) for levels, table in tables)
    shown = as_array(picture(tables))
    assert np.array_equal(shown, np.minimum(total, 255))
    random.shuffle(tables)
    assert np.array_equal(as_array(picture(tables)), shown)


def test_that_there_is_no_picture_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        picture([])
