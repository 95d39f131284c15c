"""The reviewed-region brush: paint, erase with Alt, size; one step of undo a stroke."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from spinegui.domain.detection import ReviewState
from spinegui.domain.geometry import Box
from spinegui.domain.rectangles import covered_area
from spinegui.gui.canvas.tools import Tool
from tests.gui.stories.driving import choose, toast_text
from tests.support.desks import detection, document_of, predictions, press
from tests.support.gestures import ALT, CTRL, SHIFT, click, drag, hover, tap, wheel

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

Key = Qt.Key


def by_key(qtbot: QtBot, desk: Desk) -> None:
    press(qtbot, desk, Key.Key_W, SHIFT)


def by_menu(_qtbot: QtBot, desk: Desk) -> None:
    choose(desk, "Review", "Reviewed-region brush")


DOORS = pytest.mark.parametrize("take", [by_key, by_menu], ids=["key", "menu"])


def area(desk: Desk) -> float:
    return covered_area(r.box for r in desk.workspace.annotation.regions.values())


def steps(desk: Desk) -> int:
    return document_of(desk).undo_stack.index()


@DOORS
def test_that_a_stroke_marks_what_it_passed_over_and_accepts_what_is_in_it(
    qtbot: QtBot, shown: Desk, take: Callable[[QtBot, Desk], None]
) -> None:
    a, b, c, _ = predictions(shown)
    take(qtbot, shown)
    assert shown.canvas.tool is Tool.BRUSH
    assert shown.actions["brush_tool"].isChecked()
    assert "Alt erases" in shown.window.hint.text()
    before, done = shown.workspace.annotation, steps(shown)
    drag(shown.canvas, (30, 30), (75, 32))
    assert area(shown) > 45 * shown.canvas.brush.radius_px / shown.canvas.transform.scale
    states = [detection(shown, d.id).state for d in (a, b, c)]
    assert states == [ReviewState.ACCEPTED, ReviewState.ACCEPTED, ReviewState.PREDICTED]
    assert "2 predictions accepted" in toast_text(shown)
    assert steps(shown) == done + 1
    choose(shown, "Edit", "Undo")
    assert shown.workspace.annotation == before


def test_that_a_click_is_a_dab_and_with_alt_erases_it(qtbot: QtBot, shown: Desk) -> None:
    by_key(qtbot, shown)
    click(shown.canvas, (100, 40))
    assert shown.workspace.annotation.covers(100, 40)
    done = steps(shown)
    click(shown.canvas, (100, 40), modifiers=ALT)
    assert not shown.workspace.annotation.regions
    assert steps(shown) == done + 1


def test_that_esc_takes_the_stroke_back_and_then_puts_the_brush_away(
    qtbot: QtBot, shown: Desk
) -> None:
    by_key(qtbot, shown)
    done = steps(shown)
    drag(shown.canvas, (30, 30), (90, 60), let_go=False)
    tap(shown.canvas, Key.Key_Escape)
    assert (steps(shown), area(shown)) == (done, 0)
    tap(shown.canvas, Key.Key_Escape)
    assert shown.canvas.tool is Tool.SELECT


def test_that_keys_and_the_wheel_with_ctrl_size_the_brush(qtbot: QtBot, shown: Desk) -> None:
    by_key(qtbot, shown)
    brush = shown.canvas.brush
    first = brush.radius_px
    press(qtbot, shown, Key.Key_Equal)
    larger = brush.radius_px
    assert larger > first
    press(qtbot, shown, Key.Key_Minus)
    assert brush.radius_px == pytest.approx(first)
    wheel(shown.canvas, (60, 60), 1, CTRL)
    assert brush.radius_px == pytest.approx(larger)
    for _ in range(40):
        wheel(shown.canvas, (60, 60), -1, CTRL)
    hover(shown.canvas, (60, 60))
    click(shown.canvas, (100, 40))
    assert 0 < area(shown) < 100


def test_that_what_is_hidden_from_a_search_is_not_accepted_by_painting(
    qtbot: QtBot, shown: Desk
) -> None:
    shown.workspace.view_state.update(decided_only=True)
    by_key(qtbot, shown)
    drag(shown.canvas, (30, 30), (75, 32))
    assert area(shown) > 0
    assert len(predictions(shown)) == 4


def test_that_what_is_hidden_from_a_search_is_not_listed_selected_or_accepted_by_anything(
    qtbot: QtBot, shown: Desk
) -> None:
    a, *_ = predictions(shown)
    shown.workspace.selection.replace([a.id])
    assert shown.spines.model.rowCount() == 3
    shown.workspace.view_state.update(decided_only=True)
    assert shown.workspace.selection.ids == ()
    assert shown.spines.model.rowCount() == 0
    for menu, action in (("Edit", "Select all"), ("Review", "Accept all shown")):
        choose(shown, menu, action)
        assert shown.workspace.selection.ids == ()
    shown.review.mark_region(Box(10, 10, 110, 110))
    choose(shown, "Review", "Image reviewed")
    assert shown.workspace.annotation.is_reviewed
    assert len(predictions(shown)) == 4
    shown.workspace.view_state.update(decided_only=False)
    assert shown.spines.model.rowCount() == 3


def test_that_erasing_in_a_reviewed_image_leaves_the_rest_reviewed(
    qtbot: QtBot, shown: Desk
) -> None:
    choose(shown, "Review", "Image reviewed")
    before = shown.workspace.annotation
    by_key(qtbot, shown)
    drag(shown.canvas, (60, 60), (70, 60))
    assert shown.workspace.annotation == before
    assert "already" in toast_text(shown)
    drag(shown.canvas, (60, 60), (70, 60), modifiers=ALT)
    after = shown.workspace.annotation
    assert not after.is_reviewed
    assert not after.covers(65, 60)
    assert after.covers(5, 5)
    assert 0 < area(shown) < 128 * 128
    choose(shown, "Edit", "Undo")
    assert shown.workspace.annotation == before
