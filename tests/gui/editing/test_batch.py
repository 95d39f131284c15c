"""Batch edit: conditions with a live count, outlines and pictures; one edit over all images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from spinegui.domain.conditions import Measure
from spinegui.domain.detection import ReviewState
from spinegui.gui.editing.batch_sheet import BatchSheet
from spinegui.gui.editing.condition_row import LABEL, STATE
from tests.gui.stories.driving import choose, opened, toast_text
from tests.support.desks import PATIENCE_MS, document_of, predict, predictions, press
from tests.support.gestures import CTRL

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

Key = Qt.Key


@pytest.fixture
def twice(shown: Desk) -> Desk:
    """Four predictions on each of the first two images, 128 px wide at 0.08 µm."""
    first, second, _ = shown.workspace.image_ids
    shown.workspace.show_image(second)
    predict(shown)
    shown.workspace.show_image(first)
    return shown


def open_sheet(qtbot: QtBot, desk: Desk) -> BatchSheet:
    choose(desk, "Edit", "Batch edit…")
    return opened(qtbot, desk, BatchSheet)


def ask(sheet: BatchSheet, what: object, how: int = 0, value: float = 0.0, row: int = -1) -> None:
    """Set a row's controls as a hand does."""
    line = sheet.rows[row]
    line.what.setCurrentIndex(line.what.findData(what))
    line.how.setCurrentIndex(how)
    if not line.number.isHidden():
        line.number.setValue(value)


def test_that_the_key_opens_it_and_esc_closes_it(qtbot: QtBot, twice: Desk) -> None:
    press(qtbot, twice, Key.Key_B, CTRL)
    sheet = opened(qtbot, twice, BatchSheet)
    assert sheet.count.text() == "No spine is meant"
    assert not sheet.reject_button.isEnabled()
    assert "No spine" in sheet.reject_button.toolTip()
    ask(sheet, Measure.SCORE, 0, 0.85)
    assert twice.canvas.scene.marked
    qtbot.keyClick(sheet, Key.Key_Escape)
    assert twice.canvas.scene.marked == ()


def test_that_the_count_the_outlines_and_the_pictures_follow_each_control(
    qtbot: QtBot, twice: Desk
) -> None:
    sheet = open_sheet(qtbot, twice)
    ask(sheet, Measure.LONGER_PX, 0, 21)
    assert sheet.count.text() == "1 spine"
    a = predictions(twice)[0]
    assert twice.canvas.scene.marked == (a.box,)
    ask(sheet, Measure.LONGER_UM, 0, 2.0)
    assert sheet.count.text() == "2 spines"
    sheet.scope.setCurrentIndex(1)
    assert sheet.count.text() == "4 spines on 2 images"
    assert len(sheet.spots.spots) == 4
    qtbot.waitUntil(lambda: not sheet.spots.item(3).icon().isNull(), timeout=PATIENCE_MS)
    sheet.add.click()
    ask(sheet, Measure.SCORE, 1, 0.85)
    assert sheet.count.text() == "2 spines on 2 images"
    sheet.rows[0].remove.click()
    assert [c.value for c in sheet.conditions] == [0.85]  # type: ignore[union-attr]


def test_that_rejecting_on_all_images_is_one_step_of_undo(qtbot: QtBot, twice: Desk) -> None:
    before = {i: document_of(twice).annotation(i) for i in twice.workspace.image_ids}
    steps = document_of(twice).undo_stack.index()
    sheet = open_sheet(qtbot, twice)
    ask(sheet, Measure.SCORE, 0, 0.75)
    sheet.scope.setCurrentIndex(1)
    qtbot.mouseClick(sheet.reject_button, Qt.MouseButton.LeftButton)
    assert toast_text(twice) == "4 spines rejected."
    assert sheet.count.text() == "No spine is meant", "what is rejected is meant no more"
    for image_id in list(before)[:2]:
        states = [d.state for d in document_of(twice).annotation(image_id).detections.values()]
        assert states.count(ReviewState.REJECTED) == 2
    assert document_of(twice).undo_stack.index() == steps + 1
    choose(twice, "Edit", "Undo")
    assert {i: document_of(twice).annotation(i) for i in before} == before
    assert sheet.count.text() == "4 spines on 2 images"


def test_that_a_class_and_a_state_are_conditions_too(qtbot: QtBot, twice: Desk) -> None:
    a, b, *_ = predictions(twice)
    twice.review.label([a], "thin")
    sheet = open_sheet(qtbot, twice)
    ask(sheet, LABEL)
    sheet.rows[0].choice.setCurrentIndex(sheet.rows[0].choice.findData("thin"))
    assert sheet.count.text() == "1 spine"
    ask(sheet, LABEL, 1)
    sheet.rows[0].choice.setCurrentIndex(sheet.rows[0].choice.findData("thin"))
    assert sheet.count.text() == "3 spines"
    ask(sheet, STATE)
    sheet.rows[0].choice.setCurrentIndex(1)
    assert sheet.count.text() == "1 spine"
    assert b.state is ReviewState.PREDICTED


@pytest.mark.parametrize("verb", ["accept", "label"])
def test_that_the_other_verbs_are_one_edit_each(qtbot: QtBot, twice: Desk, verb: str) -> None:
    before = twice.workspace.annotation
    sheet = open_sheet(qtbot, twice)
    ask(sheet, Measure.SCORE, 1, 0.75)
    sheet.label_choice.setCurrentIndex(sheet.label_choice.findData("stubby"))
    button = sheet.accept_button if verb == "accept" else sheet.label_button
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    changed = [d for d in twice.workspace.annotation.detections.values() if d.is_decided]
    assert {d.label for d in changed} == {"mushroom" if verb == "accept" else "stubby"}
    assert len(changed) == 2
    choose(twice, "Edit", "Undo")
    assert twice.workspace.annotation == before


def test_that_a_picture_leads_to_its_spine_on_its_image(qtbot: QtBot, twice: Desk) -> None:
    sheet = open_sheet(qtbot, twice)
    ask(sheet, Measure.SCORE, 1, 0.85)
    sheet.scope.setCurrentIndex(1)
    second = sheet.spots.item(1)
    at = sheet.spots.visualItemRect(second).center()
    qtbot.mouseClick(sheet.spots.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert twice.workspace.image_id == twice.workspace.image_ids[1]
    assert twice.workspace.selection.single is not None


def test_that_closing_the_project_closes_the_sheet(qtbot: QtBot, twice: Desk) -> None:
    open_sheet(qtbot, twice)
    twice.open_project.close_current()
    qtbot.waitUntil(lambda: twice.window.findChild(BatchSheet) is None)
    assert twice.canvas.scene.marked == ()
