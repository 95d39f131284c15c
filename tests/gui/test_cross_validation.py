"""Retraining a project too small to hold images out, from the menu to the verdict."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from spinegui.gui.dialogs.comparison import ComparisonDialog
from spinegui.gui.dialogs.preflight import Preflight
from tests.support import rogue
from tests.support.desks import (
    PATIENCE_MS,
    choose,
    document_of,
    make_desk,
    open_images,
    predict,
    saved,
)
from tests.support.workshop import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk


@pytest.fixture
def reviewed(
    qtbot: QtBot, home: Path, images: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A desk with two images, both reviewed, whose active model trains in no time."""
    monkeypatch.setenv("SPINEGUI_BACKENDS", rogue.BACKENDS)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    desk = make_desk(qtbot, home)
    model = desk.models.store.add(rogue.make_model(home / "quick", "other"), "quick")
    desk.models.store.promote(model.sha)
    open_images(qtbot, desk, *images[:2])
    for image_id in tuple(desk.workspace.image_ids):
        desk.workspace.show_image(image_id)
        predict(desk)
        choose(desk, "mark_reviewed")
    saved(qtbot, desk)
    yield desk
    desk.close()


def button(parent: QWidget, text: str) -> QPushButton:
    return next(b for b in parent.findChildren(QPushButton) if b.text() == text and b.isVisible())


def banner_says(desk: Desk, text: str) -> bool:
    return any(b.text() == text and b.isVisible() for b in desk.window.findChildren(QPushButton))


def show_a_spine_of_another_image(desk: Desk, shown: ComparisonDialog, qtbot: QtBot) -> None:
    """From a number of the confusion to a picture, and from there to the image."""
    shown.tabs.setCurrentWidget(shown.confusion)
    matrix, spots = shown.confusion.before, shown.confusion.spots
    assert desk.workspace.image is not None
    here = desk.workspace.image.path
    cell = next(
        cell
        for cell, behind in matrix.confusion.spots.items()
        if any(str(spot.file) != here for spot in behind)
    )
    at = matrix.rect_of(cell).center()
    qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=at)
    row = next(i for i, spot in enumerate(spots.spots) if str(spot.file) != here)
    item = spots.item(row)
    spots.scrollToItem(item)
    at = spots.visualItemRect(item).center()
    qtbot.mouseClick(spots.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert desk.workspace.image.path == str(spots.spots[row].file)
    qtbot.waitUntil(lambda: not desk.workspace.background._tasks, timeout=PATIENCE_MS)
    picture = item.icon().pixmap(72, 72).toImage()
    shades = {picture.pixelColor(x, y).lightness() for x in range(72) for y in range(72)}
    assert len(shades) > 8, "the pixels of the image, not an empty frame"


def test_that_two_reviewed_images_are_retrained_measured_and_compared(
    reviewed: Desk, qtbot: QtBot
) -> None:
    desk = reviewed
    choose(desk, "retrain")
    preflight = desk.window.findChild(Preflight)
    assert preflight is not None
    assert "2 folds" in preflight.cross_validate.text()
    assert not preflight.cross_validate.isChecked()  # nobody knows how long this backend takes
    qtbot.waitUntil(preflight.isActiveWindow)
    qtbot.keyClick(preflight.cross_validate, Qt.Key.Key_Space)
    assert preflight.cross_validate.isChecked()
    qtbot.mouseClick(preflight.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: banner_says(desk, "Compare"), timeout=PATIENCE_MS)
    model = desk.models.store.get("retrained-1")
    assert model.metrics["validation"]["folds"] == 2
    assert len(model.manifest.trained_on) == len(document_of(desk).images) == 2
    qtbot.mouseClick(button(desk.window, "Compare"), Qt.MouseButton.LeftButton)

    def dialog() -> ComparisonDialog | None:
        return desk.window.findChild(ComparisonDialog)

    qtbot.waitUntil(lambda: dialog() is not None, timeout=PATIENCE_MS)
    shown = dialog()
    assert shown is not None
    assert "by cross-validation over 2 images" in shown.verdict.text()
    show_a_spine_of_another_image(desk, shown, qtbot)
    qtbot.mouseClick(shown.promote_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.models.active("detector").name == "retrained-1")
