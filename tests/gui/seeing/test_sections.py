"""Sections along z: in line with the image, moved by hand, and as the image is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from tests.gui.canvas.test_painting import as_array
from tests.gui.stories.driving import choose
from tests.support.desks import open_images, predict, predictions, press
from tests.support.gestures import click, hold, let_go
from tests.support.images import write_imagej, write_plain

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.seeing.section_pane import SectionPane
    from spinegui.gui.seeing.sections import Sections

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(7).integers(0, 999, (9, 120, 150)).astype(np.uint16)


@pytest.fixture
def cut_open(qtbot: QtBot, desk: Desk, tmp_path: Path, pixels: np.ndarray) -> Desk:
    """A stack with slices three times as far apart as pixels, its sections on show."""
    options = {"per_unit": (10.0, 10.0), "metadata": {"unit": "um", "spacing": 0.3}}
    open_images(qtbot, desk, write_imagej(tmp_path / "a.tif", pixels, "ZYX", **options))
    desk.canvas.setFocus()
    press(qtbot, desk, Key.Key_O)
    cut_at(qtbot, desk)
    return desk


def sections_of(desk: Desk) -> Sections:
    return next(s for s in desk.stories.instrument if hasattr(s, "sections")).sections


def cut_at(qtbot: QtBot, desk: Desk) -> None:
    """Wait until the cuts are those of the point."""
    sections = sections_of(desk)

    def is_there() -> bool:
        cuts = sections._cuts
        point = tuple(int(v) for v in sections.point)
        image = desk.workspace.image
        return (
            cuts is not None
            and image is not None
            and (cuts.wanted.x, cuts.wanted.y) == point
            and cuts.n_read == image.n_z
        )

    qtbot.waitUntil(is_there)


def planes(pane: SectionPane) -> list[np.ndarray]:
    return [layer.plane for layer in pane._layers]


def test_that_o_shows_the_cuts_through_the_point_and_puts_them_away(
    qtbot: QtBot, cut_open: Desk, pixels: np.ndarray
) -> None:
    sections = sections_of(cut_open)
    assert (sections.beside.isVisible(), sections.below.isVisible()) == (True, True)
    x, y = (int(v) for v in sections.point)
    np.testing.assert_array_equal(planes(sections.below)[0], pixels[:, y, :])
    np.testing.assert_array_equal(planes(sections.beside)[0], pixels[:, :, x])
    assert cut_open.actions["sections"].isChecked()
    choose(cut_open, "View", "Sections along z")
    assert (sections.beside.isVisible(), cut_open.canvas.scene.crosshair) == (False, None)
    views = cut_open.window.image_views
    qtbot.waitUntil(lambda: cut_open.canvas.size() == views.size())


def test_that_a_click_in_the_image_moves_the_cut_and_still_selects(
    qtbot: QtBot, cut_open: Desk, pixels: np.ndarray
) -> None:
    a, *_ = predict(cut_open, 2, z=2.0)
    click(cut_open.canvas, (100.5, 90.5))
    cut_at(qtbot, cut_open)
    sections = sections_of(cut_open)
    np.testing.assert_array_equal(planes(sections.below)[0], pixels[:, 90, :])
    click(cut_open.canvas, a.box.center)
    assert cut_open.workspace.selection.single == a.id
    assert sections.point == pytest.approx(a.box.center)


def test_that_a_spine_chosen_by_key_is_cut_through_its_middle(qtbot: QtBot, cut_open: Desk) -> None:
    predict(cut_open, 2, z=2.0)
    press(qtbot, cut_open, Key.Key_Tab)
    chosen = cut_open.workspace.selected_detections()[0]
    assert sections_of(cut_open).point == pytest.approx(chosen.box.center)
    assert [box.is_selected for box in sections_of(cut_open).below._boxes] == [True, False]


def test_that_a_click_in_a_pane_goes_to_that_slice_and_place(qtbot: QtBot, cut_open: Desk) -> None:
    sections = sections_of(cut_open)
    y = sections.point[1]
    below = sections.below
    at = QPoint(round(cut_open.canvas.transform.to_view(30.5, 0)[0]), round(below.z_to_view(7.5)))
    qtbot.mouseClick(below, LEFT, pos=at)
    assert cut_open.workspace.view.z == 7
    assert sections.point == (pytest.approx(30.5, abs=1), y)
    beside = sections.beside
    at = QPoint(round(beside.z_to_view(1.5)), round(cut_open.canvas.transform.to_view(0, 80.5)[1]))
    qtbot.mousePress(beside, LEFT, pos=at)
    qtbot.mouseMove(beside, at + QPoint(0, 5))
    qtbot.mouseRelease(beside, LEFT, pos=at)
    assert cut_open.workspace.view.z == 1
    assert sections.point[1] > 80.5


def test_that_the_panes_lie_in_line_with_the_image_and_slices_are_as_thick_as_they_are(
    qtbot: QtBot, cut_open: Desk
) -> None:
    sections, canvas = sections_of(cut_open), cut_open.canvas
    canvas.view.zoom(1.7)
    scale = canvas.transform.scale
    below = sections.below
    assert below.z_to_view(3) - below.z_to_view(2) == pytest.approx(3 * scale)
    assert below.to_image(canvas.transform.to_view(40.5, 0)[0], 0)[0] == pytest.approx(40.5)
    beside = sections.beside
    assert beside.to_image(0, canvas.transform.to_view(0, 33.5)[1])[0] == pytest.approx(33.5)
    assert (below.width(), beside.height()) == (canvas.width(), canvas.height())


def test_that_contrast_and_colours_are_those_of_the_image(qtbot: QtBot, cut_open: Desk) -> None:
    pane = sections_of(cut_open).below
    assert np.ptp(as_array(pane.grab().toImage()), axis=2).max() < 10
    cut_open.workspace.view_state.update(lut="inferno")
    assert np.ptp(as_array(pane.grab().toImage()), axis=2).max() > 60
    cut_open.display.set_window(2000, 3000)
    assert pane._layers[0].window == (2000, 3000)


def test_that_boxes_are_drawn_through_their_slices_and_hidden_while_h_is_held(
    qtbot: QtBot, cut_open: Desk
) -> None:
    pane = sections_of(cut_open).below
    (a,) = predict(cut_open, 1, z=2.0)  # seen in slices 1 to 3
    click(cut_open.canvas, (75, a.box.center[1]))
    (box,) = pane._boxes
    assert (box.start, box.end, box.first, box.last) == (a.box.x0, a.box.x1, 1, 3)
    with_boxes = pane.grab().toImage()
    hold(cut_open.canvas, Key.Key_H)
    assert pane.grab().toImage() != with_boxes
    let_go(cut_open.canvas, Key.Key_H)
    cut_open.workspace.view_state.update(show_boxes=True)  # a short hold was a tap
    assert pane.grab().toImage() == with_boxes
    click(cut_open.canvas, a.box.center)
    press(qtbot, cut_open, Key.Key_Space)
    assert len(pane._boxes) == 1
    press(qtbot, cut_open, Key.Key_P)
    assert not pane._boxes
    press(qtbot, cut_open, Key.Key_P)
    click(cut_open.canvas, (75, 119))
    assert not pane._boxes


def test_that_a_composite_is_cut_with_all_its_channels(
    qtbot: QtBot, desk: Desk, tmp_path: Path, pixels: np.ndarray
) -> None:
    two = np.stack([pixels, pixels[::-1]], axis=1)
    open_images(qtbot, desk, write_imagej(tmp_path / "two.tif", two, "ZCYX"))
    sections = sections_of(desk)
    desk.actions["sections"].trigger()
    cut_at(qtbot, desk)
    desk.workspace.view_state.update(channel=1)
    y = int(sections.point[1])
    qtbot.waitUntil(lambda: np.array_equal(planes(sections.below)[0], pixels[::-1, y, :]))
    desk.workspace.view_state.update(is_composite=True)
    qtbot.waitUntil(lambda: len(planes(sections.below)) == 2)
    np.testing.assert_array_equal(planes(sections.below)[0], pixels[:, y, :])


def test_that_a_compressed_stack_is_read_beside_the_window_and_says_so(
    qtbot: QtBot, desk: Desk, tmp_path: Path, pixels: np.ndarray
) -> None:
    open_images(qtbot, desk, write_plain(tmp_path / "a.tif", pixels, compression="zlib"))
    sections, said = sections_of(desk), []
    sections._loader.ready.connect(lambda cuts: said.append(cuts.n_read))
    desk.actions["sections"].trigger()
    cut_at(qtbot, desk)
    assert said[-1] == 9
    assert sections.below.message == ""
    np.testing.assert_array_equal(planes(sections.below)[0], pixels[:, int(sections.point[1]), :])


def test_that_a_stack_whose_file_went_away_says_so_and_one_that_is_left_is_let_go(
    qtbot: QtBot, cut_open: Desk, images: tuple[Path, ...]
) -> None:
    sections, image = sections_of(cut_open), cut_open.workspace.image
    assert image is not None
    sections._loader.request(replace_path(sections, image.path + ".gone"))
    qtbot.waitUntil(lambda: sections.below.message != "")
    open_images(qtbot, cut_open, images[0])
    assert (sections.beside.isVisible(), sections.below.message) == (False, "")
    qtbot.waitUntil(lambda: sections._loader._source is None)
    assert "one slice" in cut_open.actions["sections"].toolTip()


def replace_path(sections: Sections, path: str):
    cuts = sections._cuts
    assert cuts is not None
    return cuts.wanted._replace(path=path)


def test_that_an_edit_moves_the_box_in_the_section_too(qtbot: QtBot, cut_open: Desk) -> None:
    predict(cut_open, 1, z=2.0)
    (a,) = predictions(cut_open)
    click(cut_open.canvas, a.box.center)
    assert len(sections_of(cut_open).below._boxes) == 1
    moved = replace(a, box=a.box.shifted(3, 0))
    cut_open.review.change_box(a, moved.box)
    assert sections_of(cut_open).below._boxes[0].start == a.box.x0 + 3
