"""Slabs, ranges, time points; where a stack opens; coming back to an image as it was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from spinegui.gui.view_memory import ViewMemory, fitted
from spinegui.gui.view_state import View
from tests.gui.seeing.test_contrast import type_in
from tests.gui.stories.driving import choose
from tests.support.desks import drawn, open_images, predict, press
from tests.support.gestures import SHIFT
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


def pixels_of(desk: Desk) -> np.ndarray:
    plane = desk.display.plane
    assert plane is not None
    return np.asarray(plane)


def shows(qtbot: QtBot, desk: Desk, expected: np.ndarray) -> None:
    qtbot.waitUntil(
        lambda: desk.display.plane is not None and np.array_equal(desk.display.plane, expected)
    )


def volume(desk: Desk) -> np.ndarray:
    shown = desk.workspace.loader._shown
    assert shown is not None
    return shown.source.volume()


def test_that_a_slab_moves_with_the_slice_and_is_set_by_every_door(
    qtbot: QtBot, on_stack: Desk
) -> None:
    z = volume(on_stack)
    press(qtbot, on_stack, Key.Key_E, SHIFT)
    shows(qtbot, on_stack, z[2:5].max(axis=0))
    assert on_stack.view_bar.slab.value() == 1
    press(qtbot, on_stack, Key.Key_Down)
    shows(qtbot, on_stack, z[1:4].max(axis=0))
    choose(on_stack, "View", "Thicker slab")
    shows(qtbot, on_stack, z[0:5].max(axis=0))
    press(qtbot, on_stack, Key.Key_Q)
    shows(qtbot, on_stack, z[0:4].max(axis=0))
    on_stack.view_bar.slab.setValue(0)
    shows(qtbot, on_stack, z[1])
    press(qtbot, on_stack, Key.Key_Q, SHIFT)
    assert on_stack.workspace.view.slab == 0


def test_that_boxes_of_every_slice_in_the_slab_are_drawn_in_full(
    qtbot: QtBot, on_stack: Desk
) -> None:
    predict(on_stack, 1, z=2.0)  # seen in slices 1 to 3
    showing = lambda: on_stack.canvas.scene.overlay.arrays.styles(on_stack.canvas.scene.showing)[0]  # noqa: E731
    full = showing()
    on_stack.workspace.go_to_slice(5)
    assert showing() != full
    on_stack.workspace.view_state.update(slab=2)
    assert showing() == full


def test_that_a_projection_of_a_range_is_chosen_by_its_ends(qtbot: QtBot, on_stack: Desk) -> None:
    z, bar = volume(on_stack), on_stack.view_bar
    press(qtbot, on_stack, Key.Key_M)
    shows(qtbot, on_stack, z.max(axis=0))
    assert (bar.projected.isVisible(), bar.slices.isVisible()) == (True, False)
    bar.projected.setFocus()
    qtbot.keyClick(bar.projected, Key.Key_Right)
    shows(qtbot, on_stack, z.max(axis=0))
    qtbot.keyClick(bar.projected, Key.Key_Up)
    qtbot.keyClick(bar.projected, Key.Key_Left)
    qtbot.keyClick(bar.projected, Key.Key_Left)
    shows(qtbot, on_stack, z[1:4].max(axis=0))
    assert bar.slice_text.text() == "MIP 2–4"
    start = bar.projected.end_position(0).toPoint()
    qtbot.mousePress(bar.projected, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(bar.projected, bar.projected.end_position(1).toPoint())
    qtbot.mouseRelease(bar.projected, Qt.MouseButton.LeftButton)
    shows(qtbot, on_stack, z[3])


def test_that_a_projection_is_told_of_and_can_be_given_up(qtbot: QtBot, on_stack: Desk) -> None:
    loader, told = on_stack.workspace.loader, []
    on_stack.workspace.background.started.connect(told.append)
    loader.projecting.emit(1, 6)
    strip = on_stack.stories.strip
    assert [task.title for task in told] == ["Projecting the slices"]
    qtbot.waitUntil(strip.isVisible)
    on_stack.workspace.view_state.update(is_projected=True)
    assert not strip._tasks
    shows(qtbot, on_stack, volume(on_stack).max(axis=0))
    loader.projecting.emit(2, 6)
    qtbot.waitUntil(strip.isVisible)
    cancel = strip.findChild(QToolButton)
    assert cancel is not None
    cancel.click()
    assert not on_stack.workspace.view.is_projected
    assert not strip._tasks


def test_that_time_points_are_stepped_through(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    pixels = np.zeros((3, 32, 40), np.uint16)
    pixels += (np.arange(3, dtype=np.uint16) * 100)[:, None, None]
    open_images(qtbot, desk, write_imagej(tmp_path / "t.tif", pixels, "TYX"))
    desk.canvas.setFocus()
    assert desk.view_bar.times.isVisible()
    press(qtbot, desk, Key.Key_Period)
    shows(qtbot, desk, pixels[1])
    assert desk.view_bar.time_text.text() == "2 / 3"
    choose(desk, "View", "Previous time point")
    shows(qtbot, desk, pixels[0])
    desk.view_bar.times.setValue(2)
    shows(qtbot, desk, pixels[2])
    press(qtbot, desk, Key.Key_Period)
    assert desk.workspace.view.time == 2


def test_that_a_stack_opens_where_it_has_most_to_show(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    pixels = np.random.default_rng(0).integers(0, 50, (15, 40, 40)).astype(np.uint16)
    pixels[4, 10:20, 10:20] += 900
    open_images(qtbot, desk, write_imagej(tmp_path / "a.tif", pixels, "ZYX"))
    assert desk.workspace.view.z == 4
    assert np.array_equal(pixels_of(desk), pixels[4])


def test_that_a_stack_with_spines_opens_where_most_are_sharpest(
    qtbot: QtBot, on_stack: Desk, images: tuple[Path, ...]
) -> None:
    first = on_stack.workspace.image_id
    predict(on_stack, 3, z=1.0)
    open_images(qtbot, on_stack, images[0])
    on_stack.workspace.views = ViewMemory()  # as in another session
    on_stack.workspace.show_image(first)
    drawn(qtbot, on_stack)
    assert on_stack.workspace.view.z == 1


def test_that_an_image_comes_back_as_it_was_left(
    qtbot: QtBot, on_stack: Desk, images: tuple[Path, ...]
) -> None:
    stack_id = on_stack.workspace.image_id
    open_images(qtbot, on_stack, images[0])
    flat_id = on_stack.workspace.image_id
    on_stack.workspace.show_image(stack_id)
    drawn(qtbot, on_stack)
    on_stack.workspace.view_state.update(z=1, slab=1, lut="magma", gamma=2.0, window=(3.0, 70.0))
    on_stack.canvas.view.look_at(6.0, (40.0, 50.0))
    on_stack.workspace.show_image(flat_id)
    drawn(qtbot, on_stack)
    assert on_stack.workspace.view.window is None
    assert on_stack.canvas.view.is_fitted
    press(qtbot, on_stack, Key.Key_D, SHIFT)
    on_stack.workspace.show_image(stack_id)
    drawn(qtbot, on_stack)
    view = on_stack.workspace.view
    assert (view.z, view.slab, view.lut, view.gamma, view.window) == (1, 1, "magma", 2, (3, 70))
    assert on_stack.canvas.scene.pixels.window == (3, 70)
    assert on_stack.canvas.transform.scale == 6
    assert on_stack.canvas.view.visible().center == pytest.approx((40, 50))


def test_that_a_view_of_another_image_is_fitted_to_this_one(on_stack: Desk) -> None:
    image = on_stack.workspace.image
    assert image is not None
    other = View(
        z=99, channel=7, time=4, z_range=(2, 99), slab=60, is_composite=True, lut="of another time"
    )
    assert fitted(other, image) == View(z=5, z_range=(2, 5), slab=5)
    assert fitted(View(z_range=(0, 99)), image).z_range is None


def test_that_the_slab_field_takes_a_number(qtbot: QtBot, on_stack: Desk) -> None:
    type_in(qtbot, on_stack.view_bar.slab, "2")
    assert on_stack.workspace.view.slab == 2
