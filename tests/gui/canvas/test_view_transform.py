from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.gui.canvas.view_transform import MAX_SCALE, ViewTransform, allowed_scale

scales = st.floats(0.01, 64)
places = st.floats(-5000, 5000)
transforms = st.builds(ViewTransform, scales, places, places)
sizes = st.tuples(st.integers(1, 9000), st.integers(1, 9000))


@given(transforms, places, places)
def test_that_image_and_view_points_map_to_each_other(transform, x, y):
    assert transform.to_image(*transform.to_view(x, y)) == pytest.approx((x, y), abs=1e-3)


@given(transforms, scales, st.tuples(st.floats(0, 2000), st.floats(0, 2000)))
def test_that_zooming_keeps_the_image_point_under_the_cursor(transform, scale, at):
    zoomed = transform.scaled_to(scale, at)
    assert zoomed.to_image(*at) == pytest.approx(transform.to_image(*at), abs=1e-3)


@given(sizes, st.tuples(st.integers(50, 4000), st.integers(50, 4000)))
def test_that_a_fitted_image_lies_whole_and_centred_in_the_view(image, view):
    fitted = ViewTransform.fitted(image, view)
    seen = fitted.visible(view)
    assert seen.x0 <= 0 <= image[0] <= seen.x1 + 1e-6
    assert seen.y0 <= 0 <= image[1] <= seen.y1 + 1e-6
    assert seen.center == pytest.approx((image[0] / 2, image[1] / 2), abs=1e-3)


@given(transforms, sizes, st.tuples(st.integers(50, 4000), st.integers(50, 4000)))
def test_that_the_image_never_leaves_the_view(transform, image, view):
    seen = transform.kept_in_sight(image, view).visible(view)
    assert seen.x0 < image[0]
    assert seen.x1 > 0
    assert seen.y0 < image[1]
    assert seen.y1 > 0


def test_that_zoom_ends_at_a_handful_of_pixels_and_at_half_the_fit():
    assert allowed_scale(1000, (512, 512), (600, 600)) == MAX_SCALE
    assert allowed_scale(1e-6, (5120, 5120), (512, 512)) == pytest.approx(0.049)
