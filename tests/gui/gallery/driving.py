"""Hands for the gallery: find crops by label and score, click them, wait for pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Qt

from spinegui.domain.predictions import Predictions, merge_predictions
from spinegui.gui.flows.review import new_id
from spinegui.gui.gallery.gallery import Gallery
from tests.support.desks import document_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QComboBox
    from pytestqt.qtbot import QtBot

    from spinegui.domain.detection import Detection
    from spinegui.gui.desk import Desk

NO_MODIFIER = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CLASSES = ("mushroom", "thin")


def gallery_of(desk: Desk) -> Gallery:
    return next(story for story in desk.stories.instrument if isinstance(story, Gallery))


def predict_on(
    desk: Desk, image: int, labels: str, scores: tuple[float, ...], *, growth: float = 1.0
) -> None:
    """Bring predictions into an image of the project: m for mushroom, t for thin, row by row.

    Each box is `growth` px larger than the one before.
    """
    n = len(labels)
    corners = np.array([(12 + 24 * (i % 4), 12 + 24 * (i // 4)) for i in range(n)], float)
    sizes = 10.0 + growth * (np.arange(n)[:, None] + 5 * image)
    document = document_of(desk)
    image_id = desk.workspace.image_ids[image]
    found = Predictions.build(
        "classical",
        np.hstack([corners, corners + sizes]),
        np.array(scores),
        class_ids=CLASSES,
        class_scores=np.array([(0.8, 0.2) if label == "m" else (0.3, 0.7) for label in labels]),
    )
    assert document.push(merge_predictions(document.annotation(image_id), found, new_id=new_id))


def detections(desk: Desk) -> dict[str, Detection]:
    """All spines of the project by id."""
    annotations = document_of(desk).annotations.values()
    return {key: d for annotation in annotations for key, d in annotation.detections.items()}


def scores(gallery: Gallery) -> list[float | None]:
    """The scores of the crops as they stand in the grid."""
    return [d.score for d in gallery.contents.detections(gallery.contents.ids)]


def chosen_scores(gallery: Gallery) -> list[float | None]:
    return [d.score for d in gallery.contents.detections(gallery.picks.in_order())]


def index_of(gallery: Gallery, score: float) -> int:
    return scores(gallery).index(score)


def middle_of(gallery: Gallery, score: float) -> QPoint:
    index = index_of(gallery, score)
    gallery.grid.reveal(index)
    return gallery.grid.cell_rect(index).center()


def click(
    qtbot: QtBot, gallery: Gallery, score: float, modifier: Qt.KeyboardModifier = NO_MODIFIER
) -> None:
    """Click the crop with that score."""
    at = middle_of(gallery, score)
    qtbot.mouseClick(gallery.grid.viewport(), Qt.MouseButton.LeftButton, modifier, at)


def drag(qtbot: QtBot, gallery: Gallery, start: QPoint, end: QPoint) -> None:
    """Draw a rubber band from one point of the view to another."""
    view = gallery.grid.viewport()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, NO_MODIFIER, start)
    for share in (0.5, 1.0):
        qtbot.mouseMove(view, start + (end - start) * share)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, NO_MODIFIER, end)


def choose_in(box: QComboBox, text: str) -> None:
    """Choose an entry of a list as a click on it does."""
    index = box.findText(text)
    assert index >= 0, text
    box.setCurrentIndex(index)
    box.activated.emit(index)


def pictures_made(qtbot: QtBot, gallery: Gallery) -> None:
    """Wait until every crop in view has its picture, or says that there is none."""

    qtbot.waitUntil(lambda: gallery.grid.missing_pictures() == 0)
