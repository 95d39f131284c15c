"""Who labels: the control at the top right, by mouse and by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from spinegui.gui.dialogs.palette import PaletteSheet
from spinegui.gui.raters.name_sheet import NameSheet
from tests.gui.raters.rated import rate, raters_of
from tests.gui.stories.driving import opened
from tests.support.desks import choose, detection, document_of, is_saved, predictions, press

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def entries(desk: Desk) -> list[str]:
    menu = raters_of(desk).button.menu_
    return [a.text() for a in menu.actions() if a.isCheckable()]


def open_menu(desk: Desk, qtbot: QtBot) -> None:
    qtbot.mouseClick(raters_of(desk).button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(raters_of(desk).button.menu_.isVisible)


def choose_entry(desk: Desk, text: str) -> None:
    menu = raters_of(desk).button.menu_
    next(a for a in menu.actions() if a.text() == text).trigger()
    menu.close()


def toast_text(desk: Desk) -> str:
    assert desk.window._toast is not None
    return desk.window._toast._text.text()


def test_that_the_top_right_names_the_user_and_lists_who_worked_here(
    qtbot: QtBot, shown: Desk
) -> None:
    rate(shown)
    button = raters_of(shown).button
    assert button.text().startswith("ann")
    assert button.isVisible()
    assert button.accessibleName() == "User ann"
    assert "Ctrl+Shift+U" in button.toolTip()
    open_menu(shown, qtbot)
    assert entries(shown) == ["ann", "bob"]
    button.menu_.close()


def test_that_who_is_switched_to_makes_the_votes_from_then_on(qtbot: QtBot, shown: Desk) -> None:
    spine = rate(shown)[0]
    open_menu(shown, qtbot)
    choose_entry(shown, "bob")
    assert toast_text(shown) == "bob labels from now on."
    assert raters_of(shown).button.text().startswith("bob")
    assert shown.workspace.settings.user == "bob"
    shown.workspace.selection.replace([spine])
    shown.canvas.setFocus()
    press(qtbot, shown, Qt.Key.Key_4)
    assert detection(shown, spine).vote_of("bob").label == "filopodia"
    assert detection(shown, spine).vote_of("ann").label == "thin", "ann's vote stays"
    qtbot.waitUntil(lambda: is_saved(shown))
    last = document_of(shown).project.log().result()[-1]
    assert last.user == "bob", "the log names who did it"


def test_that_someone_new_is_named_in_a_sheet(qtbot: QtBot, shown: Desk) -> None:
    open_menu(shown, qtbot)
    choose_entry(shown, "Someone else…")
    sheet = opened(qtbot, shown, NameSheet)
    qtbot.keyClicks(sheet.findChild(QLineEdit), "  Cy   Twombly ")
    qtbot.keyClick(sheet.findChild(QLineEdit), Qt.Key.Key_Return)
    assert document_of(shown).user == "Cy Twombly"
    assert "Cy Twombly" in raters_of(shown).people.known()


def test_that_the_keys_alone_switch_the_user(qtbot: QtBot, shown: Desk) -> None:
    rate(shown)
    menu = raters_of(shown).button.menu_
    press(qtbot, shown, Qt.Key.Key_U, CTRL_SHIFT)
    qtbot.waitUntil(menu.isVisible)
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert document_of(shown).user == "bob"


def test_that_the_palette_finds_it(qtbot: QtBot, shown: Desk) -> None:
    shown.actions["palette"].trigger()
    sheet = opened(qtbot, shown, PaletteSheet)
    qtbot.keyClicks(sheet.findChild(QLineEdit), "switch user")
    qtbot.keyClick(sheet.findChild(QLineEdit), Qt.Key.Key_Return)
    qtbot.waitUntil(raters_of(shown).button.menu_.isVisible)
    raters_of(shown).button.menu_.close()


def test_that_an_imported_file_s_name_is_nobody_to_switch_to(shown: Desk) -> None:
    rate(shown, {"truth.json": ("thin",), "bob": ("thin",)})
    assert raters_of(shown).people.known() == ("ann", "bob")


def test_that_without_a_project_the_user_can_be_switched_too(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    raters_of(desk).people.switch_to("bob")
    assert raters_of(desk).button.text().startswith("bob")
    assert desk.workspace.settings.user == "bob"


def test_that_accepting_with_space_is_the_user_s_vote(qtbot: QtBot, shown: Desk) -> None:
    spine = predictions(shown)[0]
    shown.workspace.selection.replace([spine.id])
    shown.canvas.setFocus()
    press(qtbot, shown, Qt.Key.Key_Space)
    (vote,) = detection(shown, spine.id).votes
    assert (vote.rater, vote.label, str(vote.how)) == ("ann", "mushroom", "accepted")
    shown.workspace.selection.replace([spine.id])
    press(qtbot, shown, Qt.Key.Key_1)
    (vote,) = detection(shown, spine.id).votes
    assert str(vote.how) == "hand", "naming the class the model named too is a vote by hand"


def test_that_a_copy_of_a_spine_has_no_vote_of_those_who_never_saw_it(shown: Desk) -> None:
    spine = rate(shown)[0]
    shown.workspace.selection.replace([spine])
    choose(shown, "duplicate")
    copy = detection(shown, shown.workspace.selection.single or "")
    assert [v.rater for v in copy.votes] == ["ann"]
    assert [v.rater for v in detection(shown, spine).votes] == ["ann", "bob"]
