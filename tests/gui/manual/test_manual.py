"""The manual: whole, true to the action table, and open where one is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QDialog

from spinegui.cli.main import VERBS
from spinegui.gui.actions import ACTIONS
from spinegui.gui.keys.bindings import KeyBindings
from spinegui.gui.manual.pages import (
    KEYS,
    OF_DIALOG,
    PAGES,
    manual_folder,
    matching,
    named_actions,
    raw_text,
    read_page,
)
from spinegui.gui.manual.sheet import ManualSheet
from spinegui.gui.manual.story import OF_DOCK
from spinegui.gui.preferences.sheet import SettingsSheet
from tests.gui.stories.driving import choose, opened, press
from tests.support.desks import press as press_in_window

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

WRITTEN = [name for name in PAGES if name != KEYS]


@pytest.fixture(autouse=True)
def delivered_keys() -> None:
    KeyBindings()


def test_that_the_contents_are_the_files() -> None:
    assert {file.stem for file in manual_folder().glob("*.md")} == set(WRITTEN)
    assert set(OF_DIALOG.values()) | set(OF_DOCK.values()) <= set(PAGES)


@pytest.mark.parametrize("name", WRITTEN)
def test_that_every_link_and_picture_is_there(name: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", raw_text(name)):
        if target.endswith(".md"):
            assert target.removesuffix(".md") in PAGES, target
        else:
            assert (manual_folder() / target).resolve().is_file(), target


@pytest.mark.parametrize("name", WRITTEN)
def test_that_every_action_named_is_one(name: str) -> None:
    assert set(named_actions(raw_text(name))) <= {spec.id for spec in ACTIONS}
    assert "[[" not in read_page(name).text
    assert not re.search(r"`(Ctrl|Alt|Shift)\+", raw_text(name)), "a key that cannot follow"


@pytest.mark.parametrize("name", WRITTEN)
def test_that_every_verb_named_is_one(name: str) -> None:
    verbs = re.findall(r"`spinegui (\w+)", raw_text(name))
    assert set(verbs) <= set(VERBS)


@pytest.mark.parametrize("name", PAGES)
def test_that_every_page_has_a_title_and_reads_as_markdown(name: str) -> None:
    page = read_page(name)
    document = QTextDocument()
    document.setMarkdown(page.text)
    plain = document.toPlainText()
    assert plain.startswith(page.title)
    assert "**" not in plain
    assert "](" not in plain


def test_that_every_action_of_the_window_is_explained_somewhere_or_stands_among_the_keys() -> None:
    told = {action for name in WRITTEN for action in named_actions(raw_text(name))}
    without = {spec.id for spec in ACTIONS if not spec.keys} - told
    assert without <= {"about", "open_sample", "smooth"}


def test_that_the_keys_are_those_of_the_person(qtbot: QtBot, desk: Desk) -> None:
    desk.actions.keys.add("reject", "Y")
    assert "| Reject | `Y` `X`" in read_page(KEYS).text
    assert "`Y` rejects it" in read_page("first_ten_minutes").text


def test_that_finding_ranks_titles_first() -> None:
    assert matching("gallery")[0].name == "gallery"
    assert {page.name for page in matching("lawnmower")} == {"missed_spines"}
    assert matching("no such word anywhere") == []


def test_that_the_menu_opens_it_and_links_turn_its_pages(qtbot: QtBot, desk: Desk) -> None:
    choose(desk, "Help", "Manual")
    sheet = opened(qtbot, desk, ManualSheet)
    assert sheet.name == PAGES[0]
    assert not sheet.isModal()
    assert sheet.width() <= 1280
    sheet.page.anchorClicked.emit("gallery.md")
    assert sheet.name == "gallery"
    assert sheet.page.toPlainText().startswith("Gallery")
    qtbot.keyClicks(sheet.search, "recapture")
    assert sheet.name == "missed_spines"
    sheet.search.setText("nothing holds this")
    assert sheet.nothing.isVisible()
    press(qtbot, sheet, Qt.Key.Key_Escape)


def test_that_f1_in_a_dialog_opens_its_page_which_the_dialog_does_not_block(
    qtbot: QtBot, desk: Desk
) -> None:
    choose(desk, "Train", "Models…")
    dialog = opened(qtbot, desk, QDialog, "models")
    press(qtbot, dialog, Qt.Key.Key_F1)
    sheet = opened(qtbot, desk, ManualSheet)
    assert sheet.name == "models"
    assert sheet.parent() is dialog
    sheet.close()
    dialog.close()


def test_that_the_key_opens_the_page_of_where_one_is(qtbot: QtBot, shown: Desk) -> None:
    for page in ("gallery", PAGES[0]):
        choose(shown, "View", "Gallery")
        press_in_window(qtbot, shown, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
        sheet = opened(qtbot, shown, ManualSheet)
        assert sheet.name == page
    sheet.close()


def test_that_it_is_read_beside_the_work(qtbot: QtBot, desk: Desk) -> None:
    choose(desk, "Help", "Manual")
    first = opened(qtbot, desk, ManualSheet)
    choose(desk, "Help", "Manual")
    assert [s for s in desk.window.findChildren(ManualSheet) if s.isVisible()] == [first]
    choose(desk, "File", "Settings…")
    opened(qtbot, desk, SettingsSheet).close()
    first.close()
