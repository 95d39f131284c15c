"""Desks for tests: the whole window on small synthetic images, with settings of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from typing_extensions import override

from spinegui.domain.detection import ReviewState
from spinegui.domain.predictions import Predictions, merge_predictions
from spinegui.engine.local import LocalEngine
from spinegui.gui.desk import Desk
from spinegui.gui.document import SaveState
from spinegui.gui.flows.review import new_id
from spinegui.gui.settings import Settings
from spinegui.gui.style.theme import apply_theme
from spinegui.storage.model_store import ModelStore

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.domain.detection import Detection
    from spinegui.gui.document import Document
    from spinegui.jobs.spec import JobKind

PATIENCE_MS = 60_000
"""Only reached by a test that fails."""
BOXES = ((20, 20, 40, 40), (60, 20, 84, 44), (20, 60, 44, 88), (80, 80, 110, 100))
SCORES = (0.9, 0.8, 0.7, 0.3)
"""The last is below the usual threshold."""


class KeptEngine(LocalEngine):
    """Outlives the desks that use it, so that its warm worker need not start for each test."""

    @override
    def shutdown(self) -> None:
        return

    def end(self) -> None:
        super().shutdown()


def make_desk(qtbot: QtBot, home: Path, engine: LocalEngine | None = None) -> Desk:
    """A desk in front, where keys go; settings and models lie below the test's home."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, "light")
    desk = Desk(own_settings(home), engine or LocalEngine(), ModelStore())
    desk.window.resize(1280, 800)
    show(qtbot, desk)
    return desk


def own_settings(home: Path) -> Settings:
    settings = Settings(QSettings(str(home / "settings.ini"), QSettings.Format.IniFormat))
    settings.user = "ann"
    settings.last_folder = str(home)
    return settings


def show(qtbot: QtBot, desk: Desk) -> None:
    with qtbot.waitActive(desk.window):
        desk.window.show()
        desk.window.activateWindow()


def open_images(qtbot: QtBot, desk: Desk, *paths: Path) -> None:
    """Open these and wait until the first is drawn."""
    wanted = len(desk.workspace.image_ids) + len(paths)
    desk.open(paths)
    qtbot.waitUntil(lambda: len(desk.workspace.image_ids) >= wanted, timeout=PATIENCE_MS)
    drawn(qtbot, desk)


def drawn(qtbot: QtBot, desk: Desk) -> None:
    """Wait until the pixels of the shown image are there."""
    qtbot.waitUntil(lambda: desk.display.plane is not None, timeout=PATIENCE_MS)


def saved(qtbot: QtBot, desk: Desk) -> None:
    """Wait until the window says that everything is saved."""
    qtbot.waitUntil(lambda: desk.window.save_text.text() == "Saved", timeout=PATIENCE_MS)


def document_of(desk: Desk) -> Document:
    assert desk.workspace.document is not None
    return desk.workspace.document


def predict(desk: Desk, n: int = len(BOXES), *, z: float | None = None) -> list[Detection]:
    """Bring predictions into the shown image as a detection job does; in reading order."""
    return add_predictions(desk, np.array(BOXES[:n], float), np.array(SCORES[:n]), z=z)


def add_predictions(
    desk: Desk, boxes: np.ndarray, scores: np.ndarray, *, z: float | None = None
) -> list[Detection]:
    n = len(scores)
    extra = {} if z is None else {"z": np.full(n, z), "z_range": np.tile([1, 3], (n, 1))}
    found = Predictions.build(
        "classical",
        boxes,
        scores,
        class_ids=("mushroom", "thin"),
        class_scores=np.tile([0.75, 0.25], (n, 1)),
        **extra,
    )
    document = document_of(desk)
    annotation = document.annotation(desk.workspace.image_id)
    assert document.push(merge_predictions(annotation, found, new_id=new_id))
    return predictions(desk)


def predictions(desk: Desk) -> list[Detection]:
    """The undecided detections of the shown image, best first."""
    found = desk.workspace.annotation.detections.values()
    undecided = [d for d in found if d.state is ReviewState.PREDICTED]
    return sorted(undecided, key=lambda d: -(d.score or 0))


def detection(desk: Desk, detection_id: str) -> Detection:
    return desk.workspace.annotation.detections[detection_id]


def choose(desk: Desk, action_id: str) -> None:
    """Trigger an action that is enabled, as its menu entry does."""
    action = desk.actions[action_id]
    assert action.isEnabled(), action.toolTip()
    action.trigger()


def press(
    qtbot: QtBot,
    desk: Desk,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Press a key in the window, for whatever has the focus."""
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    focus = QApplication.focusWidget()
    qtbot.keyClick(focus or desk.window, key, modifier)


def is_saved(desk: Desk) -> bool:
    return document_of(desk).save_state is SaveState.SAVED


def dialog(qtbot: QtBot, desk: Desk, name: str) -> QMessageBox:
    """Wait for a message of that name."""

    def is_there() -> bool:
        found = desk.window.findChild(QMessageBox, name)
        return found is not None and found.isVisible()

    qtbot.waitUntil(is_there, timeout=PATIENCE_MS)
    found = desk.window.findChild(QMessageBox, name)
    assert found is not None
    return found


def error_box(qtbot: QtBot, desk: Desk) -> QMessageBox:
    """Wait for the error dialog."""
    return dialog(qtbot, desk, "error")


def close(qtbot: QtBot, box: QMessageBox) -> None:
    """Put a message away."""
    with qtbot.waitSignal(box.finished):
        box.button(QMessageBox.StandardButton.Close).click()


def button(box: QMessageBox, text: str) -> None:
    """Press a button of a message by its words."""
    next(b for b in box.buttons() if b.text().replace("&", "") == text).click()


def is_open(desk: Desk, path: Path) -> bool:
    document = desk.workspace.document
    return document is not None and document.project.path == path


def done(qtbot: QtBot, desk: Desk, kind: JobKind) -> None:
    """Wait until no job of that kind runs."""
    qtbot.waitUntil(lambda: not desk.jobs.is_running(kind), timeout=PATIENCE_MS)


def banner_button(desk: Desk, text: str) -> QPushButton:
    return next(b for b in desk.window.banners.findChildren(QPushButton) if b.text() == text)
