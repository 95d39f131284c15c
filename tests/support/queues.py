"""Queues for tests: predictions whose usefulness is known, and hands that walk them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.predictions import Predictions, merge_predictions
from spinegui.gui.flows.review import new_id
from spinegui.gui.queue.story import QueueStory
from tests.support.desks import document_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

CLASSES = ("mushroom", "thin", "filopodia")
SURE = (0.98, 0.01, 0.01)
TORN = (0.04, 0.5, 0.46)
HALF_TORN = (0.7, 0.2, 0.1)
PLACES = ((20, 20, 40, 40), (60, 20, 84, 44), (20, 60, 44, 88), (80, 80, 110, 100))
"""Boxes of as many predictions, in reading order."""
SCORES = (0.9, 0.55, 0.7, 0.3)
SHARES = (SURE, TORN, HALF_TORN, TORN)
"""So the second is the most useful, then the third, then the first; the last is too weak."""


def story_of(desk: Desk) -> QueueStory:
    return next(s for s in desk.stories.instrument if isinstance(s, QueueStory))


def fill(
    desk: Desk,
    places: Sequence[tuple[float, float, float, float]] = PLACES,
    scores: Sequence[float] = SCORES,
    shares: Sequence[tuple[float, ...]] = SHARES,
    *,
    z: Sequence[float] | None = None,
) -> list[str]:
    """Bring predictions into the shown image as a detection job does; returns ids as given."""
    n = len(places)
    extra = {}
    if z is not None:
        extra = {"z": np.array(z), "z_range": np.stack([np.array(z, int)] * 2, axis=1)}
    found = Predictions.build(
        "classical",
        np.array(places, float),
        np.array(scores, float),
        class_ids=CLASSES,
        class_scores=np.array(shares, float).reshape(n, len(CLASSES)),
        **extra,
    )
    document = document_of(desk)
    annotation = document.annotation(desk.workspace.image_id)
    assert document.push(merge_predictions(annotation, found, new_id=new_id))
    by_box = {
        d.box.as_xyxy(): d.id
        for d in document.annotation(desk.workspace.image_id).detections.values()
    }
    return [by_box[tuple(map(float, place))] for place in places]


def ranked(qtbot: QtBot, desk: Desk) -> None:
    """Wait until the order that was asked for is there."""
    queue = story_of(desk).queue
    qtbot.waitUntil(lambda: queue.is_known and not queue.is_ranking)


def waiting(desk: Desk) -> list[str]:
    """What the queue holds, in order."""
    return [item.detection_id for item in story_of(desk).queue.round.waiting()]
