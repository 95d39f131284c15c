from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.geometry import Box
from spinegui.gui.canvas.box_handle import (
    HIT_PX,
    MIN_BOX_PX,
    Handle,
    grown,
    handle_at,
    handle_points,
    moved,
    resized,
    spanned,
)
from tests.support.items import boxes

steps = st.floats(-400, 400, allow_nan=False)


@given(boxes)
def test_that_each_of_the_eight_handles_takes_the_mouse_at_its_centre(box):
    assert [handle_at(box, x, y) for _, x, y in handle_points(box)] == list(Handle)


@given(boxes)
def test_that_handles_never_cover_the_middle_of_a_box(box):
    assert handle_at(box, *box.center) is None


def test_that_hit_zones_are_at_least_eight_view_pixels():
    box = Box(100, 100, 200, 200)
    assert HIT_PX >= 8
    assert handle_at(box, 104, 104) is Handle.TOP_LEFT
    assert handle_at(box, 107, 107) is None


@given(boxes, st.sampled_from(Handle), steps, steps)
def test_that_resizing_keeps_the_opposite_sides_and_a_smallest_size(box, handle, dx, dy):
    result = resized(box, handle, dx, dy)
    side_x, side_y = handle.value
    assert result.x0 == box.x0 or side_x < 0
    assert result.x1 == box.x1 or side_x > 0
    assert result.y0 == box.y0 or side_y < 0
    assert result.y1 == box.y1 or side_y > 0
    assert result.width >= min(MIN_BOX_PX, box.width) - 1e-9
    assert result.height >= min(MIN_BOX_PX, box.height) - 1e-9


@given(boxes, steps, steps)
def test_that_moving_keeps_the_size(box, dx, dy):
    result = moved(box, dx, dy)
    assert result.width == pytest.approx(box.width, abs=1e-6)
    assert result.height == pytest.approx(box.height, abs=1e-6)


@given(boxes, st.integers(-50, 50))
def test_that_growing_keeps_the_centre_and_never_falls_below_the_smallest_size(box, n):
    result = grown(box, n)
    assert result.center == pytest.approx(box.center, abs=1e-6)
    assert result.width >= min(MIN_BOX_PX, box.width) - 1e-9


@given(steps, steps, steps, steps)
def test_that_a_drag_spans_a_box_whatever_its_direction(xa, ya, xb, yb):
    there, back = spanned(xa, ya, xb, yb), spanned(xb, yb, xa, ya)
    assert there == back
    assert min(there.width, there.height) >= MIN_BOX_PX - 1e-9
