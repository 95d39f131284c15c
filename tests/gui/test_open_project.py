"""Opening projects: locked, read-only, damaged, asked for twice; and leaving them."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QMessageBox

from tests.support.desks import (
    button,
    choose,
    close,
    dialog,
    document_of,
    is_open,
    make_desk,
)
from tests.support.gestures import SHIFT, drag
from tests.support.projects import make_project
from tests.support.second_process import holding

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk


def test_that_of_two_projects_asked_for_at_once_the_last_stays_and_the_first_is_closed(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{name}.spine" for name in "pq"]
    for path in paths:
        make_project(path).close()
        desk.open([path])
    qtbot.waitUntil(lambda: is_open(desk, paths[1]))
    assert not (tmp_path / "p.spine.lock").exists()


def test_that_a_project_asked_for_twice_at_once_does_not_lock_itself_out(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "p.spine"
    make_project(path).close()
    desk.open_project.run(path)
    desk.open_project.run(path)
    qtbot.waitUntil(lambda: is_open(desk, path))
    qtbot.waitUntil(lambda: not desk.workspace.background._tasks)
    assert desk.window.findChild(QMessageBox) is None
    assert not document_of(desk).is_read_only


def test_that_a_closed_project_is_freed_whatever_merging_froze(shown: Desk) -> None:
    gc.freeze()
    watched = weakref.ref(document_of(shown))
    shown.open_project.close_current()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert gc.get_freeze_count() == 0
    gc.collect()
    assert watched() is None


def test_that_a_project_that_cannot_be_opened_leaves_the_open_one(
    qtbot: QtBot, shown: Desk, tmp_path: Path
) -> None:
    path = document_of(shown).project.path
    broken = tmp_path / "broken.spine"
    broken.write_bytes(b"no project")
    shown.open_project.run(broken)
    box = dialog(qtbot, shown, "error")
    assert "broken.spine" in box.informativeText()
    close(qtbot, box)
    assert is_open(shown, path)
    drag(shown.canvas, (100, 10), (120, 22), modifiers=SHIFT)
    assert len(shown.workspace.annotation.detections) == 5


def test_that_the_open_project_opened_again_stays_as_it_is(qtbot: QtBot, shown: Desk) -> None:
    document = document_of(shown)
    shown.open_project.run(document.project.path)
    assert shown.workspace.document is document


def test_that_a_project_open_in_another_process_can_be_looked_at(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "p.spine"
    make_project(path).close()
    with holding(path) as pid:
        desk.open([path])
        box = dialog(qtbot, desk, "locked")
        assert "eve" in box.informativeText()
        assert str(pid) in box.informativeText()
        button(box, "Open read-only")
        qtbot.waitUntil(lambda: is_open(desk, path))
        assert document_of(desk).is_read_only
        assert "read_only" in desk.window.banners.texts()
        desk.open_project.close_current()
        assert "read_only" not in desk.window.banners.texts()


def test_that_a_project_open_in_another_process_can_be_taken_over(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "p.spine"
    make_project(path).close()
    with holding(path):
        desk.open([path])
        button(dialog(qtbot, desk, "locked"), "Take over")
        qtbot.waitUntil(lambda: is_open(desk, path))
        assert not document_of(desk).is_read_only


def test_that_a_locked_project_can_be_left_alone(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "p.spine"
    make_project(path).close()
    with holding(path):
        desk.open([path])
        box = dialog(qtbot, desk, "locked")
        with qtbot.waitSignal(box.finished):
            button(box, "Cancel")
        assert desk.workspace.document is None


def test_that_a_project_in_a_folder_of_others_opens_read_only(
    qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spinegui.storage import ownership
    from spinegui.storage.errors import ProjectReadOnlyError

    path = tmp_path / "p.spine"
    make_project(path).close()

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise ProjectReadOnlyError("p.spine lies in a folder that cannot be written to.")

    # Tests may run as root, who may write everywhere.
    monkeypatch.setattr(ownership, "open_owned", refuse)
    desk.open([path])
    qtbot.waitUntil(lambda: is_open(desk, path))
    assert document_of(desk).is_read_only


@pytest.mark.parametrize("is_there_already", [False, True])
def test_that_closing_while_a_project_is_being_opened_leaves_no_lock(
    qtbot: QtBot, home: Path, tmp_path: Path, is_there_already: bool
) -> None:
    path = tmp_path / "p.spine"
    make_project(path).close()
    desk = make_desk(qtbot, home)
    desk.open([path])
    if is_there_already:  # opened, but the window has not heard of it yet
        desk.workspace.background._pool.submit(lambda: None).result()
    desk.close()
    assert not (tmp_path / "p.spine.lock").exists()


def test_that_closing_the_window_closes_the_project(qtbot: QtBot, shown: Desk) -> None:
    path = document_of(shown).project.path
    choose(shown, "quit")
    assert not shown.window.isVisible()
    assert shown.workspace.document is None
    assert not path.with_name(f"{path.name}.lock").exists()


def test_that_a_window_with_unsaved_edits_says_where_they_are_before_it_closes(
    qtbot: QtBot, shown: Desk, home: Path
) -> None:
    from spinegui.gui.document import SaveState

    folder = document_of(shown).project.path.parent
    qtbot.waitUntil(lambda: document_of(shown).save_state is SaveState.SAVED)
    folder.rename(home / "away")
    drag(shown.canvas, (100, 10), (120, 22), modifiers=SHIFT)
    qtbot.waitUntil(lambda: document_of(shown).save_state is SaveState.FAILED)
    shown.window.close()
    box = dialog(qtbot, shown, "error")
    assert shown.window.isVisible()
    assert "They are kept in" in box.informativeText()
    close(qtbot, box)
    shown.window.close()
    assert not shown.window.isVisible()
