"""Detecting on many images with the real worker: pause, cancel, failures, retry, take back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from spinegui.domain.detection import ReviewState
from spinegui.gui.batch.card import BatchCard
from spinegui.gui.batch.entries import EntryState
from spinegui.gui.job_folders import jobs_root
from spinegui.jobs.spec import JobKind
from tests.gui.stories.driving import answer_file, toast_text
from tests.gui.stories.driving import choose as choose_in_menu
from tests.support.desks import (
    PATIENCE_MS,
    banner_button,
    choose,
    document_of,
    done,
    make_desk,
    open_images,
    press,
    saved,
)
from tests.support.gestures import CTRL, SHIFT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.batch.batch import Batch
    from spinegui.gui.desk import Desk
    from tests.support.desks import KeptEngine

DONE, FAILED, CANCELLED, WAITING = (
    EntryState.DONE,
    EntryState.FAILED,
    EntryState.CANCELLED,
    EntryState.WAITING,
)


@pytest.fixture
def desk(qtbot: QtBot, home: Path, engine: KeptEngine) -> Iterator[Desk]:
    """A desk with the worker that stays warm for the whole run."""
    made = make_desk(qtbot, home, engine)
    yield made
    made.close()


def batch_of(desk: Desk) -> Batch:
    """The newest batch of the jobs."""
    return next(job.batch for job in desk.jobs.all if job.batch is not None)


def card_of(desk: Desk) -> BatchCard:
    job = next(job for job in desk.jobs.all if job.batch is not None)
    found = desk.jobs_panel.card(job.id)
    assert isinstance(found, BatchCard)
    return found


def is_over(qtbot: QtBot, desk: Desk) -> None:
    qtbot.waitUntil(lambda: batch_of(desk).is_over, timeout=PATIENCE_MS)


def n_done(qtbot: QtBot, desk: Desk, count: int) -> None:
    qtbot.waitUntil(lambda: batch_of(desk).count(DONE) >= count, timeout=PATIENCE_MS)


def found_on(desk: Desk) -> list[int]:
    """How many detections each image has."""
    document = document_of(desk)
    return [len(document.annotation(i).detections) for i in document.images]


def states(desk: Desk) -> list[EntryState]:
    return [entry.state for entry in batch_of(desk).entries]


def test_that_all_images_are_detected_on_one_edit_each(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, *images[:3])
    press(qtbot, desk, Qt.Key.Key_F5, SHIFT)
    assert desk.jobs.all[0].title == "Detect on 3 images"
    assert not desk.actions["detect_all"].isEnabled()
    assert "batch" in desk.actions["detect_all"].toolTip()
    is_over(qtbot, desk)
    assert states(desk) == [DONE] * 3
    assert all(count > 2 for count in found_on(desk))
    assert card_of(desk).state.text().startswith("3 of 3 done · ")
    assert "found on 3 images" in toast_text(desk)
    assert desk.actions["detect_all"].isEnabled()
    before = found_on(desk)
    choose(desk, "undo")
    assert found_on(desk) == [*before[:2], 0]
    saved(qtbot, desk)
    record = document_of(desk).project.jobs().result()[0]
    assert (record.kind, record.state) == ("detect", "done")


def test_that_a_finished_batch_leaves_no_job_folders(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    before = set(jobs_root().iterdir()) if jobs_root().exists() else set()
    open_images(qtbot, desk, *images[:2])
    choose(desk, "detect_all")
    is_over(qtbot, desk)
    assert set(jobs_root().iterdir()) == before


def test_that_a_paused_batch_sends_nothing_and_goes_on_when_told(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, *images)
    choose(desk, "detect_all")
    card = card_of(desk)
    qtbot.mouseClick(card.pause_button, Qt.MouseButton.LeftButton)
    card.refresh()
    assert card.state.text().startswith("Pausing after this image")
    n_done(qtbot, desk, 1)
    qtbot.waitUntil(lambda: card.state.text().startswith("Paused · 1 of 4 done"))
    assert states(desk) == [DONE, WAITING, WAITING, WAITING]
    # The warm worker is free for a quick detection of one image meanwhile.
    desk.workspace.show_image(desk.workspace.image_ids[3])
    choose(desk, "detect")
    qtbot.waitUntil(lambda: not desk.jobs.is_detecting(), timeout=PATIENCE_MS)
    assert found_on(desk)[3] > 2
    assert states(desk) == [DONE, WAITING, WAITING, WAITING]
    qtbot.mouseClick(card.go_on_button, Qt.MouseButton.LeftButton)
    is_over(qtbot, desk)
    assert states(desk) == [DONE] * 4


def test_that_cancel_keeps_what_is_done(qtbot: QtBot, desk: Desk, images: tuple[Path, ...]) -> None:
    open_images(qtbot, desk, *images)
    choose(desk, "detect_all")
    batch_of(desk).pause()
    n_done(qtbot, desk, 1)
    qtbot.mouseClick(card_of(desk).cancel_button, Qt.MouseButton.LeftButton)
    is_over(qtbot, desk)
    assert states(desk) == [DONE, CANCELLED, CANCELLED, CANCELLED]
    assert found_on(desk)[0] > 2
    assert card_of(desk).state.text().startswith("Cancelled · 1 of 4 done")
    saved(qtbot, desk)
    assert document_of(desk).project.jobs().result()[0].state == "cancelled"


def test_that_the_whole_batch_is_taken_back_by_one_step_but_decisions_stay(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, *images[:3])
    choose(desk, "detect_all")
    is_over(qtbot, desk)
    spine = desk.workspace.shown_detections()[0]
    desk.review.label([spine], "thin")
    before = document_of(desk).recorded
    qtbot.mouseClick(card_of(desk).take_back_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: found_on(desk) == [1, 0, 0], timeout=PATIENCE_MS)
    kept = desk.workspace.annotation.detections[spine.id]
    assert kept.state is ReviewState.ACCEPTED
    assert not card_of(desk).take_back_button.isVisible()
    choose(desk, "undo")
    assert document_of(desk).recorded == before


def test_that_images_that_fail_are_listed_and_only_they_are_tried_again(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...], tmp_path: Path
) -> None:
    files = [tmp_path / f"{name}.tif" for name in "xyz"]
    for copy, image in zip(files, images, strict=False):
        copy.write_bytes(image.read_bytes())
    open_images(qtbot, desk, *files)
    files[1].unlink()
    choose(desk, "detect_all")
    is_over(qtbot, desk)
    assert states(desk) == [DONE, FAILED, DONE]
    assert desk.window.findChild(QMessageBox) is None
    card = card_of(desk)
    assert "1 failed" in card.state.text()
    assert "y.tif" in card.table.model().index(1, 1).data()
    assert card.retry_button.text() == "Retry 1 failed"
    files[1].write_bytes(images[1].read_bytes())
    first = found_on(desk)[0]
    choose(desk, "undo")
    choose(desk, "undo")
    qtbot.mouseClick(card.retry_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: found_on(desk)[1] > 2, timeout=PATIENCE_MS)
    is_over(qtbot, desk)
    assert states(desk) == [DONE, DONE, DONE]
    assert found_on(desk)[0] == 0
    assert first > 2


def test_that_reviewed_images_are_left_out_by_choice(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, *images[:3])
    choose(desk, "mark_reviewed")
    assert desk.actions["skip_reviewed"].isChecked()
    choose(desk, "detect_all")
    assert [e.name for e in batch_of(desk).entries] == [i.name for i in images[1:3]]
    is_over(qtbot, desk)
    choose_in_menu(desk, "Train", "Leave reviewed images out")
    assert not desk.actions["skip_reviewed"].isChecked()
    choose(desk, "detect_all")
    assert len(batch_of(desk).entries) == 3
    is_over(qtbot, desk)
    assert found_on(desk)[0] > 2
    assert desk.workspace.annotation.is_reviewed


@pytest.mark.logs_warning
def test_that_a_folder_is_added_and_detected_on_damaged_files_listed(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for image in images[:2]:
        (folder / image.name).write_bytes(image.read_bytes())
    (folder / "broken.tif").write_bytes(images[2].read_bytes()[:200])
    press(qtbot, desk, Qt.Key.Key_F5, CTRL | SHIFT)
    answer_file(qtbot, desk, "", folder)
    qtbot.waitUntil(lambda: bool(desk.jobs.all), timeout=PATIENCE_MS)
    is_over(qtbot, desk)
    assert [e.name for e in batch_of(desk).entries] == ["a.tif", "b.tif", "broken.tif"]
    assert states(desk) == [DONE, DONE, FAILED]
    assert batch_of(desk).entries[2].sentence
    assert all(count > 2 for count in found_on(desk))
    assert desk.window.findChild(QMessageBox) is None
    assert not card_of(desk).retry_button.isVisible()


def test_that_a_batch_ended_by_closing_is_offered_again_and_goes_on(
    qtbot: QtBot, home: Path, engine: KeptEngine, images: tuple[Path, ...]
) -> None:
    desk = make_desk(qtbot, home, engine)
    open_images(qtbot, desk, *images)
    path = document_of(desk).project.path
    choose(desk, "detect_all")
    batch_of(desk).pause()
    n_done(qtbot, desk, 1)
    saved(qtbot, desk)
    desk.close()
    again = make_desk(qtbot, home, engine)
    try:
        again.open([path])
        qtbot.waitUntil(
            lambda: any(key.startswith("batch") for key in again.window.banners.texts()),
            timeout=PATIENCE_MS,
        )
        text = next(t for k, t in again.window.banners.texts().items() if k.startswith("batch"))
        assert text == "A detection on 4 images was interrupted. 3 are left."
        first = document_of(again).recorded_annotation(again.workspace.image_ids[0])
        banner_button(again, "Go on").click()
        is_over(qtbot, again)
        assert states(again) == [DONE] * 4
        assert all(count > 2 for count in found_on(again))
        assert document_of(again).recorded_annotation(again.workspace.image_ids[0]) is first
        saved(qtbot, again)
        assert document_of(again).project.jobs().result()[0].state == "done"
    finally:
        again.close()


def test_that_an_interrupted_batch_can_be_discarded(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, *images[:3])
    path = document_of(desk).project.path
    choose(desk, "detect_all")
    batch_of(desk).pause()
    n_done(qtbot, desk, 1)
    desk.open_project.close_current()
    done(qtbot, desk, JobKind.DETECT)
    desk.open([path])
    qtbot.waitUntil(
        lambda: any(key.startswith("batch") for key in desk.window.banners.texts()),
        timeout=PATIENCE_MS,
    )
    banner_button(desk, "Discard").click()
    saved(qtbot, desk)
    assert document_of(desk).project.jobs().result()[0].state == "cancelled"


def test_that_a_disk_that_refuses_pauses_the_batch_and_says_why(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, *images[:2])
    root = jobs_root()
    root.parent.mkdir(parents=True, exist_ok=True)
    aside = root.with_name("aside")
    if root.exists():
        root.rename(aside)
    root.write_text("a file where the job folders should lie")
    choose(desk, "detect_all")
    qtbot.waitUntil(lambda: batch_of(desk).is_paused)
    assert states(desk) == [WAITING, WAITING]
    qtbot.waitUntil(lambda: str(root) in card_of(desk).state.text())
    assert card_of(desk).state.text().startswith("Paused")
    root.unlink()
    batch_of(desk).start()
    is_over(qtbot, desk)
    assert states(desk) == [DONE, DONE]


def test_that_a_row_of_the_list_shows_its_image(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, *images[:2])
    choose(desk, "detect_all")
    is_over(qtbot, desk)
    table = card_of(desk).table
    place = table.visualRect(table.model().index(1, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert desk.workspace.image_id == desk.workspace.image_ids[1]
