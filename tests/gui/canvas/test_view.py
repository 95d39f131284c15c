from __future__ import annotations

import numpy as np
import pytest

from spinegui.domain.geometry import Box
from tests.gui.canvas.conftest import A, B
from tests.support.gestures import click


def middle(canvas) -> tuple[float, float]:
    return canvas.transform.to_image(canvas.width() / 2, canvas.height() / 2)


def test_that_the_image_stays_fitted_while_the_window_is_resized(canvas):
    canvas.resize(900, 400)
    assert middle(canvas) == pytest.approx((150, 100))
    assert canvas.view.is_fitted


def test_that_a_zoomed_view_keeps_its_centre_while_the_window_is_resized(canvas):
    canvas.zoom_to(A.box)
    scale = canvas.transform.scale
    canvas.resize(700, 500)
    assert middle(canvas) == pytest.approx(A.box.center, abs=0.01)
    assert canvas.transform.scale == scale


def test_that_a_plane_of_the_same_size_keeps_the_view(canvas):
    canvas.zoom_to(A.box)
    before = canvas.transform
    canvas.set_plane(np.ones((200, 300), np.uint8))
    assert canvas.transform == before


def test_that_an_image_of_another_size_is_fitted(canvas):
    canvas.zoom_to(A.box)
    canvas.set_plane(np.ones((100, 100), np.uint8))
    assert canvas.view.is_fitted


def test_that_actual_size_is_one_image_pixel_a_screen_pixel(canvas):
    canvas.actual_size()
    assert canvas.transform.scale * canvas.devicePixelRatioF() == pytest.approx(1)


def test_that_zooming_to_a_box_shows_it_with_its_surroundings(canvas):
    canvas.zoom_to(A.box)
    seen = canvas.view.visible()
    assert seen.center == pytest.approx(A.box.center)
    assert seen.width > 3 * A.box.width


def test_that_centring_glides_there_within_the_promised_time(canvas, qtbot, monkeypatch):
    monkeypatch.delenv("SPINEGUI_REDUCE_MOTION", raising=False)
    canvas.zoom(4)
    places = []
    canvas.view_changed.connect(lambda: places.append(middle(canvas)))
    canvas.center_on(B.box)
    qtbot.waitUntil(lambda: bool(places) and places[-1] == pytest.approx(B.box.center))
    assert len(places) > 1


def test_that_those_who_want_no_motion_get_none(canvas, monkeypatch):
    monkeypatch.setenv("SPINEGUI_REDUCE_MOTION", "1")
    canvas.zoom(4)
    canvas.center_on(B.box)
    assert middle(canvas) == pytest.approx(B.box.center)


def test_that_a_hidden_canvas_ends_its_glide_at_the_target(canvas, monkeypatch):
    monkeypatch.delenv("SPINEGUI_REDUCE_MOTION", raising=False)
    canvas.zoom(4)
    canvas.center_on(Box(100, 80, 120, 100))
    canvas.hide()
    assert middle(canvas) == pytest.approx((110, 90))


def share(canvas, box):
    """How much of the view's shorter side a box's longer one takes."""
    longer = max(box.width, box.height) * canvas.transform.scale
    return longer / min(canvas.width(), canvas.height())


def test_that_a_spine_too_small_to_judge_comes_up_to_a_sixth_of_the_view(canvas, monkeypatch):
    monkeypatch.setenv("SPINEGUI_REDUCE_MOTION", "1")
    small = Box(150, 100, 160, 108)
    canvas.approach(small)
    assert share(canvas, small) == pytest.approx(0.16, abs=0.01)
    assert middle(canvas) == pytest.approx(small.center, abs=0.5)


def test_that_between_spines_of_like_size_only_the_place_changes(canvas, monkeypatch):
    monkeypatch.setenv("SPINEGUI_REDUCE_MOTION", "1")
    canvas.approach(Box(150, 100, 160, 108))
    scale = canvas.transform.scale
    for like in (Box(100, 90, 108, 104), Box(140, 60, 156, 70), Box(120, 110, 127, 117)):
        canvas.approach(like)
        assert canvas.transform.scale == scale
    canvas.zoom(1.5)
    chosen = canvas.transform.scale
    canvas.approach(Box(100, 90, 110, 100))
    assert canvas.transform.scale == chosen, "a zoom that one chose is kept while it is legible"
    canvas.approach(Box(10, 10, 200, 150))
    assert canvas.transform.scale < chosen


def test_that_the_way_to_a_spine_glides_in_place_and_zoom(canvas, qtbot, monkeypatch):
    monkeypatch.delenv("SPINEGUI_REDUCE_MOTION", raising=False)
    small = Box(150, 100, 160, 108)
    scales = []
    canvas.view.changed.connect(lambda: scales.append(canvas.transform.scale))
    canvas.approach(small)
    qtbot.waitUntil(lambda: bool(scales) and share(canvas, small) == pytest.approx(0.16, abs=0.01))
    assert len(scales) > 1
    assert scales == sorted(scales)


def test_that_a_pan_never_loses_the_image(canvas):
    canvas.view.pan(10_000, -10_000)
    seen = canvas.view.visible()
    assert seen.intersection(Box(0, 0, 300, 200)) is not None


def test_that_without_an_image_the_canvas_says_so_and_offers_to_open_one(canvas, qtbot):
    asked = []
    canvas.set_plane(None)
    canvas.empty_state.set_content("No image", "Drop one", "Open images…", lambda: asked.append(1))
    assert canvas.empty_state.isVisible()
    assert canvas.empty_state.button.isVisible()
    canvas.empty_state.button.click()
    assert asked == [1]
    canvas.set_plane(np.zeros((200, 300), np.uint8))
    assert not canvas.empty_state.isVisible()


def test_that_a_click_still_hits_after_zooming_far_in(canvas):
    heard = []
    canvas.selection_requested.connect(lambda ids, _: heard.append(ids))
    canvas.zoom_to(A.box)
    canvas.zoom(4)
    click(canvas, A.box.center)
    assert heard == [frozenset({"a"})]


def test_that_the_minimap_shows_only_while_a_part_is_on_show(canvas):
    def corner():
        size = (canvas.width(), canvas.height())
        return canvas.scene.minimap.rect((300, 200), size, canvas.transform)

    assert corner() is None
    canvas.zoom(4)
    assert corner() is not None
    canvas.set_minimap(on=False)
    assert corner() is None


def test_that_a_press_in_the_minimap_goes_there_and_asks_for_nothing(canvas, told):
    canvas.zoom(4)
    size = (canvas.width(), canvas.height())
    corner = canvas.scene.minimap.rect((300, 200), size, canvas.transform)
    at = canvas.transform.to_image(
        corner.left() + corner.width() * 0.25, corner.top() + corner.height() * 0.5
    )
    click(canvas, at)
    assert middle(canvas) == pytest.approx((75, 100), abs=1.5)
    assert told["selection_requested"] == []
