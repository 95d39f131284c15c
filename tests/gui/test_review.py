"""Deciding with keys, mouse and menus: every decision is one step of undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from spinegui.domain.detection import Origin, ReviewState
from spinegui.domain.geometry import Box
from tests.support.desks import (
    PATIENCE_MS,
    choose,
    detection,
    document_of,
    is_saved,
    open_images,
    predict,
    predictions,
    press,
)
from tests.support.gestures import CTRL, SHIFT, click, drag, hover

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.domain.detection import Detection
    from spinegui.gui.desk import Desk

Key = Qt.Key


def select(desk: Desk, *chosen: Detection) -> None:
    click(desk.canvas, chosen[0].box.center)
    for other in chosen[1:]:
        click(desk.canvas, other.box.center, modifiers=CTRL)
    assert set(desk.workspace.selection.ids) == {d.id for d in chosen}


def one_step(desk: Desk, before: object) -> None:
    """Assert that exactly one undo leads back to that annotation, and a redo forward again."""
    after = desk.workspace.annotation
    assert after != before
    choose(desk, "undo")
    assert desk.workspace.annotation == before
    choose(desk, "redo")
    assert desk.workspace.annotation == after


def added(qtbot: QtBot, desk: Desk) -> Detection:
    """Wait until a one-click spine is there, with or without the class that it waits for."""
    before = set(desk.workspace.annotation.detections)
    qtbot.waitUntil(lambda: desk.workspace.selection.single not in (None, *before))
    return detection(desk, desk.workspace.selection.single or "")


def decide_accept(desk: Desk, qtbot: QtBot) -> None:
    press(qtbot, desk, Key.Key_Space)


def decide_reject(desk: Desk, qtbot: QtBot) -> None:
    press(qtbot, desk, Key.Key_X)


def decide_label(desk: Desk, qtbot: QtBot) -> None:
    press(qtbot, desk, Key.Key_2)


def decide_unsure(desk: Desk, qtbot: QtBot) -> None:
    press(qtbot, desk, Key.Key_U)


def decide_duplicate(desk: Desk, qtbot: QtBot) -> None:
    press(qtbot, desk, Key.Key_D, CTRL)


def decide_nudge(desk: Desk, qtbot: QtBot) -> None:
    press(qtbot, desk, Key.Key_Right, Qt.KeyboardModifier.AltModifier)


def decide_move(desk: Desk, qtbot: QtBot) -> None:
    x, y = predictions(desk)[0].box.center
    drag(desk.canvas, (x, y), (x + 5, y + 5))


def decide_resize(desk: Desk, qtbot: QtBot) -> None:
    box = predictions(desk)[0].box
    drag(desk.canvas, (box.x1, box.y1), (box.x1 + 6, box.y1 + 4))


def decide_draw(desk: Desk, qtbot: QtBot) -> None:
    drag(desk.canvas, (100, 10), (120, 22), modifiers=SHIFT)


def decide_add(desk: Desk, qtbot: QtBot) -> None:
    click(desk.canvas, (100, 10), modifiers=SHIFT)
    added(qtbot, desk)


def decide_region(desk: Desk, qtbot: QtBot) -> None:
    press(qtbot, desk, Key.Key_W)
    drag(desk.canvas, (10, 10), (90, 50))


def decide_accept_all(desk: Desk, qtbot: QtBot) -> None:
    press(qtbot, desk, Key.Key_A, CTRL | SHIFT)


def decide_reviewed(desk: Desk, qtbot: QtBot) -> None:
    press(qtbot, desk, Key.Key_Return, CTRL)


DECISIONS = [value for name, value in list(globals().items()) if name.startswith("decide_")]


@pytest.mark.parametrize("decide", DECISIONS, ids=lambda d: d.__name__)
def test_that_a_decision_is_one_step_of_undo_and_is_saved(
    qtbot: QtBot, shown: Desk, decide: object
) -> None:
    select(shown, predictions(shown)[0])
    before = shown.workspace.annotation
    decide(shown, qtbot)  # type: ignore[operator]
    one_step(shown, before)
    qtbot.waitUntil(lambda: is_saved(shown))


def test_that_space_says_so_where_no_spine_is_shown(qtbot: QtBot, shown: Desk) -> None:
    choose(shown, "next_image")
    qtbot.waitUntil(lambda: shown.display.plane is not None)
    press(qtbot, shown, Key.Key_Space)
    assert toast_text(shown) == "No spine is shown on this image."


def test_that_space_accepts_and_goes_to_the_next_undecided(qtbot: QtBot, shown: Desk) -> None:
    a, b, c, low = predictions(shown)
    select(shown, a)
    for following in (b, c):
        press(qtbot, shown, Key.Key_Space)
        assert shown.workspace.selection.single == following.id
    press(qtbot, shown, Key.Key_Space)
    assert shown.workspace.selection.ids == ()
    states = [detection(shown, d.id).state for d in (a, b, c, low)]
    assert states == [ReviewState.ACCEPTED] * 3 + [ReviewState.PREDICTED]


def test_that_rejecting_keeps_the_spine_as_a_mark_and_goes_on(qtbot: QtBot, shown: Desk) -> None:
    a, b, *_ = predictions(shown)
    select(shown, a)
    press(qtbot, shown, Key.Key_Delete)
    assert detection(shown, a.id).state is ReviewState.REJECTED
    assert shown.workspace.selection.single == b.id


def test_that_a_digit_means_the_spine_under_the_cursor_where_none_is_selected(
    qtbot: QtBot, shown: Desk
) -> None:
    b = predictions(shown)[1]
    hover(shown.canvas, b.box.center)
    press(qtbot, shown, Key.Key_3)
    found = detection(shown, b.id)
    assert (found.label, found.votes[0].rater) == ("stubby", "ann")


@pytest.mark.parametrize("key", [Qt.Key.Key_X, Qt.Key.Key_2], ids=["reject", "label"])
def test_that_who_points_at_spines_keeps_the_view_and_selects_nothing(
    qtbot: QtBot, shown: Desk, key: Qt.Key
) -> None:
    shown.settings.auto_advance = True
    target, seen = predictions(shown)[1], shown.canvas.view.visible()
    hover(shown.canvas, target.box.center)
    press(qtbot, shown, key)
    assert detection(shown, target.id).is_decided
    assert shown.workspace.selection.ids == ()
    assert shown.canvas.view.visible() == seen


def test_that_a_label_acts_on_the_whole_selection(qtbot: QtBot, shown: Desk) -> None:
    a, b, c, _ = predictions(shown)
    select(shown, a, c)
    press(qtbot, shown, Key.Key_4)
    assert [detection(shown, d.id).label for d in (a, b, c)] == [
        "filopodia",
        "mushroom",
        "filopodia",
    ]
    assert "2 spines" in document_of(shown).undo_stack.undoText()


def test_that_the_same_label_again_is_no_edit(qtbot: QtBot, shown: Desk) -> None:
    select(shown, predictions(shown)[0])
    for _ in range(3):
        press(qtbot, shown, Key.Key_1)
    assert document_of(shown).undo_stack.count() == 2  # the predictions and one label


def test_that_with_auto_advance_a_label_goes_on(qtbot: QtBot, shown: Desk) -> None:
    a, b, *_ = predictions(shown)
    choose(shown, "auto_advance")
    select(shown, a)
    press(qtbot, shown, Key.Key_1)
    assert shown.workspace.selection.single == b.id


def test_that_marking_reviewed_accepts_what_is_shown_and_its_undo_takes_all_back(
    qtbot: QtBot, shown: Desk
) -> None:
    before = shown.workspace.annotation
    a, _, _, low = predictions(shown)
    press(qtbot, shown, Key.Key_Return, CTRL)
    assert shown.workspace.annotation.is_reviewed
    assert shown.actions["mark_reviewed"].isChecked()
    assert detection(shown, a.id).state is ReviewState.ACCEPTED
    assert detection(shown, low.id).state is ReviewState.PREDICTED, "below the threshold"
    toast_button(shown).click()
    assert shown.workspace.annotation == before
    assert not shown.actions["mark_reviewed"].isChecked()


def test_that_nothing_is_drawn_on_the_pixels_of_the_image_before(qtbot: QtBot, shown: Desk) -> None:
    shown.workspace.show_image(shown.workspace.image_ids[1])
    box = Box(10, 10, 30, 30)
    shown.canvas.box_drawn.emit(box)
    shown.canvas.region_drawn.emit(box)
    shown.canvas.region_painted.emit((box,), False)
    assert not shown.workspace.annotation.has_decisions
    assert "still being read" in toast(shown)._text.text()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: shown.workspace.loader.has_pixels, timeout=PATIENCE_MS)
    shown.canvas.box_drawn.emit(box)
    assert [d.box for d in shown.workspace.annotation.visible()] == [box]


def test_that_the_toast_s_undo_takes_no_later_edit_back(qtbot: QtBot, shown: Desk) -> None:
    press(qtbot, shown, Key.Key_Return, CTRL)
    drag(shown.canvas, (100, 10), (120, 22), modifiers=SHIFT)
    after = shown.workspace.annotation
    toast_button(shown).click()
    assert shown.workspace.annotation == after


def test_that_a_region_accepts_only_what_lies_in_it(qtbot: QtBot, shown: Desk) -> None:
    a, b, c, _ = predictions(shown)
    press(qtbot, shown, Key.Key_W)
    drag(shown.canvas, (10, 10), (90, 50))
    states = [detection(shown, d.id).state for d in (a, b, c)]
    assert states == [ReviewState.ACCEPTED, ReviewState.ACCEPTED, ReviewState.PREDICTED]
    (region,) = shown.workspace.annotation.regions.values()
    assert (round(region.box.x0), round(region.box.y1)) == (10, 50)
    press(qtbot, shown, Key.Key_Escape)
    choose(shown, "clear_regions")
    assert not shown.workspace.annotation.regions


def test_that_a_drawn_spine_is_the_person_s_and_selected(qtbot: QtBot, shown: Desk) -> None:
    drag(shown.canvas, (100, 10), (120, 22), modifiers=SHIFT)
    drawn = detection(shown, shown.workspace.selection.single or "")
    assert (drawn.origin, drawn.state) == (Origin.USER, ReviewState.ACCEPTED)
    assert (round(drawn.box.x0), round(drawn.box.y1)) == (100, 22)


def test_that_a_one_click_box_has_the_image_s_usual_size(qtbot: QtBot, shown: Desk) -> None:
    click(shown.canvas, (100, 12), modifiers=SHIFT)
    drawn = added(qtbot, shown)
    widths = sorted(d.box.width for d in predictions(shown))
    assert widths[0] <= drawn.box.width <= widths[-1]
    assert drawn.box.contains(100, 12)


def test_that_a_spine_drawn_in_a_slice_belongs_to_it(qtbot: QtBot, desk: Desk, stack: Path) -> None:
    open_images(qtbot, desk, stack)
    desk.workspace.go_to_slice(4)
    drag(desk.canvas, (20, 20), (40, 40), modifiers=SHIFT)
    drawn = detection(desk, desk.workspace.selection.single or "")
    assert (drawn.z, drawn.z_range) == (4.0, (4, 4))
    choose(desk, "projection")
    drag(desk.canvas, (60, 20), (80, 40), modifiers=SHIFT)
    assert detection(desk, desk.workspace.selection.single or "").z is None


def test_that_what_goes_on_is_said_at_the_last_prediction(qtbot: QtBot, shown: Desk) -> None:
    choose(shown, "accept_all")
    shown.canvas.setFocus()
    press(qtbot, shown, Key.Key_Space)
    assert "decided" in toast_text(shown)
    toast_button(shown).click()
    assert shown.workspace.image_id == shown.workspace.image_ids[1]


def test_that_in_a_failed_state_accepting_does_not_go_on(
    qtbot: QtBot, shown: Desk, home: Path
) -> None:
    from spinegui.gui.document import SaveState

    qtbot.waitUntil(lambda: is_saved(shown))
    a, b, *_ = predictions(shown)
    folder = document_of(shown).project.path.parent
    away = folder.rename(home / "away")
    select(shown, a)
    press(qtbot, shown, Key.Key_X)
    qtbot.waitUntil(lambda: document_of(shown).save_state is SaveState.FAILED)
    assert shown.window.save_text.text() == "Not saved"
    select(shown, b)
    press(qtbot, shown, Key.Key_Space)
    assert shown.workspace.selection.single == b.id
    assert detection(shown, b.id).state is ReviewState.PREDICTED
    away.rename(folder)
    from PySide6.QtWidgets import QPushButton

    retry = next(b for b in shown.window.banners.findChildren(QPushButton) if b.text() == "Retry")
    retry.click()
    qtbot.waitUntil(lambda: is_saved(shown))
    assert shown.window.save_text.text() == "Saved"
    assert "save_failed" not in shown.window.banners.texts()


def test_that_an_undo_on_another_image_shows_that_image(qtbot: QtBot, shown: Desk) -> None:
    first, second, _ = shown.workspace.image_ids
    press(qtbot, shown, Key.Key_D)
    assert shown.workspace.image_id == second
    predict(shown, 2)
    press(qtbot, shown, Key.Key_A)
    assert shown.workspace.image_id == first
    choose(shown, "undo")
    assert shown.workspace.image_id == second
    assert not shown.workspace.annotation.detections


def toast(desk: Desk) -> QWidget:
    found = desk.window.findChild(QWidget, "toast")
    assert found is not None
    assert found.isVisible()
    return found


def toast_text(desk: Desk) -> str:
    return toast(desk)._text.text()  # type: ignore[attr-defined]


def toast_button(desk: Desk) -> QWidget:
    return toast(desk)._button  # type: ignore[attr-defined]
