"""Disagreements as a queue: what is in it, why, in which order, and when it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from spinegui.domain.blind import BlindSession
from spinegui.domain.consensus import Quorum
from spinegui.domain.detection import Detection, Vote
from spinegui.domain.geometry import Box
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.queue.sources import SOURCES, Pool, Sieve
from spinegui.gui.queue.story import QueueStory
from tests.gui.raters.rated import AT, rate, raters_of
from tests.support.desks import choose, press

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.queue.review_queue import ReviewQueue

SOURCE = SOURCES["disagreements"]
SIEVE = Sieve(0.5, None)


def spine(i: int, *labels: str) -> Detection:
    votes = tuple(Vote(f"rater {r}", label, AT) for r, label in enumerate(labels))
    return Detection(f"d{i}", "i", Box(0, 10 * i, 8, 10 * i + 8), votes=votes)


def test_that_only_what_no_quorum_settles_is_in_the_queue() -> None:
    assert SOURCE.wants(spine(0, "thin", "stubby"), SIEVE)
    assert not SOURCE.wants(spine(0, "thin", "thin", "stubby"), SIEVE)
    assert SOURCE.wants(spine(0, "thin", "thin", "stubby"), SIEVE._replace(quorum=Quorum(3)))
    assert not SOURCE.wants(spine(0, "thin", "thin"), SIEVE)
    assert not SOURCE.wants(spine(0, "thin"), SIEVE)
    assert not SOURCE.wants(spine(0, "thin", "stubby").rejected(), SIEVE)
    blind = SIEVE._replace(blind=BlindSession("ann", AT))
    assert not SOURCE.wants(spine(0, "thin", "stubby"), blind)


def test_that_the_most_divided_come_first_with_what_each_rater_said() -> None:
    few, many = spine(0, "thin", "stubby"), spine(1, "thin", "stubby", "filopodia")
    pool = Pool((few, many), ("i",), SPINE_CLASSES, "divided")
    first, second = SOURCE.items(pool)
    assert (first.detection_id, second.detection_id) == ("d1", "d0")
    assert second.reasons == ("rater 0: thin, rater 1: stubby",)
    by_image = SOURCE.items(pool._replace(order="image"))
    assert [item.detection_id for item in by_image] == ["d0", "d1"]


def queue_of(desk: Desk) -> ReviewQueue:
    return next(s for s in desk.stories.instrument if isinstance(s, QueueStory)).queue


def test_that_a_disagreement_leaves_the_queue_once_it_is_settled(qtbot: QtBot, shown: Desk) -> None:
    spines = rate(shown)
    queue = queue_of(shown)
    queue.choice.set(source="disagreements")
    choose(shown, "queue")
    qtbot.waitUntil(lambda: {i.detection_id for i in queue.round.waiting()} == set(spines[1:]))
    raters_of(shown).people.switch_to("ann")
    shown.workspace.selection.replace([spines[1]])
    shown.canvas.setFocus()
    press(qtbot, shown, Qt.Key.Key_4)
    qtbot.waitUntil(lambda: {i.detection_id for i in queue.round.waiting()} == {spines[2]})
    choose(shown, "undo")
    qtbot.waitUntil(lambda: {i.detection_id for i in queue.round.waiting()} == set(spines[1:]))
