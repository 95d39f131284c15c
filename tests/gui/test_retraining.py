"""Retraining in the window, with the real worker: from the plan to the promoted model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from spinegui.gui.dialogs.comparison import ComparisonDialog
from spinegui.gui.dialogs.models import ModelsDialog
from spinegui.gui.dialogs.preflight import Preflight
from spinegui.jobs.spec import JobKind
from tests.support.desks import (
    banner_button,
    choose,
    close,
    detection,
    document_of,
    done,
    drawn,
    error_box,
    make_desk,
    open_images,
    predict,
    press,
)
from tests.support.gestures import SHIFT, drag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from tests.support.desks import KeptEngine

Key = Qt.Key


@pytest.fixture
def desk(qtbot: QtBot, home: Path, engine: KeptEngine) -> Iterator[Desk]:
    """A desk with the worker that stays warm for the whole run."""
    made = make_desk(qtbot, home, engine)
    yield made
    made.close()


def review_all(desk: Desk) -> None:
    """Mark every image reviewed with two spines drawn on it, so that each can be trained on."""
    for image_id in desk.workspace.image_ids:
        desk.workspace.show_image(image_id)
        predict(desk)
        choose(desk, "mark_reviewed")


def start_training(qtbot: QtBot, desk: Desk) -> None:
    choose(desk, "retrain")
    qtbot.waitUntil(lambda: desk.window.findChild(Preflight) is not None)
    dialog = desk.window.findChild(Preflight)
    assert dialog is not None
    dialog.start_button.click()
    assert desk.jobs.is_running(JobKind.TRAIN)


def test_that_without_any_decision_retraining_says_what_to_do(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, images[0])
    predict(desk)
    desk.retrain.run()
    box = error_box(qtbot, desk)
    assert box.text() == "There is nothing to train on yet"
    close(qtbot, box)


def test_that_a_training_goes_from_plan_to_promoted_model_and_back(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, *images)
    review_all(desk)
    before = desk.models.active("detector")
    start_training(qtbot, desk)
    assert not desk.actions["retrain"].isEnabled()
    # The person goes on while it runs.
    drawn(qtbot, desk)
    drag(desk.canvas, (100, 8), (112, 18), modifiers=SHIFT)
    press(qtbot, desk, Key.Key_2)
    assert detection(desk, desk.workspace.selection.single or "").label == "thin"
    done(qtbot, desk, JobKind.TRAIN)
    assert desk.models.active("detector").sha == before.sha, "promoting is the person's act"
    assert any("retrained-1 is trained" in t for t in desk.window.banners.texts().values())
    banner_button(desk, "Compare").click()
    qtbot.waitUntil(lambda: desk.window.findChild(ComparisonDialog) is not None)
    dialog = desk.window.findChild(ComparisonDialog)
    assert dialog is not None
    assert "retrained-1" in dialog.headline.text()
    assert dialog.verdict.text()
    dialog.promote_button.click()
    assert desk.models.active("detector").name == "retrained-1"
    assert document_of(desk).active_models["detector"] == desk.models.active("detector").sha
    assert not desk.window.banners.texts()
    choose(desk, "models")
    models = desk.window.findChild(ModelsDialog)
    assert models is not None
    models.back_button.click()
    assert desk.models.active("detector").sha == before.sha
    models.close()
    (row,) = document_of(desk).project.jobs().result()
    assert row.state == "done"


def test_that_a_cancelled_training_leaves_nothing_and_says_so(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, *images)
    review_all(desk)
    start_training(qtbot, desk)
    job = desk.jobs.all[0]
    card = desk.jobs_panel.card(job.id)
    assert card is not None
    card.cancel_button.click()
    done(qtbot, desk, JobKind.TRAIN)
    assert card.state.text() == "Cancelled"
    assert not job.handle.job_dir.exists()
    assert [m.name for m in desk.models.store.list() if not m.shipped] == []
    (row,) = document_of(desk).project.jobs().result()
    assert row.state == "cancelled"


def test_that_a_running_training_is_asked_about_on_closing_and_offered_again(
    qtbot: QtBot, home: Path, images: tuple[Path, ...]
) -> None:
    first = make_desk(qtbot, home)
    open_images(qtbot, first, *images)
    review_all(first)
    path = document_of(first).project.path
    start_training(qtbot, first)
    first.window.close()
    box = first.window.findChild(QMessageBox, "leave")
    assert box is not None
    next(b for b in box.buttons() if b.text().replace("&", "") == "Keep open").click()
    assert first.window.isVisible()
    assert first.jobs.is_running(JobKind.TRAIN)
    first.window.close()
    box = first.window.findChildren(QMessageBox, "leave")[-1]
    next(b for b in box.buttons() if "Stop training" in b.text()).click()
    assert not first.window.isVisible()
    first.close()
    again = make_desk(qtbot, home)
    try:
        again.open([path])
        drawn(qtbot, again)
        (text,) = again.window.banners.texts().values()
        assert "retrained-1 was interrupted" in text
        banner_button(again, "Resume").click()
        assert not again.window.banners.texts()
        done(qtbot, again, JobKind.TRAIN)
        assert again.models.store.get("retrained-1").name == "retrained-1"
    finally:
        again.close()


def test_that_a_training_outlives_its_project_and_is_not_called_interrupted(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, *images)
    review_all(desk)
    path = document_of(desk).project.path
    start_training(qtbot, desk)
    desk.open_project.close_current()
    done(qtbot, desk, JobKind.TRAIN)
    desk.open([path])
    drawn(qtbot, desk)
    assert all("interrupted" not in text for text in desk.window.banners.texts().values())
    (row,) = document_of(desk).project.jobs().result()
    assert row.state == "done"
    assert desk.models.store.get("retrained-1").name == "retrained-1"


def test_that_an_interrupted_training_can_be_discarded_and_belongs_to_its_project(
    qtbot: QtBot, home: Path, desk: Desk, images: tuple[Path, ...], tmp_path: Path
) -> None:
    from spinegui.storage.project import Project
    from spinegui.storage.rows import JobRow, now

    path = tmp_path / "p.spine"
    record = JobRow("j1", "train", "running", now(), now(), str(tmp_path / "j1"), 1, {"name": "x"})
    with Project.create(path, user="ann") as project:
        project.put_job(record).result()
    desk.open([path])
    qtbot.waitUntil(lambda: "job j1" in desk.window.banners.texts())
    desk.open_project.close_current()
    assert "job j1" not in desk.window.banners.texts()
    desk.open([path])
    qtbot.waitUntil(lambda: "job j1" in desk.window.banners.texts())
    banner_button(desk, "Discard").click()
    (row,) = document_of(desk).project.jobs().result()
    assert row.state == "cancelled"
    del home, images
