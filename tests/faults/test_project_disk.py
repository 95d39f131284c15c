from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from spinegui.storage import backups, schema
from spinegui.storage.errors import (
    LostOwnershipError,
    ProjectBusyError,
    ProjectError,
    ProjectFormatError,
    ProjectLockedError,
    ProjectReadOnlyError,
    ProjectUnreachableError,
    StorageFullError,
)
from spinegui.storage.project import Project
from tests.support.mounts import small_disk, write_protected
from tests.support.projects import adding, detection, make_project

if TYPE_CHECKING:
    from collections.abc import Iterator


def _fill(project: Project) -> int:
    """Commit edits of 4 KiB until the disk refuses one; return how many were acknowledged."""
    for n in range(5000):
        error = project.commit(adding(replace(detection(), extra="x" * 4000))).exception()
        if error is not None:
            assert isinstance(error, StorageFullError)
            assert "the disk is full" in str(error)
            assert "Free some space" in str(error)
            return n
    raise AssertionError("the disk was never full")


def _use_up(ballast: Path, *, leaving: int = 0) -> None:
    with ballast.open("wb", buffering=0) as stream:
        with suppress(OSError):
            while True:
                stream.write(bytes(4096))
        stream.truncate(stream.tell() - leaving)


def _holds(project: Project, n_edits: int) -> None:
    report = project.verify().result()
    assert report.problems == ()
    assert report.n_edits == n_edits
    assert len(project.snapshot().result().annotations["a"].detections) == n_edits


def test_that_a_full_disk_loses_nothing_and_is_survived(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(200 * 1024))
        with make_project(disk / "p.spine") as project:
            n = _fill(project)
            assert n > 5
            _holds(project, n)
            with pytest.raises(StorageFullError):
                project.commit(adding(replace(detection(), extra="x" * 9000))).result()
            ballast.unlink()
            assert project.commit(adding(detection())).result().seq == n + 1
            _holds(project, n + 1)
        with Project.open(disk / "p.spine", user="ann") as project:
            _holds(project, n + 1)


def test_that_a_project_opens_on_a_full_disk_once_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        path = disk / "p.spine"
        with make_project(path) as project:
            project.commit(adding(detection())).result()
        ballast = disk / "ballast"
        _use_up(ballast)
        with pytest.raises(ProjectError, match=r"space|cannot be written"):
            Project.open(path, user="ann")
        with Project.open(path, user="ann", mode="read_only") as reader:
            _holds(reader, 1)
        with pytest.raises(ProjectError):
            Project.create(disk / "new.spine", user="ann")
        ballast.unlink()
        with Project.open(path, user="ann") as project:
            _holds(project, 1)
        assert not (disk / "new.spine").exists()


