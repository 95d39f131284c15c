"""The line that says what the mouse does now is true, and changes with the hand."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from spinegui.gui.canvas.box_handle import Handle
from spinegui.gui.canvas.cursors import Under
from spinegui.gui.canvas.hand import Hand
from spinegui.gui.canvas.tools import Button, Gesture, Press, Tool, gesture_for
from spinegui.gui.mouse_words import DRAGS, TOOLS, Ground, mouse_words
from tests.support.desks import choose, open_images, predictions
from tests.support.gestures import CTRL, NONE, SHIFT, drag, hover

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

PLACES = (
    Under(),
    Under(on_box=True),
    Under(on_box=True, on_selected=True),
    Under(handle=Handle.TOP, on_box=True, on_selected=True),
    Under(on_minimap=True),
)
HANDS = list(product(Tool, PLACES, (NONE, CTRL, SHIFT)))
SAYS = {
    Gesture.PAN: ("moves the image", "this spine"),
    Gesture.MOVE: ("moves the box",),
    Gesture.RESIZE: ("resizes the box",),
    Gesture.DRAW: ("draws a box", "a box around a spine"),
    Gesture.REGION: ("you have looked at",),
    Gesture.PAINT: ("drag paints",),
    Gesture.BAND: ("in a rectangle",),
    Gesture.TRAVEL: ("part of the image",),
}


@pytest.mark.parametrize(
    ("tool", "under", "held"), list(product(Tool, PLACES, (NONE, CTRL, SHIFT)))
)
def test_that_what_is_said_is_what_a_drag_does(
    tool: Tool, under: Under, held: Qt.KeyboardModifier
) -> None:
    press = Press(
        Button.LEFT, tool, shift=held == SHIFT, ctrl=held == CTRL, handle=under.handle,
        on_selected=under.on_selected, on_minimap=under.on_minimap,
    )  # fmt: skip
    line = mouse_words(Hand(tool, under, held), Ground()).casefold()
    if tool is Tool.ADD and not under.on_box and held == NONE:
        assert "adds a spine" in line or under.on_minimap
    else:
        assert any(words in line for words in SAYS[gesture_for(press)]), line


def test_that_every_tool_and_every_drag_has_its_words() -> None:
    assert set(TOOLS) == set(Tool)
    assert set(DRAGS) == set(Gesture)


def test_that_a_read_only_project_is_promised_no_edits() -> None:
    for under, held in product(PLACES, (NONE, CTRL, SHIFT)):
        line = mouse_words(Hand(Tool.SELECT, under, held), Ground(can_edit=False)).casefold()
        assert not any(word in line for word in ("adds a spine", "draws", "resizes", "grows"))


def test_that_slices_are_spoken_of_only_in_a_stack() -> None:
    shift = Hand(Tool.SELECT, Under(), SHIFT)
    assert "slices" not in mouse_words(shift, Ground())
    assert "slices" in mouse_words(shift, Ground(is_stack=True))


def key(desk: Desk, kind: QEvent.Type, key_: Qt.Key, held: Qt.KeyboardModifier) -> None:
    QApplication.sendEvent(desk.canvas, QKeyEvent(kind, key_, held))


def test_that_the_line_follows_the_hand(qtbot: QtBot, shown: Desk) -> None:
    hint = shown.window.hint
    first, *_ = predictions(shown)
    hover(shown.canvas, (4, 90))
    assert hint.text().startswith("Drag moves the image")
    hover(shown.canvas, first.box.center)
    assert hint.text().startswith("Click selects this spine")
    shown.workspace.selection.replace([first.id])
    hover(shown.canvas, first.box.center)
    assert hint.text().startswith("Drag moves the box")
    key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Control, NONE)
    assert "wheel grows or shrinks the box" in hint.text()
    key(shown, QEvent.Type.KeyRelease, Qt.Key.Key_Control, CTRL)
    assert hint.text().startswith("Drag moves the box")
    key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Shift, NONE)
    assert hint.text().startswith("Click adds a spine here · drag draws a box")
    key(shown, QEvent.Type.KeyRelease, Qt.Key.Key_Shift, SHIFT)
    box = first.box
    hover(shown.canvas, (box.x1, box.y1))
    assert hint.text().startswith("Drag resizes the box")
    choose(shown, "region_tool")
    hover(shown.canvas, (4, 90))
    assert "looked at" in hint.text()


def test_that_a_drag_under_way_says_what_it_does(shown: Desk) -> None:
    drag(shown.canvas, (4, 4), (30, 30), modifiers=CTRL, let_go=False)
    assert shown.window.hint.text().startswith("Selects every spine inside")
    shown.canvas.cancel()
    assert "Selects every" not in shown.window.hint.text()


def test_that_without_an_image_the_line_leads_to_one(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    assert desk.window.hint.text() == "Drop images here, or open them: Ctrl+O"
    open_images(qtbot, desk, images[0])
    assert "wheel zooms" in desk.window.hint.text()


def test_that_a_page_says_what_the_mouse_does_there(shown: Desk) -> None:
    choose(shown, "gallery")
    assert "double-click" in shown.window.hint.text()
    choose(shown, "gallery")
    assert "wheel zooms" in shown.window.hint.text()
