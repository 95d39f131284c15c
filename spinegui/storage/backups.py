"""Rolling backups of a project, always through SQLite's backup API, and how one is restored."""

from __future__ import annotations

import re
import sqlite3
import uuid
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from spinegui.storage import lock, rows, schema
from spinegui.storage.errors import DATABASE_ERRORS, ProjectDamagedError, ProjectError, explain

if TYPE_CHECKING:
    from pathlib import Path

KEEP_NEWEST = 10
KEEP_DAYS = 14
"""Kept besides the newest ones: the last backup of each of the last days that have one."""

_NAME = re.compile(r"(\d{8}T\d{12})Z_([a-z]+)_(\d+)_(\d+)\.spine")
_TIME = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: when it was made, why ("open", "hourly", "migration"), how much it holds."""

    path: Path
    at: datetime
    reason: str
    n_edits: int
    n_images: int


def folder_of(project: Path) -> Path:
    return project.with_name(f"{project.stem}.backups")


def list_backups(project: Path) -> list[Backup]:
    """Return a project's backups, newest first."""
    folder = folder_of(project)
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if match := _NAME.fullmatch(path.name):
            at = datetime.strptime(match[1], _TIME).replace(tzinfo=UTC)
            found.append(Backup(path, at, match[2], int(match[3]), int(match[4])))
    return sorted(found, key=lambda b: b.path.name, reverse=True)


def make(db: sqlite3.Connection, project: Path, reason: str) -> Path:
    """Write a backup and drop those that are no longer kept; ProjectError where it fails."""
    n_edits, n_images = _size(db)
    at = datetime.now(UTC).strftime(_TIME)
    target = folder_of(project) / f"{at}Z_{reason}_{n_edits}_{n_images}.spine"
    copy_to(db, project, target)
    for backup in _superseded(list_backups(project)):
        backup.path.unlink(missing_ok=True)
    return target


def make_if_changed(db: sqlite3.Connection, project: Path, reason: str) -> Path | None:
    """Write a backup unless the newest one holds the same edits and images."""
    n_edits, n_images = _size(db)
    newest = _last_made(project)
    is_held = newest is not None and (newest.n_edits, newest.n_images) == (n_edits, n_images)
    # Else opening a project again and again would push the older states out.
    if is_held or (n_edits, n_images) == (0, 0):
        return None
    return make(db, project, reason)


def make_if_due(db: sqlite3.Connection, project: Path, every_s: float) -> Path | None:
    """Write a backup if the last is older than that; ProjectDamagedError rather than a bad one."""
    newest = _last_made(project)
    if newest and (datetime.now(UTC) - newest.at).total_seconds() < every_s:
        return None
    if (found := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        raise ProjectDamagedError(
            f"{project.name} is damaged ({found}). Restore one of its backups."
        )
    return make_if_changed(db, project, "hourly")


def copy_to(db: sqlite3.Connection, project: Path, target: Path) -> None:
    """Copy the open project to `target`, whole or not at all; ProjectError where it fails."""
    if target.exists() and target.samefile(project):
        raise ProjectError("A project cannot be its own backup. Choose another file name.")
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(draft)) as copy:
            db.backup(copy)
        draft.replace(target)
        schema.sync_folder(target.parent)
    except (*DATABASE_ERRORS, OSError) as err:
        raise ProjectError(
            f"A backup could not be written to {target.parent} ({err}). The project itself is "
            "as it was. Free some space there, or check that the folder can be written to."
        ) from err
    finally:
        _remove(draft)


def restore(project: Path, backup: Path, *, user: str) -> Path | None:
    """Put a backup in the project's place; return where the file it replaced is kept, if any.

    Nobody may have the project open (ProjectLockedError). Raises ProjectError for a backup that is
    damaged, and changes nothing then.
    """
    project = project.absolute()
    holder = lock.Holder.this_process(user)
    lock.acquire(project, holder)
    draft = project.with_name(f".{project.name}.{uuid.uuid4().hex[:8]}")
    try:
        _copy_checked(backup, draft, holder.token)
        kept = _set_aside(project)
        draft.replace(project)
        schema.sync_folder(project.parent)
    except DATABASE_ERRORS as err:
        raise explain(err, backup) from err
    except OSError as err:
        raise ProjectError(
            f"{project.name} could not be replaced ({err}). Check that its folder can be "
            "written to and has room."
        ) from err
    finally:
        _remove(draft)
        lock.release(project, holder)
    return kept


def _copy_checked(backup: Path, draft: Path, token: str) -> None:
    with closing(schema.connect(backup, "ro")) as db:
        schema.check(db, backup, writable=True)
        with closing(schema.connect(draft, "rwc")) as copy:
            db.backup(copy)
            if copy.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                raise ProjectDamagedError(f"{backup.name} is damaged. Choose another backup.")
            # A session that was taken over must not find its own token back.
            rows.put(copy, "owner", {"id": 1, "token": token})


def _set_aside(project: Path) -> Path | None:
    kept = project.with_name(f"{project.stem}.before-restore-{_stamp()}{project.suffix}")
    # The journal first: beside another file of the same name it would be rolled back into that.
    for name in (f"{project.name}-journal", project.name):
        if (path := project.with_name(name)).exists():
            path.rename(kept.with_name(name.replace(project.name, kept.name)))
    return kept if kept.exists() else None


def _last_made(project: Path) -> Backup | None:
    # One from the future was made before the clock was set back: going by it, there would be no
    # backup until then, or one at every call, which pushes the older states out.
    now = datetime.now(UTC)
    return next((backup for backup in list_backups(project) if backup.at <= now), None)


def _stamp() -> str:
    return datetime.now(UTC).strftime(_TIME)


def _size(db: sqlite3.Connection) -> tuple[int, int]:
    n_edits: int = db.execute("SELECT seq FROM head").fetchone()[0]
    n_images: int = db.execute("SELECT COUNT(*) FROM image").fetchone()[0]
    return n_edits, n_images


def _superseded(newest_first: list[Backup]) -> list[Backup]:
    days: dict[object, Backup] = {}
    for backup in newest_first:
        days.setdefault(backup.at.date(), backup)
    kept = {b.path for b in newest_first[:KEEP_NEWEST]}
    kept |= {b.path for b in list(days.values())[:KEEP_DAYS]}
    return [b for b in newest_first if b.path not in kept]


def _remove(draft: Path) -> None:
    for path in (draft, draft.with_name(f"{draft.name}-journal")):
        with suppress(OSError):  # the error that brought us here matters more
            path.unlink()
