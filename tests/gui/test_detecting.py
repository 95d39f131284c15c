"""Detecting in the window, with the real worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from spinegui.domain.detection import ReviewState
from spinegui.jobs.events import Done, ImageDone
from spinegui.jobs.spec import JobKind
from tests.support.desks import (
    choose,
    close,
    document_of,
    done,
    error_box,
    make_desk,
    open_images,
    press,
    saved,
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


def test_that_detect_finds_spines_and_is_one_step_of_undo(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, images[0])
    press(qtbot, desk, Key.Key_F5)
    assert desk.jobs.is_running(JobKind.DETECT)
    assert not desk.actions["detect"].isEnabled()
    assert "running" in desk.actions["detect"].toolTip()
    done(qtbot, desk, JobKind.DETECT)
    assert desk.actions["detect"].isEnabled()
    found = desk.workspace.annotation.detections
    assert len(found) > 2
    assert all(d.state is ReviewState.PREDICTED and d.class_scores for d in found.values())
    card = desk.jobs_panel.card(desk.jobs.all[0].id)
    assert card is not None
    assert card.state.text() == "Done"
    choose(desk, "undo")
    assert not desk.workspace.annotation.detections
    choose(desk, "redo")
    assert desk.workspace.annotation.detections == found


def test_that_a_detection_leaves_every_decision_as_it_is(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, images[1])
    choose(desk, "detect")
    done(qtbot, desk, JobKind.DETECT)
    a, b, c, *_ = desk.workspace.shown_detections()
    desk.review.reject([a])
    desk.review.label([b], "stubby")
    desk.review.change_box(c, c.box.shifted(2, 1))
    drag(desk.canvas, (100, 8), (112, 18), modifiers=SHIFT)
    decided = {d.id: d for d in desk.workspace.annotation.detections.values() if d.is_decided}
    assert len(decided) == 4
    choose(desk, "detect")
    # What a person does meanwhile counts as well.
    drag(desk.canvas, (4, 4), (16, 14), modifiers=SHIFT)
    late = desk.workspace.selection.single
    done(qtbot, desk, JobKind.DETECT)
    after = desk.workspace.annotation.detections
    assert {key: after[key] for key in decided} == decided
    assert late in after
    saved(qtbot, desk)


def test_that_detect_on_all_leaves_reviewed_images_out(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, *images[:3])
    choose(desk, "mark_reviewed")
    choose(desk, "detect_all")
    assert desk.jobs.all[0].title == "Detect on 2 images"
    done(qtbot, desk, JobKind.DETECT)
    document = document_of(desk)
    counts = [len(document.annotation(i).detections) for i in desk.workspace.image_ids]
    assert (counts[0], counts[1] > 0, counts[2] > 0) == (0, True, True)


def test_that_detecting_on_a_file_that_is_gone_is_said_and_the_next_works(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.tif"
    copy.write_bytes(images[0].read_bytes())
    open_images(qtbot, desk, copy)
    copy.unlink()
    choose(desk, "detect")
    box = error_box(qtbot, desk)
    assert "copy.tif" in box.informativeText()
    close(qtbot, box)
    copy.write_bytes(images[0].read_bytes())
    choose(desk, "detect")
    done(qtbot, desk, JobKind.DETECT)
    assert desk.workspace.annotation.detections


def test_that_an_answer_that_cannot_be_read_is_said_and_not_called_found(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...], tmp_path: Path
) -> None:
    open_images(qtbot, desk, images[0])
    choose(desk, "detect")
    job = desk.jobs.all[0]
    take = job.on_image
    assert take is not None
    job.on_image = lambda event: take(ImageDone(event.job_id, event.seq, 0, str(tmp_path / "no")))
    box = error_box(qtbot, desk)
    assert "could not be read" in box.text()
    done(qtbot, desk, JobKind.DETECT)
    assert not desk.workspace.annotation.detections
    assert isinstance(job.ending, Done)
    close(qtbot, box)


def test_that_closing_the_project_gives_its_detection_up(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, *images[:3])
    document = document_of(desk)
    choose(desk, "detect_all")
    desk.open_project.close_current()
    done(qtbot, desk, JobKind.DETECT)
    ending = desk.jobs.all[0].ending
    assert ending is not None
    assert ending.kind == "cancelled"
    assert desk.window.findChild(QMessageBox) is None
    assert desk.workspace.document is None
    assert document.is_closed


def test_that_a_worker_that_cannot_start_is_said_and_the_window_lives(
    qtbot: QtBot, home: Path, images: tuple[Path, ...]
) -> None:
    from spinegui.engine.local import LocalEngine

    desk = make_desk(qtbot, home, LocalEngine("/nowhere/python"))
    try:
        open_images(qtbot, desk, images[0])
        choose(desk, "detect")
        box = error_box(qtbot, desk)
        assert "/nowhere/python" in box.informativeText()
        close(qtbot, box)
        assert desk.actions["detect"].isEnabled()
    finally:
        desk.close()
