from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from spinegui.storage import backups, lock
from spinegui.storage.errors import (
    ProjectDamagedError,
    ProjectError,
    ProjectFormatError,
    ProjectLockedError,
)
from spinegui.storage.project import Project
from tests.support.projects import adding, detection, make_project

if TYPE_CHECKING:
    from pathlib import Path


def _fake_backup(project: Path, at: datetime, reason: str = "open") -> None:
    folder = backups.folder_of(project)
    folder.mkdir(exist_ok=True)
    (folder / f"{at.strftime('%Y%m%dT%H%M%S%f')}Z_{reason}_1_1.spine").touch()


def test_that_opening_makes_a_backup_of_what_changed(project: Project, path: Path) -> None:
    project.commit(adding(detection())).result()
    project.close()
    assert project.backups() == []
    for _ in range(3):
        with Project.open(path, user="ann") as again:
            assert again.backup_on_open is not None
            again.backup_on_open.result()
    (backup,) = again.backups()
    assert (backup.reason, backup.n_edits, backup.n_images) == ("open", 1, 2)
    with Project.open(backup.path, user="ann", mode="read_only") as copy:
        assert copy.verify().result().is_whole


def test_that_a_reader_makes_no_backup(project: Project, path: Path) -> None:
    with Project.open(path, user="bob", mode="read_only") as reader:
        assert reader.backup_on_open is None
    assert reader.backups() == []


def test_that_backups_come_hourly_and_only_after_changes(project: Project, path: Path) -> None:
    project.commit(adding(detection())).result()
    assert project.backup_if_due().result() is not None
    project.commit(adding(detection())).result()
    assert project.backup_if_due().result() is None
    assert project.backup_if_due(0).result() is not None
    assert project.backup_if_due(0).result() is None
    assert [b.reason for b in project.backups()] == ["hourly", "hourly"]


def test_that_a_clock_set_back_neither_stops_backups_nor_makes_one_at_every_call(
    project: Project, path: Path
) -> None:
    _fake_backup(path, datetime.now(UTC) + timedelta(days=9))
    project.commit(adding(detection())).result()
    assert project.backup_if_due().result() is not None
    for _ in range(3):
        project.commit(adding(detection())).result()
        assert project.backup_if_due().result() is None
    assert project.backup_if_due(0).result() is not None


