from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication

from spinegui.domain.geometry import Box
from spinegui.gui.canvas.box_handle import handle_points
from spinegui.gui.canvas.tools import Tool
from tests.gui.canvas.conftest import A, B
from tests.support.gestures import (
    ALT,
    CTRL,
    LEFT,
    MIDDLE,
    NONE,
    RIGHT,
    SHIFT,
    click,
    drag,
    hold,
    hover,
    let_go,
    release,
    tap,
    wheel,
)

ON_A, ON_B, EMPTY = (55, 55), (170, 115), (250, 30)


def release_at(canvas, at):
    release(canvas, QPointF(*canvas.transform.to_view(*at)), LEFT, NONE)


def near(box: Box, other: Box) -> bool:
    return box.as_xyxy() == pytest.approx(other.as_xyxy(), abs=0.02)


def test_that_a_click_selects_the_box_under_it(canvas, told):
    click(canvas, ON_A)
    assert told["selection_requested"] == [(frozenset({"a"}), "replace")]
    assert [args[0] for args in told["clicked"]] == ["a"]


def test_that_a_click_on_nothing_deselects(canvas, told):
    click(canvas, EMPTY)
    assert told["selection_requested"] == [(frozenset(), "replace")]


def test_that_ctrl_click_toggles_and_spares_the_selection_on_empty_ground(canvas, told):
    click(canvas, ON_B, modifiers=CTRL)
    click(canvas, EMPTY, modifiers=CTRL)
    assert told["selection_requested"] == [(frozenset({"b"}), "toggle")]


def test_that_alt_click_selects_and_asks_for_its_slice(canvas, told):
    click(canvas, ON_A, modifiers=ALT)
    assert told["selection_requested"] == [(frozenset({"a"}), "replace")]
    assert told["jump_requested"] == [("a",)]


def asked(told):
    """Return the boxes of the one change that was asked for."""
    ((boxes,),) = told["box_changes_requested"]
    return boxes


def test_that_shift_click_asks_for_a_spine_there(canvas, told):
    click(canvas, EMPTY, modifiers=SHIFT)
    assert told["spine_requested"] == [(pytest.approx(250), pytest.approx(30))]
    assert told["selection_requested"] == []


def test_that_the_add_tool_adds_on_empty_ground_and_selects_on_a_box(canvas, told):
    canvas.set_tool(Tool.ADD)
    click(canvas, EMPTY)
    click(canvas, ON_A)
    assert len(told["spine_requested"]) == 1
    assert told["selection_requested"] == [(frozenset({"a"}), "replace")]


def test_that_dragging_an_unselected_box_pans_instead_of_moving_it(canvas, told):
    before = canvas.transform
    drag(canvas, ON_A, (75, 65))
    assert told["box_changes_requested"] == []
    assert canvas.transform.scale == before.scale
    assert canvas.transform.dx - before.dx == pytest.approx(20 * before.scale, abs=0.01)


def test_that_dragging_the_selected_box_asks_for_one_move_on_release(canvas, told):
    canvas.set_selection(frozenset({"a"}))
    drag(canvas, ON_A, (65, 50), let_go=False)
    assert near(canvas.box_of("a"), A.box.shifted(10, -5))
    assert told["box_changes_requested"] == []
    release_at(canvas, (65, 50))
    assert near(asked(told)["a"], A.box.shifted(10, -5))


def test_that_a_trembling_hand_moves_nothing(canvas, told):
    canvas.set_selection(frozenset({"a"}))
    two_view_px = 2 / canvas.transform.scale
    drag(canvas, ON_A, (55 + two_view_px, 55))
    assert told["box_changes_requested"] == []
    assert told["selection_requested"] == [(frozenset({"a"}), "replace")]


def test_that_dragging_one_of_several_selected_boxes_moves_all_in_one_step(canvas, told):
    canvas.set_selection(frozenset({"a", "b"}))
    drag(canvas, ON_A, (75, 65), let_go=False)
    assert near(canvas.box_of("b"), B.box.shifted(20, 10))
    assert told["box_changes_requested"] == []
    release_at(canvas, (75, 65))
    boxes = asked(told)
    assert near(boxes["a"], A.box.shifted(20, 10))
    assert near(boxes["b"], B.box.shifted(20, 10))


def test_that_esc_takes_a_drag_of_several_back(canvas, told):
    canvas.set_selection(frozenset({"a", "b"}))
    drag(canvas, ON_B, (200, 90), let_go=False)
    tap(canvas, Qt.Key.Key_Escape)
    assert (canvas.box_of("a"), canvas.box_of("b")) == (A.box, B.box)
    assert told["box_changes_requested"] == []


def test_that_several_boxes_are_nudged_and_grown_in_one_step_each(canvas, told):
    canvas.set_selection(frozenset({"a", "b"}))
    hold(canvas, Qt.Key.Key_Right, ALT)
    let_go(canvas, Qt.Key.Key_Right, ALT)
    assert asked(told) == {"a": A.box.shifted(1, 0), "b": B.box.shifted(1, 0)}
    told["box_changes_requested"].clear()
    wheel(canvas, ON_B, 2, CTRL)
    let_go(canvas, Qt.Key.Key_Control)
    assert asked(told) == {"a": A.box.grown(1), "b": B.box.grown(1)}


