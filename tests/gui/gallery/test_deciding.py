"""Deciding in the gallery: one edit for all that is picked, by key, panel and menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton

from spinegui.domain.detection import ReviewState
from tests.gui.gallery.driving import (
    CTRL,
    SHIFT,
    choose_in,
    chosen_scores,
    click,
    detections,
    middle_of,
    scores,
)
from tests.gui.stories.driving import choose as choose_in_menu
from tests.gui.stories.driving import toast_text
from tests.support.desks import choose, document_of, press

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.gallery.gallery import Gallery

Key = Qt.Key
ACCEPTED, REJECTED = ReviewState.ACCEPTED, ReviewState.REJECTED


def by_score(desk: Desk) -> dict[float | None, object]:
    return {d.score: d for d in detections(desk).values()}


def label_by_key(qtbot: QtBot, desk: Desk, gallery: Gallery) -> None:
    del gallery
    press(qtbot, desk, Key.Key_2)


def label_by_menu(qtbot: QtBot, desk: Desk, gallery: Gallery) -> None:
    del qtbot, gallery
    choose_in_menu(desk, "Review", "Thin")


def label_by_context_menu(qtbot: QtBot, desk: Desk, gallery: Gallery) -> None:
    at = middle_of(gallery, 0.7)
    qtbot.mouseClick(gallery.grid.viewport(), Qt.MouseButton.RightButton, pos=at)
    menu = next(m for m in gallery.page.findChildren(QMenu) if m.isVisible())
    next(a for a in menu.actions() if a.text() == "Thin").trigger()
    menu.close()
    del desk


def label_by_panel(qtbot: QtBot, desk: Desk, gallery: Gallery) -> None:
    del gallery
    button = next(b for b in desk.label.findChildren(QPushButton) if "Thin" in b.text())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
@pytest.mark.parametrize(
    "door", [label_by_key, label_by_menu, label_by_context_menu, label_by_panel]
)
def test_that_a_label_goes_to_all_that_is_picked_on_every_image_as_one_edit(
    qtbot: QtBot, predicted: Desk, gallery: Gallery, door: Callable[..., None]
) -> None:
    gallery.page.chips.button("mushroom").click()
    click(qtbot, gallery, 0.55)
    click(qtbot, gallery, 0.75, SHIFT)
    assert chosen_scores(gallery) == [0.55, 0.7, 0.75]
    index = document_of(predicted).undo_stack.index()
    door(qtbot, predicted, gallery)
    labelled = by_score(predicted)
    assert [labelled[s].label for s in (0.55, 0.7, 0.75, 0.9)] == ["thin"] * 3 + ["mushroom"]
    assert document_of(predicted).undo_stack.index() == index + 1
    # They left at once, and the next crop is picked.
    assert (scores(gallery), chosen_scores(gallery)) == ([0.9, 0.95], [0.9])
    assert toast_text(predicted) == "3 spines labelled thin."


@pytest.mark.parametrize("door", ["key", "toast"])
def test_that_undo_brings_them_back_to_their_places_and_picks_them(
    qtbot: QtBot, predicted: Desk, gallery: Gallery, door: str
) -> None:
    gallery.page.chips.button("mushroom").click()
    click(qtbot, gallery, 0.7)
    click(qtbot, gallery, 0.9, CTRL)
    image = predicted.workspace.image_id
    press(qtbot, predicted, Key.Key_2)
    assert (scores(gallery), chosen_scores(gallery)) == ([0.55, 0.75, 0.95], [0.95])
    if door == "key":
        press(qtbot, predicted, Key.Key_Z, CTRL)
    else:
        button = predicted.window.findChild(QPushButton, "toast_action")
        assert button is not None
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert scores(gallery) == [0.55, 0.7, 0.75, 0.9, 0.95]
    assert chosen_scores(gallery) == [0.7, 0.9]
    assert (gallery.is_in_front, predicted.workspace.image_id) == (True, image)


def test_that_undo_of_another_image_does_not_load_it(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    first = predicted.workspace.image_id
    click(qtbot, gallery, 0.75)
    press(qtbot, predicted, Key.Key_X)
    press(qtbot, predicted, Key.Key_Z, CTRL)
    assert predicted.workspace.image_id == first
    assert len(scores(gallery)) == 8
    press(qtbot, predicted, Key.Key_V)
    press(qtbot, predicted, Key.Key_Y, CTRL)
    assert predicted.workspace.image_id == predicted.workspace.image_ids[1]


@pytest.mark.parametrize("key", [Key.Key_X, Key.Key_Delete, Key.Key_Backspace])
def test_that_rejected_crops_leave_and_the_next_one_is_picked(
    qtbot: QtBot, predicted: Desk, gallery: Gallery, key: Qt.Key
) -> None:
    click(qtbot, gallery, 0.7)
    press(qtbot, predicted, key)
    assert by_score(predicted)[0.7].state is REJECTED
    assert chosen_scores(gallery) == [0.75]
    press(qtbot, predicted, key)
    assert chosen_scores(gallery) == [0.8]
    assert toast_text(predicted) == "1 spine rejected."


def test_that_after_the_last_crop_the_one_before_is_picked(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    click(qtbot, gallery, 0.95)
    press(qtbot, predicted, Key.Key_X)
    assert chosen_scores(gallery) == [0.9]


def test_that_space_accepts_and_goes_on_to_the_next_prediction(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    click(qtbot, gallery, 0.65)
    press(qtbot, predicted, Key.Key_Space)
    assert by_score(predicted)[0.65].state is ACCEPTED
    assert (len(scores(gallery)), chosen_scores(gallery)) == (8, [0.7])
    press(qtbot, predicted, Key.Key_A, CTRL)
    press(qtbot, predicted, Key.Key_Space)
    assert all(by_score(predicted)[score].state is ACCEPTED for score in scores(gallery))
    assert toast_text(predicted) == "Every spine shown here is decided."


def test_that_space_on_predictions_alone_empties_the_list_one_by_one(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    choose_in(gallery.page.wanted, "Predictions only")
    click(qtbot, gallery, 0.65)
    for expected in (0.7, 0.75, 0.8):
        press(qtbot, predicted, Key.Key_Space)
        assert chosen_scores(gallery) == [expected]
    assert scores(gallery) == [0.55, 0.8, 0.85, 0.9, 0.95]


def test_that_a_rejected_spine_is_found_again_and_taken_back(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    click(qtbot, gallery, 0.7)
    press(qtbot, predicted, Key.Key_X)
    choose_in(gallery.page.wanted, "Rejected")
    assert scores(gallery) == [0.7]
    click(qtbot, gallery, 0.7)
    press(qtbot, predicted, Key.Key_Space)
    assert by_score(predicted)[0.7].state is ACCEPTED
    assert scores(gallery) == []


@pytest.mark.parametrize("key", [Key.Key_0, Key.Key_U])
def test_that_unsure_is_a_label_like_any_other(
    qtbot: QtBot, predicted: Desk, gallery: Gallery, key: Qt.Key
) -> None:
    click(qtbot, gallery, 0.7)
    press(qtbot, predicted, key)
    gallery.page.chips.button("unsure").click()
    assert scores(gallery) == [0.7]


def test_that_with_auto_advance_a_label_that_leaves_the_crop_in_place_goes_on(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    choose(predicted, "auto_advance")
    click(qtbot, gallery, 0.7)
    press(qtbot, predicted, Key.Key_2)
    assert (len(scores(gallery)), chosen_scores(gallery)) == (8, [0.75])


def test_that_what_another_door_changes_is_followed(predicted: Desk, gallery: Gallery) -> None:
    gallery.page.chips.button("thin").click()
    target = by_score(predicted)[0.9]
    assert predicted.review.label([target], "thin")
    assert 0.9 in scores(gallery)


def test_that_a_read_only_project_can_be_looked_at_but_not_changed(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    path = document_of(predicted).project.path
    predicted.open_project.run(path, mode="read_only")
    qtbot.waitUntil(lambda: document_of(predicted).is_read_only)
    press(qtbot, predicted, Key.Key_V)
    click(qtbot, gallery, 0.7)
    before = detections(predicted)
    press(qtbot, predicted, Key.Key_2)
    assert detections(predicted) == before
    assert "read-only" in predicted.actions["label_2"].toolTip()
