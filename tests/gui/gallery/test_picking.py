"""Picking crops with mouse and keys, and the size of the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from tests.gui.gallery.driving import (
    CTRL,
    SHIFT,
    chosen_scores,
    click,
    drag,
    pictures_made,
    scores,
)
from tests.gui.stories.driving import toast_text
from tests.support.desks import choose, press

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.gallery.gallery import Gallery

Key = Qt.Key
ALL = [0.55, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]


def test_that_clicks_choose_toggle_and_reach(qtbot: QtBot, gallery: Gallery) -> None:
    click(qtbot, gallery, 0.7)
    assert chosen_scores(gallery) == [0.7]
    click(qtbot, gallery, 0.85, SHIFT)
    assert chosen_scores(gallery) == [0.7, 0.75, 0.8, 0.85]
    click(qtbot, gallery, 0.75, CTRL)
    assert chosen_scores(gallery) == [0.7, 0.8, 0.85]
    click(qtbot, gallery, 0.55, CTRL)
    click(qtbot, gallery, 0.65, CTRL | SHIFT)
    assert chosen_scores(gallery) == [0.55, 0.65, 0.7, 0.8, 0.85]
    assert gallery.page.count.text() == "8 spines · 5 selected · score ≥ 0.50"


def test_that_a_click_beside_the_crops_lets_go(qtbot: QtBot, gallery: Gallery) -> None:
    click(qtbot, gallery, 0.7)
    view = gallery.grid.viewport()
    at = QPoint(view.width() // 2, view.height() - 5)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert chosen_scores(gallery) == []


def test_that_a_rubber_band_picks_what_it_touches(qtbot: QtBot, gallery: Gallery) -> None:
    start = gallery.grid.cell_rect(1).topLeft() - QPoint(3, 3)
    drag(qtbot, gallery, start, gallery.grid.cell_rect(3).center())
    assert chosen_scores(gallery) == [0.65, 0.7, 0.75]
    assert gallery.grid.mouse.band.isNull()


def test_that_keys_move_and_with_shift_reach(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    qtbot.keyClick(gallery.grid, Key.Key_Right)
    assert chosen_scores(gallery) == [0.55]
    for key, expected in (
        (Key.Key_Right, 0.65), (Key.Key_End, 0.95), (Key.Key_Left, 0.9), (Key.Key_Home, 0.55),
        (Key.Key_Left, 0.55),
    ):  # fmt: skip
        qtbot.keyClick(gallery.grid, key)
        assert chosen_scores(gallery) == [expected]
    for _ in range(2):
        qtbot.keyClick(gallery.grid, Key.Key_Right, SHIFT)
    assert chosen_scores(gallery) == [0.55, 0.65, 0.7]
    qtbot.keyClick(gallery.grid, Key.Key_Left, SHIFT)
    assert chosen_scores(gallery) == [0.55, 0.65]
    press(qtbot, predicted, Key.Key_A, CTRL)
    assert chosen_scores(gallery) == ALL


def test_that_up_and_down_keep_their_column(qtbot: QtBot, gallery: Gallery) -> None:
    gallery.grid.set_side(200)
    columns = gallery.grid.layout_now.columns
    assert 1 < columns < 8
    click(qtbot, gallery, ALL[1])
    qtbot.keyClick(gallery.grid, Key.Key_Down)
    assert chosen_scores(gallery) == [ALL[1 + columns]]
    qtbot.keyClick(gallery.grid, Key.Key_Up)
    qtbot.keyClick(gallery.grid, Key.Key_Up)
    assert chosen_scores(gallery) == [ALL[1]]
    qtbot.keyClick(gallery.grid, Key.Key_PageDown)
    last_row = ALL[(len(ALL) - 1) // columns * columns :]
    assert chosen_scores(gallery)[0] in (*last_row, ALL[-1])


def test_that_keys_without_a_pick_say_what_to_do(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    qtbot.keyClick(gallery.grid, Key.Key_2)
    assert "Select crops first" in toast_text(predicted)


def turn_wheel(gallery: Gallery, notches: int) -> None:
    at = QPointF(50, 50)
    view = gallery.grid.viewport()
    event = QWheelEvent(
        at, view.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        CTRL, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


@pytest.mark.parametrize("door", ["wheel", "slider", "key"])
def test_that_cells_grow_and_shrink(predicted: Desk, gallery: Gallery, door: str) -> None:
    before = gallery.grid.side
    if door == "wheel":
        turn_wheel(gallery, 2)
    elif door == "slider":
        gallery.page.side_slider.setValue(before + 16)
    else:
        choose(predicted, "zoom_in")
    assert gallery.grid.side == before + 16
    assert gallery.page.side_slider.value() == before + 16
    turn_wheel(gallery, -2)
    assert gallery.grid.side == before


def test_that_z_shows_a_large_preview_that_follows_the_picks(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    click(qtbot, gallery, 0.7)
    press(qtbot, predicted, Key.Key_Z)
    preview = gallery.grid.preview
    assert preview.isVisible()
    assert "score 0.70" in preview.accessibleDescription()
    qtbot.keyClick(gallery.grid, Key.Key_Right)
    assert "score 0.75" in preview.accessibleDescription()
    qtbot.waitUntil(lambda: gallery.pictures.find(preview.picture) is not None)
    press(qtbot, predicted, Key.Key_Escape)
    assert (preview.isVisible(), gallery.is_in_front) == (False, True)


def test_that_the_tooltip_names_class_score_state_image_and_size(gallery: Gallery) -> None:
    crop = gallery.grid.crop_at(scores(gallery).index(0.7))
    assert crop is not None
    lines = gallery.grid.describe(crop).splitlines()
    assert lines[0] == "Mushroom · score 0.70 · prediction"
    assert lines[1] == "a.tif"
    assert lines[2].endswith("µm")
    assert lines[3] == "The model: mushroom 0.80 / thin 0.20"


def test_that_the_current_crop_is_told_to_readers_of_screens(
    qtbot: QtBot, gallery: Gallery
) -> None:
    click(qtbot, gallery, 0.7)
    assert "Mushroom" in gallery.grid.accessibleDescription()


def test_that_a_prediction_is_dashed_and_a_decision_solid(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    click(qtbot, gallery, 0.7)
    press(qtbot, predicted, Key.Key_1)
    faces = {
        d.score: gallery.grid.cells(range(i, i + 1))[0].setting.face
        for i, d in enumerate(gallery.contents.detections(gallery.contents.ids))
    }
    assert (faces[0.7].is_dashed, faces[0.9].is_dashed) == (False, True)


def test_that_pictures_have_one_scale_until_each_is_fitted(gallery: Gallery) -> None:
    crops = list(gallery.contents.crops.values())
    small, large = min(crops, key=lambda c: c.extent_px), max(crops, key=lambda c: c.extent_px)
    width = gallery.contents.width_px
    assert width(small, to_fit=False) == width(large, to_fit=False)
    gallery.page.fit.click()
    assert gallery.grid.is_to_fit
    assert width(small, to_fit=True) < width(large, to_fit=True)
    assert gallery.page.scale.text() == ""
    gallery.page.fit.click()
    assert gallery.page.scale.text().endswith("µm wide")


def test_that_what_is_painted_is_the_spine(qtbot: QtBot, gallery: Gallery) -> None:
    pictures_made(qtbot, gallery)
    shown = gallery.grid.viewport().grab().toImage()
    rect = gallery.grid.cell_rect(0)
    greys = {shown.pixelColor(rect.left() + i, rect.top() + i).value() for i in range(5, 90)}
    assert len(greys) > 10