def test_that_every_handle_moves_its_own_sides(canvas, told):
    canvas.set_selection(frozenset({"a"}))
    for handle, vx, vy in list(handle_points(canvas.transform.box_to_view(A.box))):
        told["box_changes_requested"].clear()
        start = canvas.transform.to_image(vx, vy)
        drag(canvas, start, (start[0] + 6, start[1] + 4))
        box = asked(told)["a"]
        side_x, side_y = handle.value
        assert box.x0 == pytest.approx(A.box.x0 + 6 * (side_x < 0), abs=0.02)
        assert box.x1 == pytest.approx(A.box.x1 + 6 * (side_x > 0), abs=0.02)
        assert box.y0 == pytest.approx(A.box.y0 + 4 * (side_y < 0), abs=0.02)
        assert box.y1 == pytest.approx(A.box.y1 + 4 * (side_y > 0), abs=0.02)


def test_that_a_box_may_be_dragged_over_the_edge(canvas, told):
    canvas.set_selection(frozenset({"a"}))
    drag(canvas, ON_A, (5, 55))
    box = asked(told)["a"]
    assert box.x0 < 0


def test_that_shift_drag_draws_a_box_with_any_tool(canvas, told):
    drag(canvas, EMPTY, (280, 60), modifiers=SHIFT)
    ((box,),) = told["box_drawn"]
    assert near(box, Box(250, 30, 280, 60))


def test_that_the_draw_tool_draws_also_from_corner_to_corner_backwards(canvas, told):
    canvas.set_tool(Tool.DRAW)
    drag(canvas, (280, 60), EMPTY)
    ((box,),) = told["box_drawn"]
    assert near(box, Box(250, 30, 280, 60))


def test_that_a_drawn_box_is_at_least_two_pixels_wide_and_high(canvas, told):
    canvas.set_tool(Tool.DRAW)
    drag(canvas, EMPTY, (280, 30))
    ((box,),) = told["box_drawn"]
    assert box.height == pytest.approx(2)


def test_that_the_region_tool_draws_a_reviewed_region(canvas, told):
    canvas.set_tool(Tool.REGION)
    drag(canvas, (10, 10), (100, 90))
    ((box,),) = told["region_drawn"]
    assert near(box, Box(10, 10, 100, 90))


def test_that_ctrl_drag_selects_what_its_rectangle_holds(canvas, told):
    drag(canvas, (30, 30), (100, 90), modifiers=CTRL)
    assert told["selection_requested"] == [(frozenset({"a"}), "add")]
    assert len(told["rubber_band"]) == 1


def test_that_the_middle_button_pans_over_a_selected_box_too(canvas, told):
    canvas.set_selection(frozenset({"a"}))
    before = canvas.transform.dx
    drag(canvas, ON_A, (75, 55), button=MIDDLE)
    assert canvas.transform.dx > before
    assert told["box_changes_requested"] == []


def test_that_a_right_drag_asks_for_another_window_and_no_menu(canvas, told):
    canvas.set_window(100, 400)
    drag(canvas, (50, 50), (100, 50), button=RIGHT)
    low = sum(change[0] for change in told["window_change_requested"])
    high = sum(change[1] for change in told["window_change_requested"])
    assert low < 0 < high
    assert low == pytest.approx(-high)
    assert told["context_menu_requested"] == []


def test_that_a_right_click_asks_for_the_menu_of_the_box_under_it(canvas, told):
    click(canvas, ON_B, button=RIGHT)
    assert [args[0] for args in told["context_menu_requested"]] == ["b"]


def test_that_esc_takes_back_a_drag(canvas, told):
    canvas.set_selection(frozenset({"a"}))
    drag(canvas, ON_A, (90, 90), let_go=False)
    tap(canvas, Qt.Key.Key_Escape)
    assert canvas.box_of("a") == A.box
    release_at(canvas, (90, 90))
    assert told["box_changes_requested"] == []
    assert told["selection_requested"] == []


def test_that_esc_first_puts_the_tool_away_and_then_deselects(canvas, told):
    canvas.set_tool(Tool.DRAW)
    tap(canvas, Qt.Key.Key_Escape)
    assert canvas.tool is Tool.SELECT
    assert told["selection_requested"] == []
    tap(canvas, Qt.Key.Key_Escape)
    assert told["selection_requested"] == [(frozenset(), "replace")]


def test_that_a_second_button_cancels_a_drag(canvas, told):
    canvas.set_selection(frozenset({"a"}))
    drag(canvas, ON_A, (90, 90), let_go=False)
    click(canvas, (90, 90), button=RIGHT)
    assert canvas.box_of("a") == A.box
    assert told["box_changes_requested"] == []


def test_that_the_wheel_zooms_about_the_point_under_the_cursor(canvas):
    before = canvas.transform.to_view(55, 55)
    wheel(canvas, ON_A, 3)
    assert canvas.transform.to_view(55, 55) == pytest.approx(before)
    assert not canvas.view.is_fitted


