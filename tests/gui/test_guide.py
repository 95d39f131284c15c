"""The guide: one next step at a time, the big one marked in the toolbar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolBar

from spinegui.domain.annotation import Annotation
from spinegui.gui.next_step import ENOUGH_TO_RETRAIN, Situation, next_step
from spinegui.gui.review_count import Counts, ReviewCount
from spinegui.gui.tool_buttons import StepButton
from tests.support.desks import choose, open_images, predict, predictions, press

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.guide import Guide

Key = Qt.Key


def guide_of(desk: Desk) -> Guide:
    desk.stories.guide.refresh()
    return desk.stories.guide


def marked(desk: Desk) -> set[str]:
    """Return the actions whose buttons wear the accent."""
    bar = desk.window.findChild(QToolBar, "tools")
    assert bar is not None
    buttons = bar.findChildren(StepButton)
    return {b.defaultAction().objectName() for b in buttons if b.is_primary}


@pytest.mark.parametrize(
    ("situation", "action", "words"),
    [
        (Situation(), "detect", "F5"),
        (Situation(is_detecting=True), "", "looked for"),
        (Situation(n_shown=3, n_left=3), "accept_next", "3 spines"),
        (Situation(n_shown=3, n_left=1), "accept_next", "1 spine to"),
        (Situation(n_shown=3, n_left=3, is_undecided_selected=True), "", "Space"),
        (Situation(n_shown=3), "mark_reviewed", "All decided"),
        (Situation(n_shown=3, is_reviewed=True), "next_unreviewed", "next"),
        (Situation(n_shown=3, is_reviewed=True, is_last_unreviewed=True), "", "Every image"),
        (
            Situation(n_shown=9, n_left=3, is_undecided_selected=True, n_new_decisions=5),
            "retrain",
            "Space",
        ),
        (Situation(n_shown=9, n_left=3, n_new_decisions=ENOUGH_TO_RETRAIN), "retrain", "Retrain"),
    ],
)
def test_that_each_situation_has_its_step(situation: Situation, action: str, words: str) -> None:
    step = next_step(situation)
    assert step.action_id == action
    assert bool(step.button) == bool(action)
    assert words in step.text


def test_that_nothing_urges_to_train_twice_on_the_same() -> None:
    now = Situation(n_shown=9, n_left=3, n_new_decisions=9, is_training=True)
    assert next_step(now).action_id == "accept_next"


def test_that_an_image_without_spines_asks_for_a_detection(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    assert not guide_of(desk).line.isVisible()
    assert marked(desk) == set()
    open_images(qtbot, desk, images[0])
    line = guide_of(desk).line
    assert line.isVisible()
    assert line.button.text() == "Detect"
    assert marked(desk) == {"detect"}
    predict(desk)
    assert guide_of(desk).line.button.text() == "Begin"
    assert marked(desk) == set()


def test_that_the_button_begins_and_the_count_follows(qtbot: QtBot, shown: Desk) -> None:
    first, *_ = predictions(shown)
    line = guide_of(shown).line
    line.button.click()
    assert shown.workspace.selection.single == first.id
    press(qtbot, shown, Key.Key_Space)
    assert guide_of(shown).line.count.text() == "1 of 3"
    press(qtbot, shown, Key.Key_X)
    assert guide_of(shown).line.count.text() == "2 of 3"


def test_that_enough_decisions_mark_the_training(shown: Desk) -> None:
    for image_id in shown.workspace.image_ids[:2]:
        shown.workspace.show_image(image_id)
        if not shown.workspace.shown_detections():
            predict(shown)
        shown.review.accept_all()
    assert guide_of(shown).situation().n_new_decisions >= ENOUGH_TO_RETRAIN
    assert marked(shown) == {"retrain"}
    assert shown.stories.guide.line.button.text() == "Retrain…"


def test_that_the_guide_is_put_away_for_good_and_comes_back(shown: Desk) -> None:
    guide = guide_of(shown)
    guide.line.hide_button.click()
    assert not guide.line.isVisible()
    assert not shown.actions["guide"].isChecked()
    assert not shown.settings.shows_guide
    choose(shown, "guide")
    assert guide.line.isVisible()
    assert shown.actions["guide"].isChecked()


def test_that_an_unchanged_annotation_is_not_counted_again() -> None:
    count = ReviewCount()
    annotation = Annotation("a")
    assert count.of(annotation) is count.of(annotation)
    assert count.total({"a": annotation}) == Counts()
