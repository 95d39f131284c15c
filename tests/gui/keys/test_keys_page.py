"""Changing keys, as a hand does it: by menu, by the F1 sheet, in the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from spinegui.gui.dialogs.palette import commands
from spinegui.gui.dialogs.shortcuts import ShortcutsSheet, sections
from spinegui.gui.next_step import Situation, next_step
from spinegui.gui.preferences.sheet import SettingsSheet
from tests.gui.stories.driving import answer_file, choose, opened
from tests.support.desks import press
from tests.support.gestures import click

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.keys.page import KeysPage

Key = Qt.Key
CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def keys_page(qtbot: QtBot, desk: Desk, find: str) -> KeysPage:
    """Open the page by the menu and type what is wanted."""
    choose(desk, "Help", "Change keys…")
    page = opened(qtbot, desk, SettingsSheet).keys
    assert page.isVisible()
    qtbot.keyClicks(page.search, find)
    return page


def give(qtbot: QtBot, page: KeysPage, key: Key, held=Qt.KeyboardModifier.NoModifier) -> None:
    """Press Enter on the row, then the key."""
    qtbot.keyClick(page.search, Key.Key_Return)
    assert page.editor.field.hasFocus()
    qtbot.keyClick(page.editor.field, key, held)


def verb(page: KeysPage, text: str) -> QPushButton:
    return next(b for b in page.editor.findChildren(QPushButton)
                if b.text() == text and b.isVisible())  # fmt: skip


def undecided(desk: Desk) -> int:
    return sum(not d.is_decided for d in desk.workspace.annotation.visible())


def test_that_a_new_key_acts_at_once_and_is_written_everywhere(qtbot: QtBot, shown: Desk) -> None:
    page = keys_page(qtbot, shown, "reject")
    give(qtbot, page, Key.Key_Y)
    assert page.editor.message.text() == "Y is Reject now."
    assert shown.settings.own_keys == {"reject": ("Y", "X", "Del", "Backspace")}
    assert shown.actions["reject"].toolTip().endswith("(Y or X)")
    lines = {line.text: line.caps for line in sections(shown.actions)["Edit"]}
    assert lines["Reject"][0] == ("Y",)
    assert next(c for c in commands(shown.actions) if c.id == "reject").caps == (("Y",),)
    assert "<b>Y</b> rejects" in next_step(Situation(n_shown=1, is_undecided_selected=True)).text
    page.window().close()
    click(shown.canvas, shown.workspace.shown_detections()[0].box.center)
    assert "Y rejects" in shown.label.details.text()
    before = undecided(shown)
    press(qtbot, shown, Key.Key_Y)
    assert undecided(shown) == before - 1


def test_that_a_conflict_is_named_and_the_key_goes_over_when_told_to(
    qtbot: QtBot, shown: Desk
) -> None:
    page = keys_page(qtbot, shown, "reject")
    give(qtbot, page, Key.Key_D)
    assert page.editor.message.text() == "D is Next image. Take it from there?"
    assert shown.settings.own_keys == {}
    verb(page, "Take it").click()
    assert "Next image has no key any more" in page.editor.message.text()
    assert shown.actions.keys.of("next_image") == ()
    verb(page, "Undo").click()
    assert shown.actions.keys.own == {}
    assert shown.actions["next_image"].shortcut().toString() == "D"


def test_that_a_conflict_left_alone_changes_nothing(qtbot: QtBot, shown: Desk) -> None:
    page = keys_page(qtbot, shown, "reject")
    give(qtbot, page, Key.Key_D)
    verb(page, "Leave it").click()
    assert shown.actions.keys.own == {}
    assert page.editor.message.text() == ""


def test_that_a_letter_for_the_whole_window_is_refused_with_the_way_out(
    qtbot: QtBot, shown: Desk
) -> None:
    page = keys_page(qtbot, shown, "retrain")
    give(qtbot, page, Key.Key_Y)
    assert "typed into fields" in page.editor.message.text()
    verb(page, "Another key").click()
    qtbot.keyClick(page.editor.field, Key.Key_Y, CTRL_ALT)
    assert shown.actions["retrain"].shortcut().toString() == "Ctrl+Alt+Y"


def test_that_tab_can_be_given_and_escape_only_leaves(qtbot: QtBot, desk: Desk) -> None:
    page = keys_page(qtbot, desk, "fit to")
    give(qtbot, page, Key.Key_Escape)
    assert not page.editor.field.isVisible()
    assert page.isVisible()
    give(qtbot, page, Key.Key_Tab)
    assert page.editor.message.text() == "Tab is Next spine. Take it from there?"


def test_that_a_key_is_taken_away_with_its_button_and_reset_brings_it_back(
    qtbot: QtBot, desk: Desk
) -> None:
    page = keys_page(qtbot, desk, "reject")
    chip = next(b for b in page.editor.findChildren(QPushButton, "key_chip") if b.text() == "Del")
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert desk.actions.keys.of("reject") == ("X", "Backspace")
    qtbot.mouseClick(page.editor.reset, Qt.MouseButton.LeftButton)
    assert desk.actions.keys.own == {}
    assert not page.editor.reset.isEnabled()


def test_that_all_keys_are_reset_at_once_and_undone_at_once(qtbot: QtBot, desk: Desk) -> None:
    desk.actions.keys.add("reject", "Y")
    desk.actions.keys.add("fit", "Shift+Y")
    page = keys_page(qtbot, desk, "")
    page.reset_all.click()
    assert desk.actions.keys.own == {}
    assert not page.reset_all.isEnabled()
    verb(page, "Undo").click()
    assert set(desk.actions.keys.own) == {"reject", "fit"}


def test_that_what_cannot_be_changed_says_so(qtbot: QtBot, desk: Desk) -> None:
    page = keys_page(qtbot, desk, "deselect")
    qtbot.keyClick(page.search, Key.Key_Return)
    assert "Esc always cancels" in page.editor.message.text()
    assert not page.editor.field.isVisible()


def test_that_the_f1_sheet_leads_to_the_page(qtbot: QtBot, desk: Desk) -> None:
    press(qtbot, desk, Key.Key_F1)
    sheet = opened(qtbot, desk, ShortcutsSheet)
    button = sheet.findChild(QPushButton, "change_keys")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened(qtbot, desk, SettingsSheet).keys.isVisible()


def test_that_the_list_finds_by_name_key_and_menu(qtbot: QtBot, desk: Desk) -> None:
    page = keys_page(qtbot, desk, "slice up view")
    assert page.list.visible_ids() == ["slice_up"]
    page.search.setText("ctrl+t")
    assert page.list.action_id == "retrain"
    page.search.setText("train")
    assert {"detect", "retrain", "models"} <= set(page.list.visible_ids())


def test_that_keys_go_out_to_a_file_and_come_back(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    desk.actions.keys.add("reject", "Y")
    page = keys_page(qtbot, desk, "")
    page.export.click()
    answer_file(qtbot, desk, "export_keys_file", tmp_path / "mine.json")
    qtbot.waitUntil((tmp_path / "mine.json").exists)
    page.reset_all.click()
    page.import_.click()
    answer_file(qtbot, desk, "import_keys_file", tmp_path / "mine.json")
    qtbot.waitUntil(lambda: desk.actions.keys.of("reject")[0] == "Y")
    assert "in use" in page.editor.message.text()


def test_that_a_file_without_keys_changes_none(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    desk.actions.keys.add("reject", "Y")
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    page = keys_page(qtbot, desk, "")
    page._import(tmp_path / "other.json")
    assert page.editor.message.text().startswith("No key was changed.")
    assert desk.actions.keys.of("reject")[0] == "Y"


def test_that_the_class_buttons_and_the_naked_image_follow_their_keys(
    qtbot: QtBot, shown: Desk
) -> None:
    shown.actions.keys.add("label_1", "Y")
    shown.actions.keys.add("show_boxes", "F12")
    buttons = lambda: [b for b in shown.label.findChildren(QPushButton) if b.isVisible()]  # noqa: E731
    qtbot.waitUntil(lambda: any(b.text().startswith("Y   ") for b in buttons()))
    shown.canvas.setFocus()
    qtbot.keyPress(shown.canvas, Key.Key_F12)
    assert shown.canvas.scene.is_naked
    qtbot.keyRelease(shown.canvas, Key.Key_F12)
    assert not shown.canvas.scene.is_naked
