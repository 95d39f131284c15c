from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.gui.canvas.scale_bar import TARGET_PX, length_text, round_length


@given(st.floats(1e-5, 1e3))
def test_that_the_length_is_round_and_never_longer_than_wanted(um_per_px):
    length = round_length(um_per_px)
    first_digit = float(f"{length:e}".split("e")[0])
    assert first_digit == pytest.approx(round(first_digit))
    assert round(first_digit) in (1, 2, 5)
    assert 0.4 * TARGET_PX <= length / um_per_px <= TARGET_PX * 1.001


@pytest.mark.parametrize(
    ("um", "text"), [(0.5, "500 nm"), (1.0, "1 µm"), (20.0, "20 µm"), (2000.0, "2 mm")]
)
def test_that_the_length_is_written_in_the_unit_that_suits_it(um, text):
    assert length_text(um) == text