def test_that_a_backup_that_does_not_fit_spares_the_project(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk, make_project(disk / "p.spine") as project:
        project.commit(adding(detection())).result()
        _use_up(disk / "ballast", leaving=40 * 1024)
        with pytest.raises(ProjectError, match="The project itself is"):
            project.backup_if_due(0).result()
        assert project.commit(adding(detection())).result().seq == 2
        assert not list(backups.folder_of(project.path).glob(".*"))
        assert project.verify().result().is_whole


def test_that_a_project_at_its_limit_goes_on_when_that_is_lifted(tmp_path: Path) -> None:
    with make_project(tmp_path / "p.spine") as project:

        def limit(pages: int) -> None:
            statement = f"PRAGMA max_page_count = {pages}"
            project._thread.read(lambda db: db.execute(statement).fetchone()).result()

        limit(60)
        n = _fill(project)
        limit(10_000)
        # A write too large fails by itself, not with those it waits with.
        limit(70)
        small = [project.commit(adding(detection())) for _ in range(2)]
        huge = project.commit(adding(replace(detection(), extra="x" * 400_000)))
        small.append(project.commit(adding(detection())))
        assert [f.result().seq for f in small] == [n + 1, n + 2, n + 3]
        with pytest.raises(StorageFullError):
            huge.result()
        _holds(project, n + 3)


_UP_TO_A_QUOTA = """
import resource, sys
from pathlib import Path
from spinegui.storage.project import Project
from tests.support.projects import adding, detection
with Project.open(Path(sys.argv[1]), user="ann") as project:
    project.backup_on_open.result()
    size = Path(sys.argv[1]).stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    n = 0
    try:
        while True:
            project.commit(adding(*(detection() for _ in range(20)))).result()
            n += 1
    except Exception as err:
        print(type(err).__name__, err)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(project.commit(adding(detection())).result().seq - n)
"""


def test_that_a_used_up_quota_is_said_and_survived(tmp_path: Path) -> None:
    path = tmp_path / "p.spine"
    make_project(path).close()
    done = subprocess.run(
        [sys.executable, "-c", _UP_TO_A_QUOTA, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    error, next_seq = done.stdout.splitlines()
    assert error.startswith("ProjectUnreachableError p.spine could not be read or written")
    assert "quota" in error
    assert next_seq == "1"


# Read-only folders


@pytest.fixture
def protected(tmp_path: Path) -> Iterator[Path]:
    """A project with one edit in a folder that cannot be written to."""
    with small_disk(tmp_path / "disk") as disk:
        path = disk / "p.spine"
        with make_project(path) as project:
            project.commit(adding(detection())).result()
        with write_protected(disk):
            yield path


def test_that_a_read_only_folder_is_said_and_can_be_read(protected: Path) -> None:
    with pytest.raises(ProjectReadOnlyError, match="Open it read-only"):
        Project.open(protected, user="ann")
    with pytest.raises(ProjectReadOnlyError, match="Choose another folder"):
        Project.create(protected.with_name("new.spine"), user="ann")
    with Project.open(protected, user="ann", mode="read_only") as reader:
        _holds(reader, 1)
        with pytest.raises(ProjectReadOnlyError, match="open read-only"):
            reader.commit(adding(detection())).result()


def test_that_a_folder_that_becomes_read_only_is_survived(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk, make_project(disk / "p.spine") as project:
        project.commit(adding(detection())).result()
        # A disk with a file open for writing cannot be remounted read-only; a statement can refuse.
        project._thread.read(lambda db: db.execute("PRAGMA query_only = ON")).result()
        with pytest.raises(ProjectReadOnlyError, match="cannot be written to"):
            project.commit(adding(detection())).result()
        project._thread.read(lambda db: db.execute("PRAGMA query_only = OFF")).result()
        assert project.commit(adding(detection())).result().seq == 2


# A share that goes away


def test_that_a_lost_folder_is_said_and_its_return_is_enough(tmp_path: Path) -> None:
    folder, away = tmp_path / "share", tmp_path / "away"
    folder.mkdir()
    with make_project(folder / "p.spine") as project:
        project.commit(adding(detection())).result()
        folder.rename(away)
        for _ in range(2):
            with pytest.raises(ProjectUnreachableError, match=r"p\.spine"):
                project.commit(adding(detection())).result()
            with pytest.raises(ProjectUnreachableError, match=r"p\.spine"):
                project.snapshot().result()
        away.rename(folder)
        assert project.commit(adding(detection())).result().seq == 2
        _holds(project, 2)


def test_that_a_deleted_project_takes_no_more_edits(tmp_path: Path) -> None:
    with make_project(tmp_path / "p.spine") as project:
        project.path.unlink()
        with pytest.raises(ProjectUnreachableError, match="moved, removed or disconnected"):
            project.commit(adding(detection())).result()
        shutil.copy(__file__, project.path)
        with pytest.raises(ProjectFormatError, match="not a spinegui project"):
            project.commit(adding(detection())).result()
        project.path.unlink()
        with closing(sqlite3.connect(project.path)) as db:
            db.execute("CREATE TABLE t (x)")
        with pytest.raises(ProjectFormatError, match="not a spinegui project"):
            project.commit(adding(detection())).result()
        project.path.unlink()
        with pytest.raises(ProjectLockedError):
            make_project(project.path)
        assert not project.path.exists()
        make_project(tmp_path / "q.spine").close()
        (tmp_path / "q.spine").rename(project.path)
        with pytest.raises(LostOwnershipError):
            project.commit(adding(detection())).result()


def test_that_a_file_in_use_by_another_program_is_said_and_survived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "BUSY_TIMEOUT_S", 0.01)
    path = tmp_path / "p.spine"
    with make_project(path) as project, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for future in [project.commit(adding(detection())) for _ in range(3)]:
            with pytest.raises(ProjectBusyError, match="in use by another program"):
                future.result()
        other.execute("ROLLBACK")
        assert project.commit(adding(detection())).result().seq == 1
