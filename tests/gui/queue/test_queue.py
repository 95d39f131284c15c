"""What the review queue holds: over one image or all, kept through edits, images and restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from spinegui.domain.detection import ReviewState
from spinegui.gui.queue.panel import QueuePanel
from spinegui.gui.queue.sources import SOURCES, Empty, QueueItem
from tests.gui.stories.driving import choose as choose_in_menu
from tests.support.desks import (
    add_predictions,
    choose,
    detection,
    document_of,
    drawn,
    open_images,
    press,
    saved,
)
from tests.support.gestures import CTRL, SHIFT
from tests.support.queues import PLACES, SCORES, SHARES, TORN, fill, ranked, story_of, waiting

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.domain.detection import Detection
    from spinegui.gui.desk import Desk
    from spinegui.gui.queue.review_queue import ReviewQueue
    from spinegui.gui.queue.sources import Pool, Sieve

Key = Qt.Key


@pytest.fixture
def two(qtbot: QtBot, desk: Desk, images: tuple[Path, ...]) -> Desk:
    """Two images: three and one worth looking at; the second image's is the most useful."""
    open_images(qtbot, desk, *images[:2])
    first, second = desk.workspace.image_ids
    desk.workspace.show_image(second)
    fill(desk, PLACES[:1], (0.5,), (TORN,))
    desk.workspace.show_image(first)
    fill(desk)
    drawn(qtbot, desk)
    return desk


def start(qtbot: QtBot, desk: Desk) -> None:
    press(qtbot, desk, Key.Key_J, CTRL)
    ranked(qtbot, desk)


def over_all(qtbot: QtBot, desk: Desk) -> None:
    """Let the queue reach over the project, as in its panel."""
    panel = story_of(desk).panel
    panel.reach.setCurrentIndex(1)
    panel.reach.activated.emit(1)
    queue = story_of(desk).queue
    qtbot.waitUntil(lambda: queue.is_known and not queue.is_ranking)


def queue_of(desk: Desk) -> ReviewQueue:
    return story_of(desk).queue


def test_that_one_queue_goes_over_all_images(qtbot: QtBot, two: Desk) -> None:
    first, second = two.workspace.image_ids
    start(qtbot, two)
    assert len(waiting(two)) == 3
    looked_at = queue_of(two).current
    over_all(qtbot, two)
    assert len(waiting(two)) == 4
    assert queue_of(two).current == looked_at == waiting(two)[0]
    visited = []
    for _ in range(4):
        drawn(qtbot, two)
        visited.append(two.workspace.image_id)
        assert two.workspace.selection.single == queue_of(two).current
        press(qtbot, two, Key.Key_Space)
    assert sorted(visited) == sorted([first] * 3 + [second])
    assert waiting(two) == []


def test_that_an_undo_shows_the_image_of_the_item_that_comes_back(qtbot: QtBot, two: Desk) -> None:
    start(qtbot, two)
    over_all(qtbot, two)
    second = two.workspace.image_ids[1]
    elsewhere = next(i for i in queue_of(two).round.waiting() if i.image_id == second)
    story_of(two).walk.go_to(elsewhere.detection_id)
    assert two.workspace.image_id == elsewhere.image_id
    press(qtbot, two, Key.Key_X)
    assert two.workspace.image_id != elsewhere.image_id
    press(qtbot, two, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: two.workspace.selection.single == elsewhere.detection_id)
    assert two.workspace.image_id == elsewhere.image_id


def test_that_looking_at_another_image_keeps_the_queue_of_this_one(qtbot: QtBot, two: Desk) -> None:
    start(qtbot, two)
    press(qtbot, two, Key.Key_K)
    before, current = waiting(two), queue_of(two).current
    press(qtbot, two, Key.Key_D)
    ranked(qtbot, two)
    assert len(waiting(two)) == 1
    press(qtbot, two, Key.Key_A)
    assert (waiting(two), queue_of(two).current) == (before, current)
    press(qtbot, two, Key.Key_Space)
    assert two.workspace.selection.single == current, "Space first goes back to the item"


def test_that_a_decision_by_any_other_door_leaves_the_queue_too(qtbot: QtBot, two: Desk) -> None:
    start(qtbot, two)
    choose(two, "accept_all")
    assert waiting(two) == []
    choose(two, "undo")
    assert len(waiting(two)) == 3


def test_that_new_predictions_come_in_behind_the_item_one_looks_at(qtbot: QtBot, two: Desk) -> None:
    start(qtbot, two)
    current = queue_of(two).current
    document_of(two)
    before = set(waiting(two))
    new = ((120, 10, 132, 22), (100, 40, 116, 52))
    fill(two, (*PLACES, *new), (*SCORES, 0.5, 0.5), (*SHARES, TORN, TORN))
    qtbot.waitUntil(lambda: len(waiting(two)) == 5)
    assert before < set(waiting(two))
    assert waiting(two)[0] == queue_of(two).current == current


