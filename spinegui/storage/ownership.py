"""Opening a project file as its owner or as a reader, and noticing that another took it over."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

from spinegui import __version__
from spinegui.storage import backups, lock, rows, schema
from spinegui.storage.errors import LostOwnershipError, ProjectUnreachableError

if TYPE_CHECKING:
    from pathlib import Path


def open_read_only(path: Path) -> sqlite3.Connection:
    """Open for reading beside an owner that may be writing.

    A file of an older schema is read from a copy in memory that is brought up to date.
    """
    db = _connect(path, "ro")
    try:
        if schema.check(db, path, writable=False) >= schema.SCHEMA_VERSION:
            return db
        memory = sqlite3.connect(":memory:", isolation_level=None)
        db.backup(memory)
        db.close()
        schema.migrate(memory, before_each=lambda _: None)
    except BaseException:
        db.close()
        raise
    return memory


def open_owned(
    path: Path, holder: lock.Holder, session: str, *, take_over: bool
) -> sqlite3.Connection:
    """Open for writing and become the owner; raises what `Project.open` says."""
    db = _connect(path, "rw")
    try:
        schema.check(db, path, writable=True)
        _become_owner(db, path, holder, session, take_over=take_over)
        try:
            schema.migrate(db, before_each=lambda _: backups.make(db, path, "migration"))
        except BaseException:
            lock.release(path, holder)
            raise
    except BaseException:
        db.close()
        raise
    return db


def reopen_owned(path: Path) -> sqlite3.Connection:
    """Open again what this session owns, after the file was out of reach."""
    db = _connect(path, "rw")
    try:
        schema.check(db, path, writable=True)
    except BaseException:
        db.close()
        raise
    return db


def refuse_if_taken(db: sqlite3.Connection, path: Path, holder: lock.Holder) -> None:
    """Raise LostOwnershipError inside a transaction unless `holder` still owns the project."""
    token = db.execute("SELECT token FROM owner").fetchone()
    if token is None or token[0] != holder.token:
        raise LostOwnershipError(path)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    if not path.is_file():
        raise ProjectUnreachableError(
            f"There is no {path.name} in {path.parent}. "
            "Check the name, or connect the disk that it lies on."
        )
    return schema.connect(path, mode)


def _become_owner(
    db: sqlite3.Connection, path: Path, holder: lock.Holder, session: str, *, take_over: bool
) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        lock.acquire(path, holder, force=take_over)
        try:
            rows.put(db, "owner", {"id": 1, "token": holder.token})
            rows.put(
                db,
                "session",
                {
                    "id": session,
                    "at": holder.since,
                    "user": holder.user,
                    "host": holder.host,
                    "pid": holder.pid,
                    "version": __version__,
                },
            )
            db.execute("COMMIT")
        except BaseException:
            lock.release(path, holder)
            raise
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise
