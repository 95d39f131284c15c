from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from spinegui.domain.edits import Change, Edit, inverse
from spinegui.storage.errors import ProjectDamagedError
from spinegui.storage.project import Project
from spinegui.storage.rows import JobRow
from tests.support.projects import adding, detection, full_detection, make_project, other_items

if TYPE_CHECKING:
    from pathlib import Path

_DROP = "DROP TRIGGER edit_no_update; DROP TRIGGER edit_no_delete;" + (
    "DROP TRIGGER change_no_update; DROP TRIGGER change_no_delete;"
)


@pytest.fixture
def filled(path: Path) -> Path:
    with make_project(path) as project:
        edit = adding(full_detection(), *other_items(), detection("b", 7))
        project.commit(edit)
        project.commit(inverse(edit), kind="undo")
        project.commit(edit, kind="redo")
        d = detection("b", 7)
        project.commit(Edit("Reject", (Change(d, d.rejected()),)))
        project.set_setting("threshold", 0.5)
        project.set_active_model("detector", "f00d")
        project.put_job(JobRow("j", "train", "done", "t0", "t1", "/j"))
        project.add_job_event("j", {"event": "done"}).result()
    return path


def _tamper(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        triggers = db.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        db.executescript(f"{_DROP}{sql};" + ";".join(row[0] for row in triggers))


def _problems(path: Path) -> str:
    with Project.open(path, user="ann", mode="read_only") as project:
        return " ".join(project.verify().result().problems)


def test_that_a_whole_project_has_no_problems(filled: Path) -> None:
    with Project.open(filled, user="ann") as project:
        report = project.verify().result()
    assert report.is_whole
    assert (report.n_edits, report.n_items) == (4, 7)


@pytest.mark.parametrize("table", ["edit", "change"])
@pytest.mark.parametrize("sql", ["DELETE FROM {}", "UPDATE {} SET seq = 9"])
def test_that_the_log_can_only_grow(filled: Path, table: str, sql: str) -> None:
    with (
        closing(sqlite3.connect(filled)) as db,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        db.execute(sql.format(table))


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("UPDATE edit SET user = 'eve' WHERE seq = 2", "Edit 2 of the log was altered"),
        ("UPDATE edit SET at = x'00' WHERE seq = 2", "The log cannot be read"),
        (
            "UPDATE change SET after = replace(after, '0.75', '0.25') WHERE position = 0",
            "Edit 1 of the log was altered",
        ),
        ("DELETE FROM change WHERE seq = 4", "Edit 4 of the log was altered"),
        ("DELETE FROM edit WHERE seq = 2", "An edit is missing before number 3"),
        ("DELETE FROM edit WHERE seq = 4", "The end of the log is missing"),
        ("DELETE FROM edit WHERE seq = 4", "changes without their edit"),
        ("UPDATE head SET hash = zeroblob(32)", "The end of the log is missing"),
        ("UPDATE change SET before = after WHERE seq = 4", "does not follow"),
        ("UPDATE item SET json = replace(json, 'thin', 'fat')", "detection full is not what"),
        ("DELETE FROM item WHERE id = 'd7'", "detection d7 is not what the log says"),
        ("UPDATE checksum SET sum = zeroblob(32)", "checksum of image a does not fit"),
        ("DELETE FROM image WHERE id = 'b'", "checksum of image b does not fit"),
        ("UPDATE setting SET value = '0.6'", "row of the table setting was altered"),
        ("UPDATE active_model SET sha = 'beef'", "row of the table active_model was altered"),
        ("UPDATE job SET state = 'failed'", "row of the table job was altered"),
        ("UPDATE job_event SET event = '{}'", "row of the table job_event was altered"),
        ("UPDATE image SET position = 5 WHERE id = 'a'", "row of the table image was altered"),
        ("DROP TABLE job_event", "tables or triggers are not those"),
        ("DROP TABLE item", "items cannot be read"),
    ],
)
def test_that_tampering_is_found(filled: Path, sql: str, problem: str) -> None:
    _tamper(filled, sql)
    assert problem in _problems(filled)


def test_that_a_missing_trigger_is_found(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as db:
        db.execute("DROP TRIGGER edit_no_delete")
    assert "triggers are not those" in _problems(filled)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE item SET json = '{}'",
        "UPDATE item SET kind = 'shaft' WHERE id = 'full'",
        "UPDATE item SET json = CAST(x'ff' AS TEXT)",
        "UPDATE image SET json = '3'",
        "UPDATE setting SET key = 'label_set', value = '[1]'",
        "DROP TABLE item",
    ],
)
def test_that_a_damaged_row_is_said_when_it_is_read(filled: Path, sql: str) -> None:
    _tamper(filled, sql)
    with (
        Project.open(filled, user="ann") as project,
        pytest.raises(ProjectDamagedError, match="Restore one of its backups"),
    ):
        project.snapshot().result()
