"""Channels together: each in its colour and contrast, by every door; the data stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.gui.canvas.test_painting import as_array
from tests.gui.seeing.test_contrast import panel_of, type_in
from tests.gui.stories.driving import choose
from tests.support.desks import open_images, predict, press
from tests.support.gestures import SHIFT, hover
from tests.support.images import write_imagej

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.seeing.channel_rows import ChannelRows

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def desk_of_three(qtbot: QtBot, desk: Desk, tmp_path: Path) -> Desk:
    """Three channels, each bright in a third of the image of its own, over two slices."""
    pixels = np.full((2, 3, 60, 90), 10, np.uint16)
    for channel in range(3):
        pixels[:, channel, :, 30 * channel : 30 * channel + 30] = 1000 * (channel + 1)
    options = {"per_unit": (10.0, 10.0), "metadata": {"unit": "um", "spacing": 0.5}}
    open_images(qtbot, desk, write_imagej(tmp_path / "three.tif", pixels, "ZCYX", **options))
    desk.canvas.setFocus()
    return desk


def rows_of(desk: Desk) -> ChannelRows:
    return panel_of(desk).channels


def thirds(desk: Desk) -> list[tuple[int, ...]]:
    """The colour in the middle of each third."""
    shot = as_array(desk.canvas.grab().toImage())
    found = []
    for x in (15, 45, 75):
        at = desk.canvas.transform.to_view(x + 0.5, 30.5)
        found.append(tuple(shot[int(at[1]), int(at[0])].tolist()))
    return found


def composed(qtbot: QtBot, desk: Desk, n: int = 3) -> None:
    qtbot.waitUntil(lambda: len(desk.canvas.scene.pixels.layers) == n)


def test_that_a_composite_shows_every_channel_in_its_colour_by_every_door(
    qtbot: QtBot, desk_of_three: Desk
) -> None:
    desk, rows, combo = desk_of_three, rows_of(desk_of_three), desk_of_three.view_bar.channels
    in_colour = [(0, 0xE0, 0), (255, 0, 255), (0, 0xB7, 0xEB)]
    doors = (
        lambda: press(qtbot, desk, Key.Key_M, SHIFT),
        lambda: choose(desk, "View", "Composite"),
        lambda: qtbot.mouseClick(rows.composite, LEFT),
    )
    for door in doors:
        door()
        assert desk.workspace.view.is_composite
        composed(qtbot, desk)
        assert thirds(desk) == in_colour
        assert (desk.actions["composite"].isChecked(), rows.composite.isChecked()) == (True, True)
        assert combo.currentText() == "Composite"
        door()
        composed(qtbot, desk, 1)
        assert thirds(desk)[0] == (255, 255, 255)
    combo.setCurrentIndex(3)
    combo.activated.emit(3)
    composed(qtbot, desk)
    combo.setCurrentIndex(2)
    combo.activated.emit(2)
    assert (desk.workspace.view.is_composite, desk.workspace.view.channel) == (False, 2)


def test_that_colour_and_visibility_of_a_channel_are_its_own(
    qtbot: QtBot, desk_of_three: Desk
) -> None:
    desk, rows = desk_of_three, rows_of(desk_of_three)
    press(qtbot, desk, Key.Key_M, SHIFT)
    composed(qtbot, desk)
    menu = rows.colours[1].menu()
    next(action for action in menu.actions() if action.text() == "Red").trigger()
    assert thirds(desk)[1] == (255, 0x40, 0x40)
    levels = desk.canvas.scene.pixels._patch.arrays
    qtbot.mouseClick(rows.eyes[0], LEFT)
    assert thirds(desk)[0] == (0, 0, 0)
    assert desk.canvas.scene.pixels._patch.arrays is levels
    qtbot.mouseClick(rows.eyes[1], LEFT)
    composed(qtbot, desk, 2)
    assert thirds(desk)[1] == (0, 0, 0)
    assert thirds(desk)[2] == (0, 0xB7, 0xEB)
    qtbot.mouseClick(rows.eyes[1], LEFT)
    composed(qtbot, desk)
    assert thirds(desk)[1] == (255, 0x40, 0x40)


def test_that_a_channel_s_window_is_its_own_and_holds_alone_and_together(
    qtbot: QtBot, desk_of_three: Desk
) -> None:
    desk, panel, rows = desk_of_three, panel_of(desk_of_three), rows_of(desk_of_three)
    press(qtbot, desk, Key.Key_M, SHIFT)
    composed(qtbot, desk)
    qtbot.mouseClick(rows.names[2], LEFT)
    assert desk.workspace.view.channel == 2
    qtbot.waitUntil(lambda: panel.plot._span[1] > 2900)
    type_in(qtbot, panel.high, "6000")
    assert thirds(desk)[2][2] == pytest.approx(0xEB / 2, abs=2)
    assert thirds(desk)[0] == (0, 0xE0, 0)
    rows.composite.click()
    composed(qtbot, desk, 1)
    assert desk.display.window[1] == 6000
    qtbot.mouseClick(rows.names[0], LEFT)
    qtbot.waitUntil(lambda: desk.display.plane is not None)
    assert desk.display.window[1] == 1000


def test_that_the_read_out_tells_every_visible_channel_and_both_units(
    qtbot: QtBot, desk_of_three: Desk
) -> None:
    desk = desk_of_three
    hover(desk.canvas, (45.5, 30.5))
    text = desk.window.cursor_text.text()
    for part in ("x 45  y 30", "4.55, 3.05 µm", "slice 2, 0.50 µm", "value 10", "0.1 µm/px"):
        assert part in text
    press(qtbot, desk, Key.Key_M, SHIFT)
    composed(qtbot, desk)
    hover(desk.canvas, (45.5, 30.5))
    assert "C1 10  C2 2000  C3 10" in desk.window.cursor_text.text()
    rows_of(desk).eyes[2].click()
    hover(desk.canvas, (45.5, 30.5))
    assert "C3" not in desk.window.cursor_text.text()


def test_that_scrolling_and_detection_keep_to_what_they_were(
    qtbot: QtBot, desk_of_three: Desk
) -> None:
    desk = desk_of_three
    press(qtbot, desk, Key.Key_M, SHIFT)
    composed(qtbot, desk)
    before = dict(desk.display.contrast.planes)
    press(qtbot, desk, Key.Key_Q)
    qtbot.waitUntil(lambda: desk.display.contrast.planes[0] is not before[0])
    assert sorted(desk.display.contrast.planes) == [0, 1, 2]
    assert desk.workspace.view.channel == 0
    predict(desk)
    press(qtbot, desk, Key.Key_L)
    press(qtbot, desk, Key.Key_P)
    press(qtbot, desk, Key.Key_H)
    assert not desk.workspace.view.show_boxes


def test_that_the_spine_close_up_wears_the_colours_of_the_image(
    qtbot: QtBot, desk_of_three: Desk
) -> None:
    desk = desk_of_three
    predict(desk, 1)
    press(qtbot, desk, Key.Key_Tab)
    grey = as_array(desk.label.crop.grab().toImage())[:40]
    desk.workspace.view_state.update(lut="magma")
    assert not np.array_equal(as_array(desk.label.crop.grab().toImage())[:40], grey)
    press(qtbot, desk, Key.Key_M, SHIFT)
    composed(qtbot, desk)
    for eye in rows_of(desk).eyes:
        eye.click()
    assert as_array(desk.label.crop.grab().toImage())[:40].max() < 30


def test_that_an_image_of_one_channel_offers_no_composite(shown: Desk) -> None:
    assert not rows_of(shown).isVisible()
    assert not shown.view_bar.channels.isVisible()
    assert "one channel" in shown.actions["composite"].toolTip()
