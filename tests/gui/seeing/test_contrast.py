"""The Contrast dock: what hands, keys and numbers do to the picture, and that the data stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from spinegui.gui.canvas.luts import LUT_NAMES, lut
from spinegui.gui.seeing.contrast_panel import ContrastPanel
from spinegui.gui.settings import Settings
from tests.gui.canvas.test_painting import as_array
from tests.gui.stories.driving import choose
from tests.support.desks import make_desk, open_images, press
from tests.support.gestures import RIGHT, SHIFT, drag

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.seeing.number_field import NumberField

Key = Qt.Key


def panel_of(desk: Desk) -> ContrastPanel:
    panel = desk.window.docks["contrast"].findChild(ContrastPanel)
    assert panel is not None
    return panel


def window_of(desk: Desk) -> tuple[float, float]:
    return desk.canvas.scene.pixels.window


def type_in(qtbot: QtBot, field: NumberField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Key.Key_Return)


def pull(qtbot: QtBot, desk: Desk, handle: str, dx: int, dy: int = 0) -> None:
    """Drag a handle of the histogram by so many px."""
    plot = panel_of(desk).plot
    qtbot.waitUntil(lambda: len(plot._heights) > 0)
    start = plot.handle_position(handle).toPoint()
    if handle != "gamma":
        start -= QPoint(0, 20)  # by its line
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(plot, start + QPoint(dx // 2, dy // 2))
    qtbot.mouseMove(plot, start + QPoint(dx, dy))
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=start + QPoint(dx, dy))


def test_that_the_histogram_counts_the_shown_plane(qtbot: QtBot, desk: Desk, stack: Path) -> None:
    open_images(qtbot, desk, stack)
    plot, plane = panel_of(desk).plot, desk.display.plane
    assert plane is not None
    qtbot.waitUntil(lambda: plot._span[1] >= plane.max())
    assert len(plot._heights) == 256
    assert plot._heights.max() == 1
    press(qtbot, desk, Key.Key_E)
    qtbot.waitUntil(lambda: plot._span[1] > plane.max() + 50)


def test_that_dragged_ends_and_curve_change_the_picture_and_not_the_pixels(
    qtbot: QtBot, shown: Desk
) -> None:
    plane = shown.display.plane
    assert plane is not None
    before, (low, high) = plane.copy(), window_of(shown)
    pull(qtbot, shown, "low", 15)
    assert window_of(shown)[0] > low
    assert window_of(shown)[1] == high
    pull(qtbot, shown, "high", -15)
    assert window_of(shown)[1] < high
    pull(qtbot, shown, "gamma", 0, -20)
    assert shown.canvas.scene.pixels.gamma > 1
    assert np.array_equal(shown.display.plane, before)
    panel = panel_of(shown)
    assert panel.low.value() == pytest.approx(window_of(shown)[0], abs=0.5)
    assert panel.gamma.value() == pytest.approx(shown.workspace.view.gamma, abs=0.01)


def test_that_the_handles_are_reached_by_keys(qtbot: QtBot, shown: Desk) -> None:
    plot = panel_of(shown).plot
    plot.setFocus()
    low, high = window_of(shown)
    qtbot.keyClick(plot, Key.Key_Right)
    one = window_of(shown)[0] - low
    assert one > 0
    qtbot.keyClick(plot, Key.Key_Right, SHIFT)
    assert window_of(shown)[0] - low == pytest.approx(11 * one)
    qtbot.keyClick(plot, Key.Key_Up)
    qtbot.keyClick(plot, Key.Key_Right)
    assert shown.workspace.view.gamma != 1
    qtbot.keyClick(plot, Key.Key_Up)
    qtbot.keyClick(plot, Key.Key_Left)
    assert window_of(shown)[1] < high


def test_that_numbers_set_the_ends_and_one_out_of_order_is_put_back(
    qtbot: QtBot, shown: Desk
) -> None:
    panel = panel_of(shown)
    type_in(qtbot, panel.low, "3")
    type_in(qtbot, panel.high, "40")
    type_in(qtbot, panel.gamma, "1.5")
    assert (*window_of(shown), shown.canvas.scene.pixels.gamma) == (3, 40, 1.5)
    type_in(qtbot, panel.high, "2")
    assert window_of(shown) == (3, 40)
    assert panel.high.value() == 40


def test_that_a_right_drag_on_the_image_moves_the_panel_s_handles(
    qtbot: QtBot, shown: Desk
) -> None:
    plot = panel_of(shown).plot
    before = plot._window
    drag(shown.canvas, (20, 20), (60, 60), RIGHT)
    assert plot._window != before
    assert plot._window == window_of(shown)


def test_that_percentiles_of_automatic_contrast_are_kept(
    qtbot: QtBot, shown: Desk, home: Path
) -> None:
    panel, plane = panel_of(shown), shown.display.plane
    assert plane is not None
    type_in(qtbot, panel.auto_high, "50")
    assert window_of(shown)[1] == pytest.approx(np.median(plane), abs=1)
    shown.display.set_window(1, 2)
    qtbot.mouseClick(panel.auto, Qt.MouseButton.LeftButton)
    assert window_of(shown)[1] == pytest.approx(np.median(plane), abs=1)
    type_in(qtbot, panel.auto_low, "70")  # above the upper one: refused
    assert panel.auto_low.value() == pytest.approx(0.1)
    other = make_desk(qtbot, home)
    try:
        assert other.display.contrast.percentiles == (0.1, 50)
    finally:
        other.close()


def test_that_percentiles_that_make_no_sense_are_the_usual_ones(shown: Desk) -> None:
    store = shown.settings._store
    for text in ("9,3", "a,b", "1", ""):
        store.setValue("auto_percentiles", text)
        assert Settings(store).auto_percentiles == (0.1, 99.8)


def test_that_reset_brings_back_how_the_image_was_opened_by_every_door(
    qtbot: QtBot, shown: Desk
) -> None:
    opened = shown.canvas.grab().toImage()
    for door in (
        lambda: choose(shown, "View", "Reset contrast"),
        lambda: qtbot.mouseClick(panel_of(shown).reset, Qt.MouseButton.LeftButton),
    ):
        shown.display.set_window(2, 3)
        shown.workspace.view_state.update(gamma=2.0, lut="viridis")
        door()
        assert shown.canvas.grab().toImage() == opened
    qtbot.mouseClick(panel_of(shown).full, Qt.MouseButton.LeftButton)
    plane = shown.display.plane
    assert plane is not None
    assert window_of(shown) == (plane.min(), plane.max())
    plot = panel_of(shown).plot
    qtbot.mouseDClick(plot, Qt.MouseButton.LeftButton, pos=QPointF(60, 40).toPoint())
    assert window_of(shown) != (plane.min(), plane.max())


def test_that_a_colour_table_changes_colours_and_computes_no_level_anew(
    qtbot: QtBot, shown: Desk
) -> None:
    panel, pixels = panel_of(shown), shown.canvas.scene.pixels
    shown.canvas.grab()
    levels = pixels._patch.arrays
    panel.lut.setFocus()
    for name in LUT_NAMES[1:]:
        qtbot.keyClick(panel.lut, Key.Key_Down)
        panel.lut.activated.emit(panel.lut.currentIndex())
        assert shown.workspace.view.lut == name
        shot = as_array(shown.canvas.grab().toImage())
        assert pixels._patch.arrays is levels
        table = {(c >> 16 & 255, c >> 8 & 255, c & 255) for c in lut(name)}
        x, y = shown.canvas.transform.to_view(5, 60)
        assert tuple(shot[int(y), int(x)].tolist()) in table


def test_that_i_inverts_and_leads_back_to_the_colours_before(qtbot: QtBot, shown: Desk) -> None:
    shown.workspace.view_state.update(lut="magma")
    shown.canvas.setFocus()
    press(qtbot, shown, Key.Key_I)
    assert shown.workspace.view.lut == "inverted"
    assert shown.actions["invert"].isChecked()
    choose(shown, "View", "Inverted")
    assert shown.workspace.view.lut == "magma"
    assert not shown.actions["invert"].isChecked()


def test_that_pixels_are_squares_until_smooth_ones_are_asked_for(shown: Desk) -> None:
    shown.canvas.view.zoom(20)
    squares = shown.canvas.grab().toImage()
    choose(shown, "View", "Smooth pixels")
    assert shown.actions["smooth"].isChecked()
    assert shown.canvas.grab().toImage() != squares
    choose(shown, "View", "Smooth pixels")
    assert shown.canvas.grab().toImage() == squares


def test_that_without_an_image_the_panel_offers_nothing(desk: Desk) -> None:
    panel = panel_of(desk)
    assert not panel.plot.isEnabled()
    assert not panel.auto.isEnabled()
    panel.grab()


def test_that_tooltips_name_the_key_as_it_is_now(desk: Desk) -> None:
    panel = panel_of(desk)
    assert panel.auto.toolTip().endswith("(C)")
    desk.keys.add("auto_contrast", "Ctrl+F8")
    try:
        assert panel.auto.toolTip().endswith("(Ctrl+F8)")
    finally:
        desk.keys.reset("auto_contrast")
