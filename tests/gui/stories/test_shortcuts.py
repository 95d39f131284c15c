"""The F1 sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from spinegui.gui.actions import ACTIONS
from spinegui.gui.dialogs.shortcuts import ShortcutsSheet, sections
from spinegui.gui.gestures import MOUSE
from spinegui.gui.key_caps import caps_of
from tests.gui.stories.driving import choose, gone, opened, press

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk


def test_that_f1_opens_the_sheet_and_escape_closes_it(desk: Desk, qtbot: QtBot) -> None:
    press(qtbot, desk.window, Qt.Key.Key_F1)
    sheet = opened(qtbot, desk, ShortcutsSheet)
    press(qtbot, sheet, Qt.Key.Key_Escape)
    gone(qtbot, desk, ShortcutsSheet)


def test_that_the_help_menu_opens_the_sheet(desk: Desk, qtbot: QtBot) -> None:
    choose(desk, "Help", "Keys and mouse")
    sheet = opened(qtbot, desk, ShortcutsSheet)
    assert sheet.width() <= 1280
    assert sheet.height() <= 800


def test_that_every_key_of_the_table_and_every_mouse_move_is_on_the_sheet(desk: Desk) -> None:
    lines = [line for found in sections(desk.actions).values() for line in found]
    shown = {combination for line in lines for combination in line.caps}
    for spec in ACTIONS:
        assert set(caps_of(spec.keys)) <= shown, spec.id
    assert {gesture.does for gesture in MOUSE} <= {line.text for line in lines}


def test_that_classes_stand_on_the_sheet_by_their_names(desk: Desk) -> None:
    review = {line.caps: line.text for line in sections(desk.actions)["Review"]}
    assert review[(("1",),)] == "Mushroom"


def test_that_typing_leaves_only_what_fits(desk: Desk, qtbot: QtBot) -> None:
    press(qtbot, desk.window, Qt.Key.Key_F1)
    sheet = opened(qtbot, desk, ShortcutsSheet)
    qtbot.keyClicks(sheet.search, "ctrl z")
    assert "Undo" in sheet.visible_lines()
    assert "Fit to window" not in sheet.visible_lines()
    assert not sheet.sections["Help"].isVisible()
    sheet.search.setText("nothing does this")
    assert sheet.nothing.isVisible()


@pytest.mark.parametrize(
    ("keys", "caps"),
    [
        (("Ctrl++", "Ctrl+="), (("Ctrl", "+"),)),
        (("Return", "Enter"), (("Enter",),)),
        (("Shift+Tab", "Shift+Backtab"), (("Shift", "Tab"),)),
        (("Up", "E"), (("↑",), ("E",))),
        (("Ctrl+,",), (("Ctrl", ","),)),
        (("?",), (("?",),)),
    ],
)
def test_that_keys_become_the_words_on_their_caps(
    keys: tuple[str, ...], caps: tuple[tuple[str, ...], ...]
) -> None:
    assert caps_of(keys) == caps
