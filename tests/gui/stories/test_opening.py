"""The sample, recent projects, lost image files, and the strip that shows short work."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QMessageBox, QPushButton

from spinegui.domain.geometry import Box
from spinegui.synthesis.sample import SampleImage
from spinegui.synthesis.sample_folder import PROJECT_NAME, sample_folder
from spinegui.synthesis.settings import FRAME
from tests.gui.stories.driving import (
    answer_file,
    choose,
    open_images,
    opened,
    plain_image,
    press,
    toast_text,
)
from tests.support.desks import predict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.background import Task
    from spinegui.gui.desk import Desk

LEFT = Qt.MouseButton.LeftButton
SMALL = (
    SampleImage("one.tif", "train", 1, FRAME),
    SampleImage("two.tif", "held_out", 6, FRAME),
)


@pytest.fixture
def asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """What detection was asked for; detecting itself has tests of its own."""
    runs: list[list[str]] = []
    monkeypatch.setattr(desk.detect, "run", lambda ids: runs.append(list(ids)))
    desk.stories.sample._recipes = SMALL
    return runs


# -- the sample ------------------------------------------------------------------------------


def test_that_the_sample_is_made_opened_and_detected_on(
    desk: Desk, qtbot: QtBot, asked: list[list[str]]
) -> None:
    choose(desk, "File", "Open sample project")
    qtbot.waitUntil(lambda: len(asked) == 1, timeout=60_000)
    document = desk.workspace.document
    assert document is not None
    assert document.project.path == sample_folder() / PROJECT_NAME
    assert [ref.name for ref in document.images.values()] == ["one.tif", "two.tif"]
    assert asked == [list(document.images)]
    assert all(ref.pixel_size is not None for ref in document.images.values())
    assert desk.workspace.image_id == next(iter(document.images))


def test_that_a_sample_that_was_worked_on_opens_as_it_was_left(
    desk: Desk, qtbot: QtBot, asked: list[list[str]]
) -> None:
    desk.canvas.empty_state.second.click()
    qtbot.waitUntil(lambda: len(asked) == 1, timeout=60_000)
    desk.review.draw(Box(5, 6, 15, 18))
    first = desk.workspace.image_id
    choose(desk, "File", "Open sample project")
    qtbot.waitUntil(lambda: len(asked) == 2, timeout=60_000)
    document = desk.workspace.document
    assert document is not None
    assert len(document.images) == 2
    assert len(document.annotation(first).detections) == 1
    assert asked[1] == [i for i in document.images if i != first]


def test_that_making_the_sample_can_be_cancelled(
    desk: Desk, qtbot: QtBot, asked: list[list[str]]
) -> None:
    tasks: list[Task[object]] = []
    desk.workspace.background.started.connect(tasks.append)
    choose(desk, "File", "Open sample project")
    with qtbot.waitSignal(tasks[0].finished, timeout=60_000):
        tasks[0].cancel()
    assert desk.workspace.document is None
    assert asked == []


# -- recent projects -------------------------------------------------------------------------


def recent_menu(desk: Desk) -> QMenu:
    menu = desk.window.menuBar().findChild(QMenu, "menu_recent")
    assert menu is not None
    menu.aboutToShow.emit()
    return menu


def test_that_recent_projects_open_and_missing_ones_are_greyed(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk.settings.remember(tmp_path / "gone.spine")
    desk.open_project.run(tmp_path / "here.spine", create=True)
    qtbot.waitUntil(lambda: desk.workspace.document is not None)
    desk.open_project.close_current()
    here, gone = recent_menu(desk).actions()[:2]
    assert (here.text(), here.isEnabled()) == ("here", True)
    assert (gone.text(), gone.isEnabled()) == ("gone (missing)", False)
    assert str(tmp_path / "gone.spine") in gone.toolTip()
    here.trigger()
    qtbot.waitUntil(lambda: desk.workspace.document is not None)


def test_that_the_recent_list_can_be_cleared(desk: Desk, tmp_path: Path) -> None:
    assert [a.text() for a in recent_menu(desk).actions()] == ["No project yet"]
    desk.settings.remember(tmp_path / "gone.spine")
    recent_menu(desk).actions()[-1].trigger()
    assert desk.settings.recent == ()


def test_that_recent_projects_of_one_name_are_told_apart(desk: Desk, tmp_path: Path) -> None:
    for folder in ("a & b", "c"):
        desk.settings.remember(tmp_path / folder / "x.spine")
    texts = [a.text() for a in recent_menu(desk).actions()[:2]]
    assert texts == ["x (c) (missing)", "x (a && b) (missing)"]


# -- lost image files ------------------------------------------------------------------------


def lose(desk: Desk, qtbot: QtBot, folder: Path, *names: str) -> list[Path]:
    """Open images, then move their files away; returns where they are now."""
    files = [plain_image(folder / name, seed) for seed, name in enumerate(names)]
    open_images(qtbot, desk, *files)
    (folder / "moved").mkdir()
    moved = [file.rename(folder / "moved" / file.name) for file in files]
    desk.workspace.show_image(desk.workspace.image_ids[0])
    title = desk.canvas.empty_state._title
    qtbot.waitUntil(lambda: title.isVisible() and "is not there" in title.text())
    return moved


def test_that_a_lost_image_is_found_again_with_its_neighbours(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    moved = lose(desk, qtbot, tmp_path, "a.tif", "b.tif", "c.tif")
    assert desk.canvas.scene.pixels.plane is None
    qtbot.mouseClick(desk.canvas.empty_state.button, LEFT)
    answer_file(qtbot, desk, "locate_file", moved[0])
    qtbot.waitUntil(lambda: desk.canvas.scene.pixels.plane is not None)
    assert toast_text(desk) == "3 images found there."
    document = desk.workspace.document
    assert document is not None
    assert [ref.path for ref in document.images.values()] == [str(p) for p in moved]
    snapshot = document.project.snapshot().result()
    assert [ref.path for ref in snapshot.images] == [str(p) for p in moved]


def test_that_nothing_is_decided_on_an_image_that_cannot_be_seen(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    moved = lose(desk, qtbot, tmp_path, "a.tif")
    qtbot.waitUntil(lambda: not desk.actions["accept_next"].isEnabled())
    predict(desk)
    desk.navigate.step_detection(1)
    before = desk.workspace.annotation
    assert "cannot be seen" in desk.actions["accept_next"].toolTip()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_2, Qt.Key.Key_X, Qt.Key.Key_T):
        press(qtbot, desk.canvas, key)
    label = next(b for b in desk.label.findChildren(QPushButton) if b.isEnabled())
    qtbot.mouseClick(label, LEFT)
    assert "cannot be seen" in toast_text(desk)
    assert desk.workspace.annotation == before
    assert desk.actions["next_image"].isEnabled(), "one is not stuck there"
    assert not desk.stories.guide.line.isVisible()
    qtbot.mouseClick(desk.canvas.empty_state.button, LEFT)
    answer_file(qtbot, desk, "locate_file", moved[0])
    qtbot.waitUntil(lambda: desk.canvas.scene.pixels.plane is not None)
    press(qtbot, desk.canvas, Qt.Key.Key_Tab)
    press(qtbot, desk.canvas, Qt.Key.Key_Space)
    assert desk.workspace.annotation != before


def test_that_another_image_is_refused(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    lose(desk, qtbot, tmp_path, "a.tif")
    other = plain_image(tmp_path / "other.tif", 9)
    qtbot.mouseClick(desk.canvas.empty_state.button, LEFT)
    answer_file(qtbot, desk, "locate_file", other)
    box = opened(qtbot, desk, QMessageBox, "error")
    assert box.text() == "This is another image"
    assert desk.canvas.scene.pixels.plane is None


def test_that_a_file_that_came_back_is_shown_on_trying_again(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    moved = lose(desk, qtbot, tmp_path, "a.tif")
    moved[0].rename(tmp_path / "a.tif")
    qtbot.mouseClick(desk.canvas.empty_state.second, LEFT)
    qtbot.waitUntil(lambda: desk.canvas.scene.pixels.plane is not None)
    assert not desk.canvas.empty_state.isVisible()


@pytest.mark.logs_warning
def test_that_a_damaged_image_says_so_and_another_can_be_shown(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    files = [plain_image(tmp_path / name) for name in ("a.tif", "b.tif")]
    open_images(qtbot, desk, *files)
    files[0].write_bytes(b"II*\0 no image")
    desk.workspace.show_image(desk.workspace.image_ids[0])
    title = desk.canvas.empty_state._title
    qtbot.waitUntil(lambda: title.isVisible() and title.text() == "a.tif cannot be shown")
    desk.workspace.show_image(desk.workspace.image_ids[1])
    qtbot.waitUntil(lambda: desk.canvas.scene.pixels.plane is not None)


def test_that_the_empty_canvas_invites_again_once_a_project_is_closed(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    lose(desk, qtbot, tmp_path, "a.tif")
    desk.open_project.close_current()
    assert desk.canvas.empty_state._title.text() == "Open a microscope image"


# -- the strip -------------------------------------------------------------------------------


def test_that_work_that_takes_a_moment_shows_with_time_left_and_can_be_cancelled(
    desk: Desk, qtbot: QtBot
) -> None:
    go_on, strip = threading.Event(), desk.stories.strip

    def work(task: Task[None]) -> None:
        task.step(1, 4, "one.tif")
        go_on.wait(30)
        task.step(2, 4, "two.tif")

    ended: list[object] = []
    task = desk.workspace.background.start("Opening images", work, ended.append, ended.append)
    assert strip.isHidden()
    qtbot.waitUntil(strip.isVisible)
    assert strip.text.text() == "Opening images · one.tif"
    assert (strip.bar.value(), strip.bar.maximum()) == (1, 4)
    qtbot.mouseClick(strip.cancel, LEFT)
    assert strip.text.text() == "Cancelling"
    with qtbot.waitSignal(task.finished):
        go_on.set()
    assert strip.isHidden()
    assert ended == []


def test_that_short_work_does_not_show(desk: Desk, qtbot: QtBot) -> None:
    strip = desk.stories.strip
    strip._delay.setInterval(600_000)  # quick means: done before; no matter how slow the machine is
    task = desk.workspace.background.start(
        "Quick", lambda _task: 1, lambda _one: None, lambda _error: None
    )
    with qtbot.waitSignal(task.finished):
        pass
    assert strip.isHidden()
    assert not strip._delay.isActive()


def test_that_the_strip_goes_on_with_the_next_task(desk: Desk, qtbot: QtBot) -> None:
    strip, first, second = desk.stories.strip, threading.Event(), threading.Event()
    start = desk.workspace.background.start
    tasks = [
        start(title, lambda _task, e=event: e.wait(30), lambda _x: None, lambda _x: None)
        for title, event in (("First", first), ("Second", second))
    ]
    qtbot.waitUntil(strip.isVisible)
    assert strip.text.text() == "First"
    first.set()
    qtbot.waitUntil(lambda: strip.text.text() == "Second")
    with qtbot.waitSignal(tasks[1].finished):
        second.set()
    assert strip.isHidden()
