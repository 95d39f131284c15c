"""Taking one edit back, wherever it stands in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from spinegui.domain.detection import ReviewState
from tests.gui.history.reading import choose_edit, history, is_read, panel, texts
from tests.gui.stories.driving import toast_text
from tests.support.desks import PATIENCE_MS, document_of, press
from tests.support.gestures import CTRL

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk


def revert(qtbot: QtBot, desk: Desk, title: str) -> None:
    choose_edit(desk, title)
    qtbot.mouseClick(history(desk).bar.revert, Qt.MouseButton.LeftButton)


def test_that_an_edit_in_the_middle_is_reverted_and_that_is_undone(
    qtbot: QtBot, opened: Desk
) -> None:
    before = opened.workspace.annotation
    revert(qtbot, opened, "Label thin")
    qtbot.waitUntil(lambda: toast_text(opened) == "Reverted: 1 spine.", timeout=PATIENCE_MS)
    states = sorted(d.state for d in opened.workspace.annotation.detections.values())
    assert states == [*[ReviewState.PREDICTED] * 3, ReviewState.REJECTED]
    is_read(qtbot, opened)
    assert texts(opened)[0] == "Revert Label thin"
    press(qtbot, opened, Qt.Key.Key_Z, CTRL)
    assert opened.workspace.annotation == before


def test_that_what_was_changed_since_is_said_and_the_rest_offered(
    qtbot: QtBot, opened: Desk
) -> None:
    revert(qtbot, opened, "Detect with classical")
    bar = history(opened).bar
    qtbot.waitUntil(bar.question.isVisible, timeout=PATIENCE_MS)
    assert bar.question_text.text().startswith("2 of 4 were changed later: Reject by ann, ")
    assert "Label thin by ann" in bar.question_text.text()
    assert bar.partial.text() == "Revert the other 2"
    kept = {d.id: d for d in opened.workspace.annotation.detections.values() if d.is_decided}
    qtbot.mouseClick(bar.partial, Qt.MouseButton.LeftButton)
    assert dict(opened.workspace.annotation.detections) == kept
    assert not bar.question.isVisible()


def test_that_cancel_changes_nothing(qtbot: QtBot, opened: Desk) -> None:
    before = document_of(opened).recorded
    revert(qtbot, opened, "Detect with classical")
    bar = history(opened).bar
    qtbot.waitUntil(bar.question.isVisible, timeout=PATIENCE_MS)
    qtbot.mouseClick(bar.cancel, Qt.MouseButton.LeftButton)
    assert not bar.question.isVisible()
    assert document_of(opened).recorded is before


def test_that_where_all_was_changed_since_only_that_is_said(qtbot: QtBot, opened: Desk) -> None:
    labelled = next(d for d in opened.workspace.annotation.detections.values() if d.votes)
    opened.review.reject([labelled])
    is_read(qtbot, opened)
    revert(qtbot, opened, "Label thin")
    bar = history(opened).bar
    qtbot.waitUntil(bar.question.isVisible, timeout=PATIENCE_MS)
    assert "Revert those first" in bar.question_text.text()
    assert not bar.partial.isVisible()


def test_that_an_undone_edit_cannot_be_reverted_and_says_why(qtbot: QtBot, opened: Desk) -> None:
    press(qtbot, opened, Qt.Key.Key_Z, CTRL)
    is_read(qtbot, opened)
    panel(opened).table.selectRow(2)
    assert texts(opened)[1] == "Reject"
    assert not history(opened).bar.revert.isEnabled()
    assert "taken back by undo" in history(opened).bar.revert.toolTip()


def test_that_reverting_a_revert_brings_the_edit_again(qtbot: QtBot, opened: Desk) -> None:
    before = opened.workspace.annotation
    revert(qtbot, opened, "Label thin")
    qtbot.waitUntil(lambda: opened.workspace.annotation != before, timeout=PATIENCE_MS)
    is_read(qtbot, opened)
    revert(qtbot, opened, "Revert Label thin")
    qtbot.waitUntil(lambda: opened.workspace.annotation == before, timeout=PATIENCE_MS)


def test_that_a_revert_stands_in_the_menu_of_an_edit(qtbot: QtBot, opened: Desk) -> None:
    before = opened.workspace.annotation
    choose_edit(opened, "Label thin")
    chosen = panel(opened).current
    assert chosen is not None
    menu = history(opened).menu(chosen)
    entry = next(action for action in menu.actions() if action.text() == "Revert this edit")
    entry.trigger()
    menu.deleteLater()
    qtbot.waitUntil(lambda: opened.workspace.annotation != before, timeout=PATIENCE_MS)


def test_that_without_a_chosen_edit_the_buttons_say_what_to_do(opened: Desk) -> None:
    bar = history(opened).bar
    panel(opened).choose(0)
    assert not bar.look.isEnabled()
    assert "Choose an edit" in bar.look.toolTip()
    assert "Choose an edit" in bar.revert.toolTip()
