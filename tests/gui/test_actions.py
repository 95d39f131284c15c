"""The action table: complete, without double keys, and plain about what is missing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QTabBar, QToolBar, QToolButton

from spinegui.gui.action_set import ActionSet
from spinegui.gui.actions import ACTIONS, MENUS, REASONS, Needs
from spinegui.gui.handlers import handlers
from tests.support.desks import document_of, open_images, predictions, press
from tests.support.gestures import CTRL, click

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk


def test_that_every_action_has_a_handler_and_the_other_way_round(desk: Desk) -> None:
    assert set(handlers(desk)) == {spec.id for spec in ACTIONS}


def test_that_an_action_without_handler_is_refused(desk: Desk) -> None:
    table = handlers(desk)
    del table["undo"]
    with pytest.raises(KeyError, match="undo"):
        ActionSet(table, desk)


def test_that_no_id_and_no_key_is_given_twice() -> None:
    ids = Counter(spec.id for spec in ACTIONS)
    keys = Counter(
        QKeySequence(key).toString() for spec in ACTIONS for key in dict.fromkeys(spec.keys)
    )
    assert max(ids.values()) == 1
    assert {key for key, count in keys.items() if count > 1} == set()


def test_that_every_key_and_menu_is_one() -> None:
    for spec in ACTIONS:
        assert spec.menu in MENUS
        assert all(not QKeySequence(key).isEmpty() for key in spec.keys), spec.id


def test_that_no_menu_is_longer_than_a_low_screen(desk: Desk) -> None:
    for entry in desk.window.menuBar().actions():
        menu = entry.menu()
        assert isinstance(menu, QMenu)
        assert menu.sizeHint().height() <= 700, entry.text()


def test_that_the_parts_of_a_menu_hold_every_action_of_theirs_once(desk: Desk) -> None:
    for title in MENUS:
        menu = desk.window.menuBar().findChild(QMenu, f"menu_{title.lower()}")
        assert menu is not None
        shown = {(): menu, **{(part.title(),): part for part in menu.findChildren(QMenu)}}
        for spec in ACTIONS:
            if spec.menu == title:
                holders = [
                    k for k, part in shown.items() if desk.actions[spec.id] in part.actions()
                ]
                assert holders == [spec.place[1:]], spec.id


def test_that_every_single_letter_acts_only_on_the_canvas() -> None:
    for spec in ACTIONS:
        bare = [k for k in spec.keys if len(k) == 1 and k.isalnum()]
        assert not bare or spec.on_canvas, spec.id


def test_that_each_need_has_a_reason() -> None:
    assert {need for need in Needs if need} == set(REASONS)


def test_that_a_disabled_action_says_why_in_its_tooltip(desk: Desk) -> None:
    for spec in ACTIONS:
        action = desk.actions[spec.id]
        reason = desk.actions.reason(spec.id)
        assert action.isEnabled() == (not reason), spec.id
        if reason:
            assert reason in action.toolTip()
    assert "Open an image" in desk.actions["detect"].toolTip()


def test_that_enablement_follows_selection_undo_and_stack(
    qtbot: QtBot, shown: Desk, stack: Path
) -> None:
    is_on = lambda name: shown.actions[name].isEnabled()  # noqa: E731
    assert (is_on("duplicate"), is_on("undo"), is_on("redo")) == (False, True, False)
    click(shown.canvas, predictions(shown)[0].box.center)
    assert is_on("duplicate")
    assert (is_on("zoom_to_selection"), is_on("best_slice")) == (True, False)
    press(qtbot, shown, Qt.Key.Key_Z, CTRL)
    assert (is_on("duplicate"), is_on("undo"), is_on("redo")) == (False, False, True)
    assert not is_on("projection")
    open_images(qtbot, shown, stack)
    assert is_on("projection")


def test_that_read_only_disables_what_writes_and_says_so(
    qtbot: QtBot, shown: Desk, images: tuple[Path, ...]
) -> None:
    path = document_of(shown).project.path
    shown.open_project.run(path, mode="read_only")
    qtbot.waitUntil(lambda: document_of(shown).is_read_only)
    assert shown.window.save_text.text() == "Read-only"
    assert "read_only" in shown.window.banners.texts()
    for name in ("undo", "draw_tool", "accept_all", "mark_reviewed", "detect", "retrain"):
        assert not shown.actions[name].isEnabled(), name
        assert "read-only" in shown.actions[name].toolTip()
    assert shown.actions["fit"].isEnabled()


def test_that_letters_typed_in_a_field_decide_nothing(qtbot: QtBot, shown: Desk) -> None:
    click(shown.canvas, predictions(shown)[0].box.center)
    before = shown.workspace.annotation
    field = QLineEdit(shown.window)
    field.setGeometry(10, 10, 200, 30)
    field.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "x1Suw 0[")
    press(qtbot, shown, Qt.Key.Key_Backspace)
    assert field.text() == "x1Suw 0"
    assert shown.workspace.annotation == before
    assert shown.workspace.view.threshold == 0.5


def test_that_keys_work_in_full_screen_and_f11_leads_back(qtbot: QtBot, shown: Desk) -> None:
    before = {name: dock.isVisible() for name, dock in shown.window.docks.items()}
    assert before["images"]
    press(qtbot, shown, Qt.Key.Key_F11)
    assert not shown.window.menuBar().isVisible()
    press(qtbot, shown, Qt.Key.Key_Z, CTRL)
    assert not shown.workspace.annotation.detections
    press(qtbot, shown, Qt.Key.Key_F11)
    assert shown.window.menuBar().isVisible()
    assert {name: dock.isVisible() for name, dock in shown.window.docks.items()} == before


def test_that_the_canvas_has_the_focus_after_opening(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    desk.images.list.setFocus()
    open_images(qtbot, desk, *images[:2])
    assert QApplication.focusWidget() is desk.canvas


def test_that_a_click_on_an_image_leaves_the_keys_to_it(qtbot: QtBot, shown: Desk) -> None:
    item = shown.images.model.index(1)
    at = shown.images.list.visualRect(item).center()
    qtbot.mouseClick(shown.images.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert shown.workspace.image_id == shown.workspace.image_ids[1]
    assert shown.canvas.hasFocus()


def test_that_menus_and_toolbar_are_made_of_the_table(desk: Desk) -> None:
    texts = {desk.actions[spec.id].text() for spec in ACTIONS}
    bar = desk.window.findChild(QToolBar, "tools")
    assert bar is not None
    buttons = [b for b in bar.findChildren(QToolButton) if b.defaultAction()]
    shown = {button.defaultAction().text() for button in buttons}
    assert shown <= texts
    assert {"Detect", "Retrain…"} <= shown


def test_that_a_narrow_toolbar_keeps_the_words_of_the_big_steps_and_cuts_none(
    qtbot: QtBot, desk: Desk
) -> None:
    bar = desk.window.findChild(QToolBar, "tools")
    assert bar is not None
    for width in (1280, 2200):
        desk.window.resize(width, 800)
        qtbot.waitUntil(lambda width=width: bar.width() == width)
        buttons = [b for b in bar.findChildren(QToolButton) if b.isVisible()]
        qtbot.waitUntil(lambda found=buttons: all(b.width() >= b.sizeHint().width() for b in found))
    assert bar.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon


def test_that_a_closed_panel_leaves_no_tab_on_the_window(desk: Desk) -> None:
    closed = {d.windowTitle() for d in desk.window.docks.values() if not d.isVisible()}
    shown = [bar for bar in desk.window.findChildren(QTabBar) if bar.isVisible() and bar.x() >= 0]
    tabs = {bar.tabText(i) for bar in shown for i in range(bar.count())}
    assert tabs & closed <= {"Jobs"}