def test_that_a_damaged_project_replaces_no_backup(project: Project, path: Path) -> None:
    project.commit(adding(*(detection(number=n) for n in range(300)))).result()
    project.close()
    with path.open("r+b") as stream:
        stream.seek(path.stat().st_size // 2)
        stream.write(bytes(8192))
    with (
        Project.open(path, user="ann") as again,
        pytest.raises(ProjectDamagedError, match="Restore"),
    ):
        again.backup_if_due(0).result()


def test_that_old_backups_go_and_one_a_day_stays(project: Project, path: Path) -> None:
    now = datetime.now(UTC).replace(hour=12)
    for day in range(1, 30):
        for hour in range(3):
            _fake_backup(path, now - timedelta(days=day, hours=hour))
    project.backup_if_due(0).result()
    kept = project.backups()
    days = {b.at.date() for b in kept}
    assert len(days) == backups.KEEP_DAYS
    assert len(kept) == backups.KEEP_NEWEST + backups.KEEP_DAYS - 4
    assert [b.at for b in kept] == sorted((b.at for b in kept), reverse=True)


def test_that_other_files_among_the_backups_are_left_alone(project: Project, path: Path) -> None:
    folder = backups.folder_of(path)
    folder.mkdir()
    (folder / "notes.txt").touch()
    project.backup_if_due(0).result()
    assert (folder / "notes.txt").exists()
    assert len(project.backups()) == 1


def test_that_a_copy_is_a_whole_project(project: Project, tmp_path: Path) -> None:
    project.commit(adding(detection())).result()
    target = tmp_path / "elsewhere" / "copy.spine"
    project.backup(target).result()
    with Project.open(target, user="bob") as copy:
        assert copy.verify().result().is_whole
        assert copy.commit(adding(detection())).result().seq == 2
    assert project.commit(adding(detection())).result().seq == 2


def test_that_a_copy_that_fails_leaves_nothing(project: Project, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProjectError, match="The project itself is"):
        project.backup(tmp_path / "file" / "copy.spine").result()
    with pytest.raises(ProjectError, match="its own backup"):
        project.backup(project.path).result()
    assert project.commit(adding(detection())).result().seq == 1


# Restoring


@pytest.fixture
def backup(project: Project, tmp_path: Path) -> Path:
    """A backup with one edit of a project with two, closed."""
    target = tmp_path / "kept.spine"
    project.commit(adding(detection())).result()
    project.backup(target).result()
    project.commit(adding(detection())).result()
    project.close()
    return target


def test_that_a_backup_is_restored_and_the_replaced_file_kept(path: Path, backup: Path) -> None:
    kept = backups.restore(path, backup, user="ann")
    assert kept is not None
    assert not lock.lock_path(path).exists()
    for file, n_edits in ((path, 1), (kept, 2), (backup, 1)):
        with Project.open(file, user="ann", mode="read_only") as project:
            report = project.verify().result()
        assert (report.n_edits, report.problems) == (n_edits, ())


def test_that_a_project_that_vanished_is_restored(path: Path, backup: Path) -> None:
    path.unlink()
    assert backups.restore(path, backup, user="ann") is None
    with Project.open(path, user="ann") as project:
        assert len(project.log().result()) == 1


def test_that_a_hot_journal_goes_with_its_file(path: Path, backup: Path) -> None:
    journal = path.with_name(f"{path.name}-journal")
    journal.write_bytes(b"journal")
    kept = backups.restore(path, backup, user="ann")
    assert kept is not None
    assert not journal.exists()
    assert kept.with_name(f"{kept.name}-journal").read_bytes() == b"journal"


def test_that_an_open_project_is_not_replaced(tmp_path: Path) -> None:
    with make_project(tmp_path / "p.spine") as project:
        project.backup(tmp_path / "copy.spine").result()
        with pytest.raises(ProjectLockedError):
            backups.restore(project.path, tmp_path / "copy.spine", user="bob")
        assert project.commit(adding(detection())).result().seq == 1


def test_that_a_session_that_was_taken_over_stays_out_after_a_restore(
    tmp_path: Path, path: Path
) -> None:
    with make_project(path) as first:
        first.backup(tmp_path / "copy.spine").result()
        Project.open(path, user="bob", mode="take_over").close()
        backups.restore(path, tmp_path / "copy.spine", user="bob")
        with pytest.raises(ProjectError):
            first.commit(adding(detection())).result()
    with Project.open(path, user="bob") as project:
        assert project.log().result() == []


def test_that_a_bad_backup_changes_nothing(path: Path, backup: Path, tmp_path: Path) -> None:
    def refused(kind: type[ProjectError], file: Path) -> None:
        before = path.read_bytes()
        with pytest.raises(kind):
            backups.restore(path, file, user="ann")
        assert path.read_bytes() == before
        assert not any(p.name.startswith(".") for p in tmp_path.iterdir())

    foreign, torn = tmp_path / "foreign.spine", tmp_path / "torn.spine"
    with closing(sqlite3.connect(foreign)) as db:
        db.execute("CREATE TABLE t (x)")
    shutil.copy(backup, torn)
    with torn.open("r+b") as stream:
        stream.seek(4096)
        stream.write(bytes(4096))
    refused(ProjectFormatError, foreign)
    refused(ProjectDamagedError, torn)
    refused(ProjectError, tmp_path / "missing.spine")


def test_that_a_folder_that_refuses_the_rename_is_said(
    path: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no")

    monkeypatch.setattr(backups, "_set_aside", refuse)
    with pytest.raises(ProjectError, match="could not be replaced"):
        backups.restore(path, backup, user="ann")
    assert not lock.lock_path(path).exists()
