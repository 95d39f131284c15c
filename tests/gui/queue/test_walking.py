"""Walking the review queue by key, menu and mouse: every decision leads to the next item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from spinegui.domain.detection import ReviewState
from tests.gui.stories.driving import choose as choose_in_menu
from tests.support.desks import choose, detection, open_images, press
from tests.support.gestures import CTRL, SHIFT, click
from tests.support.queues import fill, ranked, story_of, waiting

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

Key = Qt.Key


@pytest.fixture
def walked(qtbot: QtBot, desk: Desk, images: tuple[Path, ...]) -> Desk:
    """A desk whose queue is on and stands at the most useful of three."""
    open_images(qtbot, desk, *images[:2])
    fill(desk)
    press(qtbot, desk, Key.Key_J, CTRL)
    ranked(qtbot, desk)
    return desk


def at(desk: Desk) -> str | None:
    assert story_of(desk).queue.current == desk.workspace.selection.single
    return desk.workspace.selection.single


def test_that_the_most_useful_comes_first_and_weak_ones_stay_out(walked: Desk) -> None:
    queue = waiting(walked)
    scores = [detection(walked, i).score for i in queue]
    assert scores == [0.55, 0.7, 0.9]
    assert at(walked) == queue[0]
    assert story_of(walked).queue.round.waiting()[0].reasons[0] == "thin 0.50 / filopodia 0.46"


@pytest.mark.parametrize(
    ("key", "state"),
    [
        (Key.Key_Space, ReviewState.ACCEPTED),
        (Key.Key_Return, ReviewState.ACCEPTED),
        (Key.Key_X, ReviewState.REJECTED),
    ],
)
def test_that_a_decision_leads_on_in_the_queue_s_order(
    qtbot: QtBot, walked: Desk, key: Key, state: ReviewState
) -> None:
    first, second, third = waiting(walked)
    press(qtbot, walked, key)
    assert detection(walked, first).state is state
    assert at(walked) == second
    assert waiting(walked) == [second, third]


def test_that_a_digit_goes_on_only_where_that_is_wished(qtbot: QtBot, walked: Desk) -> None:
    first, second, _ = waiting(walked)
    press(qtbot, walked, Key.Key_2)
    assert detection(walked, first).label == "thin"
    assert at(walked) == first
    press(qtbot, walked, Key.Key_Space)
    assert at(walked) == second
    choose(walked, "auto_advance")
    press(qtbot, walked, Key.Key_3)
    assert detection(walked, second).label == "stubby"
    assert at(walked) != second


def test_that_shift_space_goes_back_to_what_was_decided(qtbot: QtBot, walked: Desk) -> None:
    first, second, _ = waiting(walked)
    press(qtbot, walked, Key.Key_Space)
    press(qtbot, walked, Key.Key_Space, SHIFT)
    assert at(walked) == first
    press(qtbot, walked, Key.Key_Space)
    assert at(walked) == second


def test_that_skipping_puts_an_item_at_the_end_of_the_round(qtbot: QtBot, walked: Desk) -> None:
    first, second, third = waiting(walked)
    press(qtbot, walked, Key.Key_K)
    assert (at(walked), waiting(walked)) == (second, [second, third, first])
    choose_in_menu(walked, "Review", "Skip")
    assert (at(walked), waiting(walked)) == (third, [third, first, second])


def test_that_later_takes_an_item_out_until_the_next_round(qtbot: QtBot, walked: Desk) -> None:
    first, second, third = waiting(walked)
    press(qtbot, walked, Key.Key_K, SHIFT)
    assert (at(walked), waiting(walked)) == (second, [second, third])
    choose_in_menu(walked, "Review", "Later")
    choose_in_menu(walked, "Review", "Later")
    assert waiting(walked) == []
    choose_in_menu(walked, "Review", "Next round of the queue")
    assert waiting(walked) == [first, second, third]
    assert at(walked) == first


def test_that_an_undo_brings_the_item_back_to_its_place_and_the_eye_to_it(
    qtbot: QtBot, walked: Desk
) -> None:
    first, second, third = waiting(walked)
    press(qtbot, walked, Key.Key_Space)
    press(qtbot, walked, Key.Key_X)
    press(qtbot, walked, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: walked.workspace.selection.single == second)
    assert waiting(walked) == [second, third]
    press(qtbot, walked, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: walked.workspace.selection.single == first)
    assert waiting(walked) == [first, second, third]


def test_that_a_decision_about_another_spine_leads_back_to_the_item(
    qtbot: QtBot, walked: Desk
) -> None:
    first, second, third = waiting(walked)
    walked.canvas.fit()
    click(walked.canvas, detection(walked, third).box.center)
    press(qtbot, walked, Key.Key_Space)
    assert (at(walked), waiting(walked)) == (first, [first, second])


def test_that_without_the_queue_the_keys_walk_the_image_in_reading_order(
    qtbot: QtBot, walked: Desk
) -> None:
    press(qtbot, walked, Key.Key_J, CTRL)
    assert not walked.actions["queue"].isChecked()
    assert "Ctrl+J" in walked.actions["queue_skip"].toolTip()
    assert not walked.actions["queue_skip"].isEnabled()
    shown = walked.workspace.shown_detections()
    walked.workspace.selection.replace([shown[0].id])
    press(qtbot, walked, Key.Key_Space)
    assert walked.workspace.selection.single == shown[1].id
