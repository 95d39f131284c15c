from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from spinegui.storage import schema
from spinegui.storage.errors import ProjectFormatError, ProjectNewerError
from spinegui.storage.lock import lock_path
from spinegui.storage.project import Project
from tests.support.projects import adding, detection

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def old(project: Project, path: Path) -> Path:
    project.commit(adding(detection())).result()
    project.close()
    return path


def _set(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(sql)


def _version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        found: int = db.execute("PRAGMA user_version").fetchone()[0]
    return found


def _add_note(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE item ADD COLUMN note TEXT")


def _break(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM item")
    raise sqlite3.OperationalError("broken step")


def _upgrade(monkeypatch: pytest.MonkeyPatch, **steps: object) -> None:
    monkeypatch.setattr(schema, "SCHEMA_VERSION", 1 + len(steps))
    monkeypatch.setattr(schema, "MIGRATIONS", dict(enumerate(steps.values(), 1)))


def test_that_an_old_project_is_brought_up_to_date_after_a_backup(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _upgrade(monkeypatch, first=_add_note, second=lambda _: None)
    with Project.open(old, user="ann") as project:
        assert len(project.snapshot().result().annotations["a"].detections) == 1
        made = [b for b in project.backups() if b.reason == "migration"]
    assert _version(old) == 3
    assert [_version(b.path) for b in made] == [2, 1]


def test_that_a_step_that_fails_leaves_the_old_project(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _upgrade(monkeypatch, first=_break)
    with pytest.raises(Exception, match="backups"):
        Project.open(old, user="ann")
    assert _version(old) == 1
    assert not lock_path(old).exists()
    monkeypatch.undo()
    with Project.open(old, user="ann") as project:
        assert project.verify().result().is_whole


def test_that_a_reader_brings_a_copy_in_memory_up_to_date(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _upgrade(monkeypatch, first=_add_note)
    with Project.open(old, user="ann", mode="read_only") as project:
        assert len(project.snapshot().result().annotations["a"].detections) == 1
    assert _version(old) == 1


def test_that_a_reader_whose_copy_fails_says_so(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _upgrade(monkeypatch, first=_break)
    with pytest.raises(Exception, match="backups"):
        Project.open(old, user="ann", mode="read_only")


def test_that_a_newer_project_opens_only_for_reading(old: Path) -> None:
    _set(old, "PRAGMA user_version = 99")
    with pytest.raises(ProjectNewerError, match="open the project read-only"):
        Project.open(old, user="ann")
    with Project.open(old, user="ann", mode="read_only") as project:
        assert len(project.log().result()) == 1


@pytest.mark.parametrize(
    "sql", ["UPDATE info SET value = '99'", "UPDATE info SET value = 'x'", "DROP TABLE info"]
)
def test_that_a_project_too_new_to_read_is_refused(old: Path, sql: str) -> None:
    _set(old, f"PRAGMA user_version = 99; {sql}")
    with pytest.raises(ProjectNewerError, match="Update the program to read it"):
        Project.open(old, user="ann", mode="read_only")


def test_that_another_programs_database_is_refused(path: Path) -> None:
    _set(path, "CREATE TABLE t (x)")
    for mode in ("own", "read_only"):
        with pytest.raises(ProjectFormatError, match="not a spinegui project"):
            Project.open(path, user="ann", mode=mode)
