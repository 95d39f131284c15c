"""The command palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from spinegui.gui.dialogs.about import AboutSheet
from spinegui.gui.dialogs.palette import PaletteSheet, commands, matching
from tests.gui.stories.driving import choose, gone, open_images, opened, plain_image, press

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

CTRL = Qt.KeyboardModifier.ControlModifier


def test_that_ctrl_k_and_typing_and_enter_run_a_command(desk: Desk, qtbot: QtBot) -> None:
    press(qtbot, desk.window, Qt.Key.Key_K, CTRL)
    palette = opened(qtbot, desk, PaletteSheet)
    qtbot.keyClicks(palette.field, "about")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    opened(qtbot, desk, AboutSheet)
    gone(qtbot, desk, PaletteSheet)


def test_that_the_help_menu_opens_the_palette_and_escape_closes_it(
    desk: Desk, qtbot: QtBot
) -> None:
    choose(desk, "Help", "Find a command…")
    palette = opened(qtbot, desk, PaletteSheet)
    press(qtbot, palette.field, Qt.Key.Key_Escape)
    gone(qtbot, desk, PaletteSheet)


def test_that_a_disabled_command_says_why_and_does_not_run(desk: Desk, qtbot: QtBot) -> None:
    press(qtbot, desk.window, Qt.Key.Key_K, CTRL)
    palette = opened(qtbot, desk, PaletteSheet)
    qtbot.keyClicks(palette.field, "best-focus")
    assert palette.current is not None
    assert palette.current.reason == "Open an image first"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_that_the_arrows_move_in_the_list_while_one_types(desk: Desk, qtbot: QtBot) -> None:
    press(qtbot, desk.window, Qt.Key.Key_K, CTRL)
    palette = opened(qtbot, desk, PaletteSheet)
    qtbot.keyClicks(palette.field, "open")
    first = palette.current
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.current is not None
    assert palette.current != first


def test_that_a_click_runs_a_command(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    press(qtbot, desk.window, Qt.Key.Key_K, CTRL)
    palette = opened(qtbot, desk, PaletteSheet)
    qtbot.keyClicks(palette.field, "image reviewed")
    row = palette.list.visualRect(palette.model.index(0)).center()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=row)
    qtbot.waitUntil(lambda: desk.workspace.annotation.is_reviewed)


def test_that_what_begins_with_the_word_comes_first_and_usable_before_disabled(
    desk: Desk,
) -> None:
    found = matching(commands(desk.actions), "open")
    assert found[0].text.startswith("Open")
    reasons = [bool(c.reason) for c in found if c.text.startswith("Open")]
    assert reasons == sorted(reasons)


def test_that_letters_that_fit_nothing_leave_nothing_to_run(desk: Desk, qtbot: QtBot) -> None:
    choose(desk, "Help", "Find a command…")
    palette = opened(qtbot, desk, PaletteSheet)
    palette.field.setText("xyzzy")
    assert palette.current is None
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert "No command fits" in palette.note.text()
