"""The window with the session's images open and the model's predictions on them."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from spinegui.app import open_window
from spinegui.domain.detection import Detection, Origin, ReviewState
from spinegui.domain.edits import Change, Edit
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from spinegui.gui.desk import Desk
    from tests.benchmarks.review.plan import Frame, Spine

PATIENCE_S = 60.0
WINDOW = (1280, 800)


def open_session(frames: Sequence[Frame], folder: Path) -> tuple[Desk, dict[str, Spine]]:
    """Return the window, one image shown, and the session's spines by detection id."""
    copies = [folder / f"{i:03}_{frame.path.name}" for i, frame in enumerate(frames)]
    for frame, copy in zip(frames, copies, strict=True):
        shutil.copyfile(frame.path, copy)
    settings = Settings(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
    settings.user = "ann"
    settings.auto_advance = True
    settings.shows_guide = False
    desk = open_window(copies, settings=settings)
    desk.window.resize(*WINDOW)
    until(lambda: len(desk.workspace.image_ids) == len(frames))
    spines = _predict(desk, frames)
    drawn(desk)
    desk.canvas.setFocus()
    return desk, spines


def until(met: Callable[[], bool]) -> None:
    """Let the window work until that is so."""
    end = time.monotonic() + PATIENCE_S
    while not met():
        QApplication.processEvents()
        QTest.qWait(1)
        if time.monotonic() > end:
            raise TimeoutError("The window did not come that far.")


def drawn(desk: Desk) -> None:
    until(lambda: desk.display.plane is not None)
    settle(desk)


def settle(desk: Desk) -> None:
    """Let the view come to rest: an eye waits for that, a script need not."""
    QApplication.processEvents()
    desk.canvas.view.stop()
    QApplication.processEvents()


def _predict(desk: Desk, frames: Sequence[Frame]) -> dict[str, Spine]:
    """Give each image the predictions of the session, as one edit; return spines by id."""
    spines: dict[str, Spine] = {}
    changes = []
    for image_id, frame in zip(desk.workspace.image_ids, frames, strict=True):
        for i, spine in enumerate(frame.spines):
            detection_id = f"{image_id}-{i}"
            spines[detection_id] = spine
            if spine.predicted is not None:
                changes.append(Change(None, _prediction(detection_id, image_id, spine, i)))
    if not desk.workspace.push(Edit("Predictions", tuple(changes))):
        raise RuntimeError("The project did not take the predictions.")
    return spines


def _prediction(detection_id: str, image_id: str, spine: Spine, i: int) -> Detection:
    share = 0.55 + 0.08 * (i % 5)
    rest = (1 - share) / (len(SPINE_CLASSES.ids) - 1)
    assert spine.predicted is not None
    return Detection(
        detection_id,
        image_id,
        spine.predicted,
        origin=Origin.MODEL,
        state=ReviewState.PREDICTED,
        score=0.6 + 0.03 * (i % 12),
        class_scores=tuple(
            (c, share if c == spine.predicted_label else rest) for c in SPINE_CLASSES.ids
        ),
        proposed_box=spine.predicted,
    )