def test_that_shift_and_wheel_step_through_z_by_whole_notches(canvas, told):
    scale = canvas.transform.scale
    wheel(canvas, ON_A, 0.5, SHIFT)
    wheel(canvas, ON_A, 0.5, SHIFT)
    wheel(canvas, ON_A, -2, SHIFT)
    assert told["z_step_requested"] == [(1,), (-2,)]
    assert canvas.transform.scale == scale


def test_that_ctrl_and_wheel_over_the_selected_box_grow_it_in_one_step(canvas, told):
    canvas.set_selection(frozenset({"a"}))
    wheel(canvas, ON_A, 1, CTRL)
    wheel(canvas, ON_A, 1, CTRL)
    assert near(canvas.box_of("a"), A.box.grown(1))
    assert told["box_changes_requested"] == []
    let_go(canvas, Qt.Key.Key_Control)
    assert asked(told) == {"a": A.box.grown(1)}


def test_that_a_rested_wheel_ends_the_growth_without_any_key(canvas, told, qtbot):
    canvas.set_selection(frozenset({"a"}))
    with qtbot.waitSignal(canvas.box_changes_requested, timeout=3000):
        wheel(canvas, ON_A, -1, CTRL)
    assert near(asked(told)["a"], A.box.grown(-0.5))


def test_that_alt_arrows_nudge_by_one_and_with_shift_by_ten_pixels_in_one_step(canvas, told):
    canvas.set_selection(frozenset({"a"}))
    hold(canvas, Qt.Key.Key_Right, ALT)
    hold(canvas, Qt.Key.Key_Right, ALT)
    hold(canvas, Qt.Key.Key_Up, ALT | SHIFT)
    assert told["box_changes_requested"] == []
    let_go(canvas, Qt.Key.Key_Up, ALT)
    assert asked(told) == {"a": A.box.shifted(2, -10)}


def test_that_selecting_another_box_keeps_the_nudge_of_the_first(canvas, told):
    canvas.set_selection(frozenset({"a"}))
    hold(canvas, Qt.Key.Key_Right, ALT)
    canvas.set_selection(frozenset({"b"}))
    assert asked(told) == {"a": A.box.shifted(1, 0)}


def test_that_holding_h_shows_the_naked_image(canvas, told):
    hold(canvas, Qt.Key.Key_H)
    assert canvas.scene.is_naked
    assert canvas.detection_at(canvas.rect().center().toPointF()) == ""
    let_go(canvas, Qt.Key.Key_H)
    assert not canvas.scene.is_naked


def test_that_a_tap_on_h_asks_for_the_boxes_to_be_toggled(canvas, told):
    tap(canvas, Qt.Key.Key_H)
    assert told["boxes_toggle_requested"] == [()]


def test_that_losing_the_focus_ends_the_naked_view(canvas, qtbot):
    canvas.setFocus()
    hold(canvas, Qt.Key.Key_H)
    QApplication.sendEvent(canvas, QFocusEvent(QEvent.Type.FocusOut))
    assert not canvas.scene.is_naked


@pytest.mark.parametrize(
    ("key", "modifiers", "is_claimed"),
    [
        (Qt.Key.Key_H, Qt.KeyboardModifier.NoModifier, True),
        (Qt.Key.Key_H, CTRL, False),
        (Qt.Key.Key_Left, ALT, True),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, False),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, False),
    ],
)
def test_that_the_canvas_claims_only_its_own_keys_from_the_window(
    canvas, key, modifiers, is_claimed
):
    canvas.set_selection(frozenset({"a"}))
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers)
    event.ignore()
    QApplication.sendEvent(canvas, event)
    assert event.isAccepted() is is_claimed


def test_that_the_cursor_reports_its_place_and_the_value_there(canvas, told):
    hover(canvas, (10.5, 20.5))
    x, y, value = told["cursor_moved"][-1]
    assert (x, y) == (pytest.approx(10.5), pytest.approx(20.5))
    assert value == 0
    hover(canvas, (-4, 20))
    assert told["cursor_moved"][-1][2] is None


def test_that_the_box_under_the_cursor_is_known(canvas, told):
    hover(canvas, ON_B)
    assert canvas.hovered_id == "b"
    hover(canvas, EMPTY)
    assert told["hovered"] == [("b",), ("",)]


def test_that_the_cursor_shape_tells_what_a_drag_would_do(canvas):
    hover(canvas, ON_A)
    assert canvas.cursor().shape() is Qt.CursorShape.PointingHandCursor
    canvas.set_selection(frozenset({"a"}))
    hover(canvas, (56, 56))
    assert canvas.cursor().shape() is Qt.CursorShape.SizeAllCursor
    hover(canvas, (40, 40))
    assert canvas.cursor().shape() is Qt.CursorShape.SizeFDiagCursor


def test_that_without_an_image_nothing_is_asked_for(canvas, told):
    canvas.set_plane(None)
    canvas.set_annotation(None)
    drag(canvas, ON_A, (75, 65), modifiers=SHIFT)
    click(canvas, ON_B)
    assert not any(told[name] for name in ("box_drawn", "clicked", "spine_requested"))
