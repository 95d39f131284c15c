from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

import pytest

from spinegui.storage import schema
from spinegui.storage.errors import (
    ProjectClosedError,
    ProjectDamagedError,
    ProjectError,
    ProjectFormatError,
    ProjectReadOnlyError,
    ProjectUnreachableError,
    explain,
)
from spinegui.storage.lock import lock_path
from spinegui.storage.project import Project
from tests.support.projects import adding, detection

if TYPE_CHECKING:
    from pathlib import Path


def test_that_a_project_is_not_written_over(project: Project, path: Path) -> None:
    with pytest.raises(ProjectError, match="exists already"):
        Project.create(path, user="ann")
    assert len(project.snapshot().result().images) == 2


@pytest.mark.parametrize(
    ("place", "uri"),
    [
        (PurePosixPath("/data/50% new?/a#1.spine"), "file:///data/50%25%20new%3F/a%231.spine"),
        (PureWindowsPath("C:/data/a b.spine"), "file:///C:/data/a%20b.spine"),
        # SQLite refuses a host in a URI; behind an empty one it opens the share.
        (PureWindowsPath("//lab/share/a.spine"), "file:////lab/share/a.spine"),
    ],
)
def test_that_any_place_is_told_to_sqlite_in_its_own_way(place: PurePath, uri: str) -> None:
    assert schema.file_uri(place) == uri


def test_that_two_creations_at_once_make_one_project(path: Path) -> None:
    outcomes: list[str] = []

    def create() -> None:
        try:
            schema.create(path)
            outcomes.append("made")
        except ProjectError:
            outcomes.append("refused")

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "refused", "refused", "refused"]
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_that_a_project_can_be_made_where_there_are_no_hard_links(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    with Project.create(path, user="ann") as project:
        assert project.verify().result().is_whole
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_that_a_missing_folder_or_file_is_said_plainly(path: Path) -> None:
    with pytest.raises(ProjectReadOnlyError, match="could not be created"):
        Project.create(path.parent / "nowhere" / "p.spine", user="ann")
    for mode in ("own", "read_only"):
        with pytest.raises(ProjectUnreachableError, match="There is no"):
            Project.open(path, user="ann", mode=mode)


@pytest.mark.parametrize("content", [b"", b"no database" * 500])
def test_that_other_files_are_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for mode in ("own", "read_only"):
        with pytest.raises(ProjectFormatError, match="not a spinegui project"):
            Project.open(path, user="ann", mode=mode)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_that_a_project_that_cannot_be_owned_is_not_left_locked(
    project: Project, path: Path
) -> None:
    project.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE session")
    with pytest.raises(ProjectDamagedError, match="Restore"):
        Project.open(path, user="ann")
    assert not lock_path(path).exists()


def test_that_an_error_without_a_meaning_of_its_own_is_said_too(path: Path) -> None:
    error = sqlite3.OperationalError("out of memory")
    error.sqlite_errorcode = sqlite3.SQLITE_NOMEM
    assert "could not be read or written (out of memory)" in str(explain(error, path))


def test_that_a_closed_project_says_so(project: Project) -> None:
    last = project.commit(adding(detection()))
    project.close()
    project.close()
    assert last.result().seq == 1
    with pytest.raises(ProjectClosedError, match="is closed"):
        project.snapshot().result()


def test_that_a_cancelled_call_is_left_out(project: Project) -> None:
    gate = threading.Event()
    project._thread.read(lambda _: gate.wait())
    for _ in range(2):
        assert project.commit(adding(detection())).cancel()
        project.snapshot()
    kept = project.commit(adding(detection()))
    gate.set()
    assert kept.result().seq == 1


def test_that_edits_that_wait_together_are_committed_together(project: Project) -> None:
    statements: list[str] = []
    project._thread.read(lambda db: db.set_trace_callback(statements.append)).result()
    gate = threading.Event()
    project._thread.read(lambda _: gate.wait())
    waiting = [project.commit(adding(detection())) for _ in range(50)]
    gate.set()
    assert [f.result().seq for f in waiting] == list(range(1, 51))
    assert statements.count("COMMIT") == 1
