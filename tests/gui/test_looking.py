"""Looking: contrast, slices, projection, threshold, layers; the data stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.support.desks import choose, document_of, drawn, open_images, predict, predictions, press
from tests.support.gestures import RIGHT, SHIFT, click, drag, hover, wheel
from tests.support.images import write_imagej

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

Key = Qt.Key


@pytest.fixture
def on_stack(qtbot: QtBot, desk: Desk, stack: Path) -> Desk:
    open_images(qtbot, desk, stack)
    return desk


def plane_mean(desk: Desk) -> float:
    assert desk.display.plane is not None
    return float(desk.display.plane.mean())


def test_that_a_stack_opens_in_its_middle_and_keys_step_through_it(
    qtbot: QtBot, on_stack: Desk
) -> None:
    assert on_stack.workspace.view.z == 3
    middle = plane_mean(on_stack)
    press(qtbot, on_stack, Key.Key_Up)
    assert on_stack.workspace.view.z == 4
    qtbot.waitUntil(lambda: plane_mean(on_stack) > middle + 100)
    for _ in range(9):
        press(qtbot, on_stack, Key.Key_Q)
    assert on_stack.workspace.view.z == 0
    assert on_stack.view_bar.slice_text.text() == "1 / 6"
    wheel(on_stack.canvas, (40, 40), 2, SHIFT)
    assert on_stack.workspace.view.z == 2
    on_stack.view_bar.slices.setValue(5)
    assert on_stack.workspace.view.z == 5


def test_that_contrast_stays_put_while_scrolling(qtbot: QtBot, on_stack: Desk) -> None:
    window = on_stack.canvas.scene.pixels.window
    before = plane_mean(on_stack)
    press(qtbot, on_stack, Key.Key_E)
    qtbot.waitUntil(lambda: plane_mean(on_stack) != before)
    assert on_stack.canvas.scene.pixels.window == window
    press(qtbot, on_stack, Key.Key_C)
    assert on_stack.canvas.scene.pixels.window != window


def test_that_the_projection_shows_the_brightest_and_a_slice_leads_back(
    qtbot: QtBot, on_stack: Desk
) -> None:
    press(qtbot, on_stack, Key.Key_M)
    qtbot.waitUntil(lambda: plane_mean(on_stack) > 1000)
    assert on_stack.actions["projection"].isChecked()
    assert on_stack.view_bar.slice_text.text() == "MIP 1–6"
    press(qtbot, on_stack, Key.Key_Down)
    qtbot.waitUntil(lambda: plane_mean(on_stack) < 1000)
    assert not on_stack.workspace.view.is_projected


def test_that_a_right_drag_changes_window_and_level_and_full_range_shows_all(
    qtbot: QtBot, shown: Desk
) -> None:
    before = shown.canvas.scene.pixels.window
    drag(shown.canvas, (20, 20), (60, 60), RIGHT)
    assert shown.canvas.scene.pixels.window != before
    press(qtbot, shown, Key.Key_C, SHIFT)
    plane = shown.display.plane
    assert plane is not None
    assert shown.canvas.scene.pixels.window == (plane.min(), plane.max())


def test_that_each_channel_gets_its_own_contrast(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 50, (2, 64, 64)).astype(np.uint16)
    pixels[1] += 5000
    open_images(qtbot, desk, write_imagej(tmp_path / "two.tif", pixels, "CYX"))
    desk.view_bar.channels.setCurrentIndex(1)
    desk.view_bar.channels.activated.emit(1)
    qtbot.waitUntil(lambda: plane_mean(desk) > 4000)
    low, high = desk.canvas.scene.pixels.window
    assert (low >= 5000, high <= 5100) == (True, True)


def test_that_contrast_of_a_dark_image_is_not_taken_over_by_a_bright_one(
    qtbot: QtBot, desk: Desk, stack: Path, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, images[0])
    first = desk.workspace.image_id
    (spine,) = predict(desk, 1)
    open_images(qtbot, desk, stack)
    # Selecting a spine of another image asks for its picture before its pixels are there.
    desk.workspace.show_detection(spine)
    assert desk.workspace.image_id == first
    assert desk.display.plane is None
    drawn(qtbot, desk)
    plane = desk.display.plane
    assert plane is not None
    low, high = desk.display.window
    assert plane.min() <= low < high <= plane.max()


def test_that_the_threshold_decides_what_table_keys_and_canvas_show(
    qtbot: QtBot, shown: Desk
) -> None:
    assert len(shown.workspace.shown_detections()) == 3
    for _ in range(5):
        press(qtbot, shown, Key.Key_BracketLeft)
    assert shown.workspace.view.threshold == pytest.approx(0.25)
    assert shown.spines.model.rowCount() == 4
    assert shown.canvas.scene.showing.threshold == pytest.approx(0.25)
    shown.view_bar.threshold.setValue(85)
    assert shown.spines.model.rowCount() == 1
    assert shown.view_bar.threshold_text.text() == "0.85"


def test_that_a_tap_on_h_hides_the_boxes_and_layers_toggle(qtbot: QtBot, shown: Desk) -> None:
    press(qtbot, shown, Key.Key_H)
    assert not shown.workspace.view.show_boxes
    assert not shown.actions["show_boxes"].isChecked()
    press(qtbot, shown, Key.Key_H)
    assert shown.workspace.view.show_boxes
    for key, field in ((Key.Key_L, "show_labels"), (Key.Key_P, "predictions_only")):
        before = getattr(shown.workspace.view, field)
        press(qtbot, shown, key)
        assert getattr(shown.workspace.view, field) is not before


def test_that_best_focus_and_alt_click_go_to_the_spine_s_slice(
    qtbot: QtBot, on_stack: Desk
) -> None:
    a, *_ = predict(on_stack, 2, z=1.0)
    on_stack.workspace.selection.replace([a.id])
    press(qtbot, on_stack, Key.Key_B)
    assert on_stack.workspace.view.z == 1
    on_stack.workspace.go_to_slice(3)
    on_stack.workspace.selection.clear()
    click(on_stack.canvas, a.box.center, modifiers=Qt.KeyboardModifier.AltModifier)
    assert on_stack.workspace.view.z == 1


def test_that_the_status_line_tells_place_value_and_pixel_size(
    qtbot: QtBot, on_stack: Desk
) -> None:
    hover(on_stack.canvas, (10.5, 20.5))
    text = on_stack.window.cursor_text.text()
    plane = on_stack.display.plane
    assert plane is not None
    assert f"value {plane[20, 10]:g}" in text
    assert ("slice 4" in text, "0.08 µm/px" in text) == (True, True)
    hover(on_stack.canvas, (-50, -50))
    assert not on_stack.window.cursor_text.text()


def test_that_the_status_line_says_what_the_tool_does_and_whether_all_is_saved(
    qtbot: QtBot, shown: Desk
) -> None:
    press(qtbot, shown, Key.Key_R)
    assert "Drag a box" in shown.window.hint.text()
    press(qtbot, shown, Key.Key_Escape)
    assert "Click selects" in shown.window.hint.text()
    drag(shown.canvas, (100, 10), (120, 22), modifiers=SHIFT)
    qtbot.waitUntil(lambda: shown.window.save_text.text() == "Saved")


def test_that_tab_and_shift_tab_walk_through_the_spines_round_the_end(
    qtbot: QtBot, shown: Desk
) -> None:
    a, b, c, _ = predictions(shown)
    seen = []
    for _ in range(4):
        press(qtbot, shown, Key.Key_Tab)
        assert shown.canvas.hasFocus()
        seen.append(shown.workspace.selection.single)
    assert seen == [a.id, b.id, c.id, a.id]
    press(qtbot, shown, Key.Key_Backtab, SHIFT)
    assert shown.workspace.selection.single == c.id


def test_that_image_keys_stop_at_the_ends_and_skip_reviewed_ones(qtbot: QtBot, shown: Desk) -> None:
    first, second, third = shown.workspace.image_ids
    press(qtbot, shown, Key.Key_A)
    assert shown.workspace.image_id == first
    press(qtbot, shown, Key.Key_D)
    choose(shown, "mark_reviewed")
    press(qtbot, shown, Key.Key_A)
    press(qtbot, shown, Key.Key_D, SHIFT)
    assert shown.workspace.image_id == third
    press(qtbot, shown, Key.Key_A, SHIFT)
    assert shown.workspace.image_id == first
    assert document_of(shown).annotation(second).is_reviewed


def test_that_a_file_that_is_gone_is_said_in_its_place_and_its_boxes_stay(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.tif"
    copy.write_bytes(images[0].read_bytes())
    open_images(qtbot, desk, copy, images[1])
    gone, there = desk.workspace.image_ids
    predict(desk)
    desk.workspace.show_image(there)
    drawn(qtbot, desk)
    copy.unlink()
    desk.workspace.show_image(gone)
    qtbot.waitUntil(desk.canvas.empty_state.isVisible)
    assert "is not there" in desk.canvas.empty_state._title.text()
    assert len(desk.workspace.annotation.detections) == 4
    desk.workspace.show_image(there)
    drawn(qtbot, desk)
    assert not desk.canvas.empty_state.isVisible()


def test_that_the_failure_of_an_image_left_meanwhile_is_not_said_of_the_next(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.tif"
    copy.write_bytes(images[0].read_bytes())
    open_images(qtbot, desk, copy, images[1])
    gone, there = desk.workspace.image_ids
    desk.workspace.show_image(there)
    drawn(qtbot, desk)
    copy.unlink()
    failures: list[str] = []
    desk.workspace.loader.failed.connect(failures.append)
    desk.workspace.show_image(gone)
    desk.workspace.show_image(there)
    drawn(qtbot, desk)
    assert failures == []


def test_that_a_stack_s_contrast_suits_all_its_slices(on_stack: Desk) -> None:
    middle, high = on_stack.display.plane, on_stack.display.window[1]
    assert middle is not None
    assert high > float(middle.max()), "the brightest slice would be white all over"
    on_stack.display.auto_contrast()
    assert on_stack.display.window[1] <= float(middle.max())