def test_that_weak_predictions_come_in_only_where_that_is_set(qtbot: QtBot, two: Desk) -> None:
    start(qtbot, two)
    panel = story_of(two).panel
    panel.below.click()
    qtbot.waitUntil(lambda: len(waiting(two)) == 4)
    weak = next(i for i in waiting(two) if (detection(two, i).score or 0) < 0.5)
    story_of(two).walk.go_to(weak)
    press(qtbot, two, Key.Key_Space)
    assert detection(two, weak).state is ReviewState.ACCEPTED
    panel.below.click()
    qtbot.waitUntil(lambda: len(waiting(two)) == 3)


def test_that_the_threshold_takes_items_out_and_brings_them_in(qtbot: QtBot, two: Desk) -> None:
    start(qtbot, two)
    two.workspace.view_state.update(threshold=0.85)
    qtbot.waitUntil(lambda: len(waiting(two)) == 1)
    two.workspace.view_state.update(threshold=0.1)
    qtbot.waitUntil(lambda: len(waiting(two)) == 4)


def test_that_spines_without_score_or_classes_are_in_the_queue(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    from dataclasses import replace

    from spinegui.domain.edits import Change, Edit

    open_images(qtbot, desk, images[0])
    import numpy as np

    (found,) = add_predictions(desk, np.array(PLACES[:1], float), np.array([0.9]))
    bare = replace(found, score=None, class_scores=())
    assert document_of(desk).push(Edit("Import", (Change(found, bare),)))
    start(qtbot, desk)
    assert waiting(desk) == [found.id]
    assert queue_of(desk).round.waiting()[0].reasons == ("no class proposed", "no score")
    press(qtbot, desk, Key.Key_2)
    assert detection(desk, found.id).label == "thin"


def test_that_choices_outlive_the_window_and_a_new_session_begins_a_new_round(
    qtbot: QtBot, two: Desk
) -> None:
    start(qtbot, two)
    over_all(qtbot, two)
    press(qtbot, two, Key.Key_Space)
    press(qtbot, two, Key.Key_K, SHIFT)
    left = waiting(two)
    assert len(left) == 2
    saved(qtbot, two)
    path = document_of(two).project.path
    two.open_project.close_current()
    assert not queue_of(two).is_on
    assert queue_of(two).progress().total == 0
    two.open([path])
    qtbot.waitUntil(lambda: len(two.workspace.image_ids) == 2)
    drawn(qtbot, two)
    start(qtbot, two)
    assert len(waiting(two)) == 3, "what was put off is back, what was decided is not"
    assert set(left) < set(waiting(two))
    again = QueuePanel(two.workspace, queue_of(two))
    qtbot.addWidget(again)
    again.show()
    again.refresh()
    assert again.reach.currentData() == "project"


def test_that_the_order_is_the_one_chosen(qtbot: QtBot, two: Desk) -> None:
    start(qtbot, two)
    panel = story_of(two).panel
    row = panel.order.findText("Left to right")
    panel.order.setCurrentIndex(row)
    panel.order.activated.emit(row)
    ranked(qtbot, two)
    queue = queue_of(two)
    qtbot.waitUntil(lambda: not queue.is_ranking and queue.choice.order == "place")
    xs = [detection(two, i).box.x0 for i in waiting(two) if i != queue.current]
    assert xs == sorted(xs)


def test_that_a_blind_session_has_a_queue_of_all_spines_without_a_word_of_their_class(
    qtbot: QtBot, two: Desk
) -> None:
    from spinegui.domain.blind import BlindSession

    start(qtbot, two)
    choose(two, "accept_all")
    document_of(two).set_blind(BlindSession("ann", "2026-01-01T00:00:00.000+00:00"))
    choose_in_menu(two, "Review", "Rank the queue anew")
    qtbot.waitUntil(lambda: len(waiting(two)) == 3)
    said = " ".join(r for item in queue_of(two).round.waiting() for r in item.reasons)
    assert "thin" not in said
    assert "mushroom" not in said


class Large:
    """A source of its own: the large spines, whatever was decided, the largest first."""

    id = "large"
    title = "Large spines"
    orders = (("size", "Largest first"),)
    empty = Empty("No large spines", "They come here.")

    def wants(self, detection: Detection, sieve: Sieve) -> bool:
        del sieve
        return detection.box.width > 20 and not detection.votes

    def items(self, pool: Pool) -> list[QueueItem]:
        ordered = sorted(pool.detections, key=lambda d: -d.box.area)
        return [QueueItem(d.id, d.image_id, (f"{d.box.width:.0f} px",)) for d in ordered]


def test_that_another_source_makes_another_queue(
    qtbot: QtBot, two: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SOURCES, "large", Large())
    start(qtbot, two)
    panel = story_of(two).panel
    panel.refresh()
    panel.sources.setCurrentIndex(panel.sources.findText("Large spines"))
    panel.sources.activated.emit(1)
    qtbot.waitUntil(lambda: queue_of(two).is_known and not queue_of(two).is_ranking)
    items = queue_of(two).round.waiting()
    assert {item.reasons[0] for item in items} == {"24 px", "30 px"}
    largest = max(items, key=lambda i: detection(two, i.detection_id).box.area).detection_id
    story_of(two).walk.go_to(largest)
    press(qtbot, two, Key.Key_X)
    assert largest in waiting(two), "rejected, but not labelled: this source wants it still"
    monkeypatch.undo()
    two.settings.queue_source = ""
