"""Trainings in the jobs panel, with the real worker: one after the other, and taken up again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from spinegui.gui.dialogs.preflight import Preflight
from spinegui.gui.plots.curves import LOSSES
from spinegui.jobs.spec import JobKind
from tests.support import rogue
from tests.support.desks import (
    PATIENCE_MS,
    banner_button,
    choose,
    document_of,
    done,
    drawn,
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
    from spinegui.gui.panels.job_card import JobCard
    from spinegui.gui.running_jobs import RunningJob

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def reviewed(
    qtbot: QtBot, home: Path, images: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A desk with two images, both reviewed, whose workers know a backend that trains quickly."""
    monkeypatch.setenv("SPINEGUI_BACKENDS", rogue.BACKENDS)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    desk = make_desk(qtbot, home)
    open_images(qtbot, desk, *images[:2])
    for image_id in tuple(desk.workspace.image_ids):
        desk.workspace.show_image(image_id)
        predict(desk)
        choose(desk, "mark_reviewed")
    saved(qtbot, desk)
    yield desk
    desk.close()


def promote(desk: Desk, home: Path, behaviour: str, *roles: str) -> None:
    name = behaviour.replace(" ", "-")
    made = rogue.make_model(home / name, behaviour)
    desk.models.store.promote(desk.models.store.add(made, name).sha, roles or None)


def start(desk: Desk) -> list[RunningJob]:
    """Start what the dialog proposes, without measuring; returns the jobs in their order."""
    choose(desk, "retrain")
    dialog = desk.window.findChild(Preflight)
    assert dialog is not None
    dialog.cross_validate.setChecked(False)
    dialog.start_button.click()
    return list(reversed(desk.jobs.all))


def card_of(desk: Desk, job: RunningJob) -> JobCard:
    card = desk.jobs_panel.card(job.id)
    assert card is not None
    return card


def test_that_two_models_in_use_are_trained_one_after_the_other(
    reviewed: Desk, qtbot: QtBot, home: Path
) -> None:
    desk = reviewed
    promote(desk, home, "good", "detector")
    promote(desk, home, "other", "classifier")
    first, second = start(desk)
    assert (first.is_waiting, second.is_waiting) == (False, True)
    assert first.title == "Train retrained-1-detector from good"
    assert second.title == "Train retrained-1-classifier from other"
    assert card_of(desk, second).state.text() == "Waits for the training before it"
    assert card_of(desk, second).stop_button.isHidden()
    assert not desk.actions["retrain"].isEnabled()
    done(qtbot, desk, JobKind.TRAIN)
    made = {m.name: m.roles for m in desk.models.store.list() if m.name.startswith("retrained")}
    assert made == {
        "retrained-1-detector": ("detector",),
        "retrained-1-classifier": ("classifier",),
    }
    assert second.started_at >= first.ended_at
    assert len(desk.window.banners.texts()) == 2
    assert card_of(desk, first).state.text().startswith("Done in")
    assert list(card_of(desk, first).curves.plots) == [LOSSES]


def test_that_a_waiting_training_is_cancelled_without_the_one_that_runs(
    reviewed: Desk, qtbot: QtBot, home: Path
) -> None:
    desk = reviewed
    promote(desk, home, "endless", "detector")
    promote(desk, home, "other", "classifier")
    first, second = start(desk)
    qtbot.mouseClick(card_of(desk, second).cancel_button, LEFT)
    assert card_of(desk, second).state.text() == "Cancelled"
    assert not second.folder.exists()
    qtbot.waitUntil(lambda: len(first.curves.get("loss", ())) > 2, timeout=PATIENCE_MS)
    assert not first.is_over
    qtbot.mouseClick(card_of(desk, first).stop_button, LEFT)
    done(qtbot, desk, JobKind.TRAIN)
    assert desk.models.store.get("retrained-1-detector").roles == ("detector",)
    states = {row.id: row.state for row in document_of(desk).project.jobs().result()}
    assert states == {first.id: "done", second.id: "cancelled"}


def test_that_the_next_training_starts_though_the_one_before_failed(
    reviewed: Desk, qtbot: QtBot, home: Path
) -> None:
    desk = reviewed
    promote(desk, home, "refuse", "detector")
    promote(desk, home, "other", "classifier")
    start(desk)
    done(qtbot, desk, JobKind.TRAIN)
    assert desk.models.store.get("retrained-1-classifier").roles == ("classifier",)


@pytest.mark.parametrize("door", ["card", "banner", "reopened"])
def test_that_a_killed_training_is_taken_up_again_from_its_checkpoint(
    reviewed: Desk, qtbot: QtBot, home: Path, door: str
) -> None:
    desk = reviewed
    promote(desk, home, "killed at 2")
    (job,) = start(desk)
    done(qtbot, desk, JobKind.TRAIN)
    (text,) = desk.window.banners.texts().values()
    assert "retrained-1 was interrupted" in text
    assert "goes on from its last checkpoint" in text
    assert card_of(desk, job).resume_button.isVisibleTo(desk.jobs_panel)
    if door == "reopened":
        path = document_of(desk).project.path
        saved(qtbot, desk)
        desk.open_project.close_current()
        assert not desk.window.banners.texts()
        desk.open([path])
        drawn(qtbot, desk)
        assert "goes on from" in next(iter(desk.window.banners.texts().values()))
    if door == "card":
        qtbot.mouseClick(card_of(desk, job).resume_button, LEFT)
    else:
        qtbot.mouseClick(banner_button(desk, "Resume"), LEFT)
    (again,) = desk.jobs.all
    assert (again.id, again is job) == (job.id, False)
    done(qtbot, desk, JobKind.TRAIN)
    assert any("goes on from epoch-2.txt" in line for line in again.log)
    assert [epoch for epoch, _ in again.curves["loss"]] == [3]
    assert desk.models.store.get("retrained-1").backend == "rogue"
    (row,) = document_of(desk).project.jobs().result()
    assert row.state == "done"


def test_that_a_killed_training_can_be_given_up(reviewed: Desk, qtbot: QtBot, home: Path) -> None:
    desk = reviewed
    promote(desk, home, "killed at 2")
    (job,) = start(desk)
    done(qtbot, desk, JobKind.TRAIN)
    qtbot.mouseClick(banner_button(desk, "Discard"), LEFT)
    assert not job.folder.exists()
    assert card_of(desk, job).resume_button.isHidden()
    (row,) = document_of(desk).project.jobs().result()
    assert row.state == "cancelled"


def test_that_the_next_estimate_is_how_long_it_took(
    reviewed: Desk, qtbot: QtBot, home: Path
) -> None:
    desk = reviewed
    promote(desk, home, "good")
    assert desk.settings.pace("rogue", 0) is None
    (job,) = start(desk)
    done(qtbot, desk, JobKind.TRAIN)
    assert desk.settings.pace("rogue", 0) == pytest.approx(job.seconds / 2, abs=0.001)
