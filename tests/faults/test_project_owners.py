from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from spinegui.storage.errors import LostOwnershipError, ProjectLockedError, ProjectReadOnlyError
from spinegui.storage.lock import lock_path, read_holder
from spinegui.storage.project import Project
from spinegui.storage.rescue import read_rescue
from tests.support.projects import adding, detection, make_project

if TYPE_CHECKING:
    from collections.abc import Iterator

_OWNER = """
import sys
from pathlib import Path
from spinegui.storage.project import Project
from tests.support.projects import adding, detection
try:
    project = Project.open(Path(sys.argv[1]), user="other", mode=sys.argv[2])
except Exception as err:
    print(type(err).__name__, flush=True)
else:
    seq = project.commit(adding(detection(number=int(sys.argv[3])))).result().seq
    print(f"saved {seq}", flush=True)
    sys.stdin.read()
"""


@contextmanager
def _other_process(
    path: Path, mode: str = "own", number: int = 1_000_001
) -> Iterator[subprocess.Popen]:
    """Another process that opens the project, saves one edit and waits, or says what refused it."""
    command = [sys.executable, "-c", _OWNER, str(path), mode, str(number)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.stdin.close()
                process.wait()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "p.spine"


def test_that_a_second_window_is_told_who_has_the_project(path: Path) -> None:
    with make_project(path, user="ann") as project:
        with pytest.raises(ProjectLockedError, match="ann") as caught:
            Project.open(path, user="bob")
        assert caught.value.holder == read_holder(path)
        project.commit(adding(detection())).result()
    Project.open(path, user="bob").close()
    assert not lock_path(path).exists()


def test_that_a_second_process_is_refused_and_a_reader_sees_every_edit(path: Path) -> None:
    with make_project(path) as project:
        with _other_process(path) as other:
            assert other.stdout.readline() == "ProjectLockedError\n"
        with Project.open(path, user="bob", mode="read_only") as reader:
            for n in range(1, 6):
                project.commit(adding(detection())).result()
                assert len(reader.snapshot().result().annotations["a"].detections) == n


def test_that_plain_reads_in_our_own_process_let_nobody_in(path: Path) -> None:
    with make_project(path) as project:
        project.commit(adding(detection())).result()
        path.read_bytes()
        with _other_process(path) as other:
            assert other.stdout.readline() == "ProjectLockedError\n"
        path.read_bytes()
        assert project.commit(adding(detection())).result().seq == 2
        path.read_bytes()
        with _other_process(path, "take_over") as other:
            assert other.stdout.readline() == "saved 3\n"
            with pytest.raises(LostOwnershipError):
                project.commit(adding(detection())).result()
    with Project.open(path, user="ann") as project:
        assert project.verify().result().problems == ()
        assert [row.seq for row in project.log().result()] == [1, 2, 3]


def test_that_a_killed_owner_is_succeeded_at_once(path: Path) -> None:
    make_project(path).close()
    with _other_process(path) as other:
        assert other.stdout.readline() == "saved 1\n"
        with pytest.raises(ProjectLockedError):
            Project.open(path, user="ann")
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert lock_path(path).exists()
    with Project.open(path, user="ann") as project:
        assert [row.user for row in project.log().result()] == ["other"]


def test_that_an_owner_that_ends_without_closing_lets_go(path: Path) -> None:
    make_project(path).close()
    with _other_process(path) as other:
        assert other.stdout.readline() == "saved 1\n"
    assert not lock_path(path).exists()


def test_that_a_project_open_on_another_computer_waits_for_the_user(path: Path) -> None:
    make_project(path).close()
    with Project.open(path, user="bob") as project:
        holder = read_holder(path)
        assert holder is not None
        far = json.dumps({**asdict(holder), "host": "far", "pid": 1, "token": "far"})
        lock_path(path).write_text(far, "utf-8")
    assert project.path == path
    with pytest.raises(ProjectLockedError, match="on far"):
        Project.open(path, user="ann")
    with Project.open(path, user="ann", mode="take_over") as taken:
        assert taken.commit(adding(detection())).result().seq == 1


def test_that_a_session_that_was_taken_over_keeps_its_edits_for_rescue(path: Path) -> None:
    with make_project(path) as first:
        first.commit(adding(detection())).result()
        with Project.open(path, user="bob", mode="take_over") as second:
            second.commit(adding(detection())).result()
            lost = [adding(detection()) for _ in range(2)]
            futures = [first.commit(edit) for edit in lost]
            for future in futures:
                with pytest.raises(LostOwnershipError, match="kept in"):
                    future.result()
            with pytest.raises(LostOwnershipError, match="not saved"):
                first.set_setting("threshold", 0.1).result()
            assert second.commit(adding(detection())).result().seq == 3
            assert len(first.log().result()) == 3
        first.close()
        assert not lock_path(path).exists()
    error = futures[0].exception()
    assert isinstance(error, LostOwnershipError)
    assert error.rescue is not None
    rescued = read_rescue(error.rescue)
    assert [r.edit for r in rescued] == lost
    with Project.open(path, user="ann") as again:
        for kept in rescued:
            again.commit(kept.edit).result()
        assert again.verify().result().is_whole


def test_that_the_lock_of_whoever_took_over_outlives_the_first_owner(path: Path) -> None:
    first = make_project(path)
    with Project.open(path, user="bob", mode="take_over") as second:
        first.close()
        with pytest.raises(ProjectLockedError, match="bob"):
            Project.open(path, user="ann")
        assert second.commit(adding(detection())).result().seq == 1


def test_that_an_unfinished_write_is_rolled_back_by_the_next_owner(path: Path) -> None:
    """A killed writer leaves its journal: a reader cannot undo that, an owner does."""
    make_project(path).close()
    script = (
        "import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "db.execute('PRAGMA cache_size = 1'); db.execute('BEGIN IMMEDIATE'); "
        "db.executemany('INSERT INTO item VALUES (?, ?, ?, ?)', "
        "((str(n), 'x', 'a', 'y' * 3000) for n in range(200))); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert path.with_name("p.spine-journal").stat().st_size > 0
    with pytest.raises(ProjectReadOnlyError, match="Open it normally once"):
        Project.open(path, user="ann", mode="read_only").snapshot().result()
    with Project.open(path, user="ann") as project:
        assert project.verify().result().problems == ()
