"""Unseen, in work, reviewed, no spines here: said by key and menu, seen in the list of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from spinegui.domain.annotation import Progress
from spinegui.domain.detection import ReviewState
from tests.gui.stories.driving import choose, gone, opened, toast_text
from tests.support.desks import document_of, drawn, predictions, press
from tests.support.gestures import CTRL, SHIFT, drag

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

Key = Qt.Key


def by_key(qtbot: QtBot, desk: Desk) -> None:
    press(qtbot, desk, Key.Key_Return, CTRL | SHIFT)


def by_menu(_qtbot: QtBot, desk: Desk) -> None:
    choose(desk, "Review", "No spines here")


DOORS = pytest.mark.parametrize("say", [by_key, by_menu], ids=["key", "menu"])


@DOORS
def test_that_an_image_without_spines_is_reviewed_with_every_shown_proposal_rejected(
    qtbot: QtBot, shown: Desk, say: object
) -> None:
    before = shown.workspace.annotation
    say(qtbot, shown)  # type: ignore[operator]
    after = shown.workspace.annotation
    assert (after.is_reviewed, after.progress) == (True, Progress.NO_SPINES)
    low = predictions(shown)
    assert [d.score for d in low] == [0.3], "nobody saw what lies below the threshold"
    assert {d.state for d in after.detections.values() if d not in low} == {ReviewState.REJECTED}
    assert shown.actions["no_spines"].isChecked()
    assert "3 boxes rejected" in toast_text(shown)
    choose(shown, "Edit", "Undo")
    assert shown.workspace.annotation == before
    assert not shown.actions["no_spines"].isChecked()


@DOORS
def test_that_said_again_it_is_taken_back(qtbot: QtBot, shown: Desk, say: object) -> None:
    for _ in range(2):
        say(qtbot, shown)  # type: ignore[operator]
    annotation = shown.workspace.annotation
    assert not annotation.is_reviewed
    assert not annotation.has_no_spines


def accept_one(qtbot: QtBot, desk: Desk) -> None:
    desk.workspace.selection.replace([predictions(desk)[0].id])
    press(qtbot, desk, Key.Key_Space)


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Escape])
def test_that_accepted_spines_are_kept_by_enter_and_by_esc(
    qtbot: QtBot, shown: Desk, key: Key
) -> None:
    accept_one(qtbot, shown)
    before = shown.workspace.annotation
    by_key(qtbot, shown)
    box = opened(qtbot, shown, QMessageBox, "choice")
    assert "1 spine is accepted" in box.text()
    qtbot.keyClick(box, key)
    gone(qtbot, shown, QMessageBox)
    assert shown.workspace.annotation == before


def test_that_accepted_spines_are_rejected_on_request_in_one_edit(
    qtbot: QtBot, shown: Desk
) -> None:
    accept_one(qtbot, shown)
    before, steps = shown.workspace.annotation, document_of(shown).undo_stack.count()
    by_menu(qtbot, shown)
    box = opened(qtbot, shown, QMessageBox, "choice")
    verb = next(b for b in box.buttons() if b.text() == "Reject it")
    qtbot.mouseClick(verb, Qt.MouseButton.LeftButton)
    assert shown.workspace.annotation.progress is Progress.NO_SPINES
    assert document_of(shown).undo_stack.count() == steps + 1
    choose(shown, "Edit", "Undo")
    assert shown.workspace.annotation == before


def test_that_a_spine_added_later_outweighs_what_was_said(qtbot: QtBot, shown: Desk) -> None:
    by_key(qtbot, shown)
    drag(shown.canvas, (100, 10), (120, 22), modifiers=SHIFT)
    assert shown.workspace.annotation.progress is Progress.REVIEWED
    assert not shown.actions["no_spines"].isChecked()


def test_that_the_list_tells_the_four_states_apart_in_form_and_words(
    qtbot: QtBot, shown: Desk
) -> None:
    seen = {}
    item = shown.images.model.index(1)

    def look() -> None:
        tip = item.data(Qt.ItemDataRole.ToolTipRole).splitlines()[-1]
        seen[tip] = item.data(Qt.ItemDataRole.DecorationRole).pixmap(16).toImage()

    press(qtbot, shown, Key.Key_D)
    drawn(qtbot, shown)
    look()
    by_key(qtbot, shown)
    look()
    drag(shown.canvas, (100, 10), (120, 22), modifiers=SHIFT)
    look()
    choose(shown, "Review", "Image reviewed")
    look()
    assert list(seen) == [
        "unseen: nothing decided yet",
        "reviewed: no spines here",
        "reviewed: 1 spine",
        "in work: 1 spine decided",
    ]
    signs = list(seen.values())
    assert all(a != b for i, a in enumerate(signs) for b in signs[:i])
