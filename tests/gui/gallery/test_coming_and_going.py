"""The gallery takes the image's place by every door, and gives it back."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from spinegui.domain.blind import NamelessImage
from spinegui.domain.image_ref import ImageRef
from tests.gui.gallery.driving import (
    CTRL,
    chosen_scores,
    click,
    detections,
    gallery_of,
    middle_of,
    scores,
)
from tests.gui.stories.driving import choose as choose_in_menu
from tests.support.desks import drawn, open_images, press

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.gallery.gallery import Gallery

Key = Qt.Key


def by_key(qtbot: QtBot, desk: Desk) -> None:
    press(qtbot, desk, Key.Key_V)


def by_menu(qtbot: QtBot, desk: Desk) -> None:
    del qtbot
    choose_in_menu(desk, "View", "Gallery")


@pytest.mark.parametrize("door", [by_key, by_menu])
def test_that_the_gallery_opens_and_the_same_door_leads_back(
    qtbot: QtBot, predicted: Desk, door
) -> None:
    door(qtbot, predicted)
    assert predicted.window.page == "gallery"
    assert predicted.actions["gallery"].isChecked()
    assert QApplication.focusWidget() is gallery_of(predicted).grid
    door(qtbot, predicted)
    assert predicted.window.page == "image"
    assert not predicted.actions["gallery"].isChecked()
    assert QApplication.focusWidget() is predicted.canvas


def test_that_all_spines_of_the_project_are_there_but_those_below_the_threshold(
    gallery: Gallery,
) -> None:
    assert scores(gallery) == [0.55, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]


def test_that_the_spine_selected_on_the_image_is_picked_in_the_gallery(
    qtbot: QtBot, predicted: Desk
) -> None:
    press(qtbot, predicted, Key.Key_Tab)
    (selected,) = predicted.workspace.selection.ids
    press(qtbot, predicted, Key.Key_V)
    assert gallery_of(predicted).picks.chosen == {selected}


def test_that_escape_lets_many_go_first_and_then_leads_back(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    press(qtbot, predicted, Key.Key_A, CTRL)
    press(qtbot, predicted, Key.Key_Escape)
    assert (gallery.is_in_front, chosen_scores(gallery)) == (True, [])
    click(qtbot, gallery, 0.7)
    press(qtbot, predicted, Key.Key_Escape)
    assert not gallery.is_in_front


@pytest.mark.parametrize("key", [Key.Key_Escape, Key.Key_V])
def test_that_the_ways_back_are_there_wherever_the_focus_is(
    qtbot: QtBot, predicted: Desk, gallery: Gallery, key: Qt.Key
) -> None:
    qtbot.keyClick(gallery.grid, Key.Key_Tab)
    assert not gallery.grid.hasFocus()
    gallery.page.chips.button(None).setFocus()
    press(qtbot, predicted, key)
    assert not gallery.is_in_front


def test_that_space_on_a_chip_chooses_it_and_decides_nothing(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    click(qtbot, gallery, 0.7)
    before = detections(predicted)
    gallery.page.chips.button("thin").setFocus()
    press(qtbot, predicted, Key.Key_Space)
    assert scores(gallery) == [0.65, 0.8, 0.85]
    assert detections(predicted) == before


def test_that_a_blind_session_hides_names_in_the_gallery_too(gallery: Gallery) -> None:
    crop = gallery.grid.crop_at(0)
    assert crop is not None
    nameless = NamelessImage(
        **{f.name: getattr(crop.image, f.name) for f in fields(ImageRef)}, alias="Image 7"
    )
    gallery.pictures._failures[crop.image.path] = f"There is no file {crop.image.path}."
    told = gallery.grid.describe(replace(crop, image=nameless))
    assert "Image 7" in told
    assert crop.image.name not in told


def open_by_enter(qtbot: QtBot, gallery: Gallery, score: float) -> None:
    click(qtbot, gallery, score)
    qtbot.keyClick(gallery.grid, Key.Key_Return)


def open_by_double_click(qtbot: QtBot, gallery: Gallery, score: float) -> None:
    click(qtbot, gallery, score)
    at = middle_of(gallery, score)
    qtbot.mouseDClick(gallery.grid.viewport(), Qt.MouseButton.LeftButton, pos=at)


@pytest.mark.parametrize("door", [open_by_enter, open_by_double_click])
@pytest.mark.parametrize("score", [0.7, 0.75])
def test_that_a_crop_opens_its_spine_in_its_image(
    qtbot: QtBot, predicted: Desk, gallery: Gallery, door, score: float
) -> None:
    door(qtbot, gallery, score)
    assert not gallery.is_in_front
    (selected,) = predicted.workspace.selection.ids
    assert detections(predicted)[selected].score == score
    assert predicted.workspace.image_id == detections(predicted)[selected].image_id
    assert predicted.canvas.hasFocus()
    drawn(qtbot, predicted)


def test_that_enter_leads_to_the_slice_where_the_spine_is_sharpest(
    qtbot: QtBot, desk: Desk, stack: Path
) -> None:
    from tests.support.desks import predict

    open_images(qtbot, desk, stack)
    predict(desk, 2, z=4.0)
    press(qtbot, desk, Key.Key_V)
    gallery = gallery_of(desk)
    open_by_enter(qtbot, gallery, 0.8)
    assert desk.workspace.view.z == 4


def test_that_browsing_does_not_change_the_image_that_is_open(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    before = predicted.workspace.image_id
    click(qtbot, gallery, 0.75)
    assert predicted.workspace.image_id == before
    assert predicted.workspace.selection.ids == ()


def test_that_a_crop_of_the_open_image_is_shown_in_the_table_and_one_of_the_table_in_the_grid(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    click(qtbot, gallery, 0.9)
    assert predicted.workspace.selection.ids == tuple(gallery.picks.chosen)
    predicted.spines.table.selectRow(0)
    (selected,) = predicted.workspace.selection.ids
    assert gallery.picks.chosen == {selected}


def test_that_what_only_the_image_can_do_is_disabled_and_says_why(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    click(qtbot, gallery, 0.9)
    for name in ("draw_tool", "mark_reviewed", "accept_all", "duplicate", "fit", "projection"):
        assert not predicted.actions[name].isEnabled(), name
    assert "Go back to the image first" in predicted.actions["draw_tool"].toolTip()
    for name in ("reject", "label_2", "select_all", "accept_next", "zoom_in", "undo"):
        assert predicted.actions[name].isEnabled(), name
    press(qtbot, predicted, Key.Key_Escape)
    assert predicted.actions["draw_tool"].isEnabled()


def test_that_a_key_never_acts_on_what_the_hidden_canvas_has_selected(
    qtbot: QtBot, predicted: Desk
) -> None:
    press(qtbot, predicted, Key.Key_Tab)
    press(qtbot, predicted, Key.Key_V)
    gallery = gallery_of(predicted)
    press(qtbot, predicted, Key.Key_A, CTRL)
    press(qtbot, predicted, Key.Key_Escape)
    before = detections(predicted)
    for key in (Key.Key_X, Key.Key_1, Key.Key_U):
        qtbot.keyClick(gallery.grid, key)
    assert detections(predicted) == before


def test_that_the_line_below_tells_what_the_mouse_does(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    assert "double-click" in predicted.window.hint.text()
    del gallery
    press(qtbot, predicted, Key.Key_V)
    assert "wheel zooms" in predicted.window.hint.text()


def test_that_closing_the_project_leads_back_to_the_image(
    predicted: Desk, gallery: Gallery
) -> None:
    predicted.open_project.close_current()
    assert not gallery.is_in_front
