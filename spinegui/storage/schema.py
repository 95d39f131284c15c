"""The tables of a project file, how one is made, opened, recognised and brought up to date."""

from __future__ import annotations

import os
import sqlite3
import sys
import uuid
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from spinegui import __version__
from spinegui.storage import rows
from spinegui.storage.errors import (
    ProjectError,
    ProjectFormatError,
    ProjectNewerError,
    ProjectReadOnlyError,
    explain,
)
from spinegui.storage.hash_chain import ZERO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path, PurePath

APPLICATION_ID = 0x5370696E
""""Spin" in ASCII; tells our files from other SQLite files."""
SCHEMA_VERSION = 1
BUSY_TIMEOUT_S = 5.0

_LOG_TABLES = """
CREATE TABLE edit (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, user TEXT NOT NULL, session TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('do', 'undo', 'redo')), target INTEGER,
    title TEXT NOT NULL, prev_hash BLOB NOT NULL, hash BLOB NOT NULL
);
CREATE TABLE change (
    seq INTEGER NOT NULL REFERENCES edit (seq), position INTEGER NOT NULL,
    image_id TEXT NOT NULL, item_kind TEXT NOT NULL, item_id TEXT NOT NULL,
    before TEXT, after TEXT, PRIMARY KEY (seq, position)
) WITHOUT ROWID;
CREATE INDEX change_of_image ON change (image_id, seq);
CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL);
"""
_STATE_TABLES = """
CREATE TABLE item (
    kind TEXT NOT NULL, id TEXT NOT NULL, image_id TEXT NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX item_of_image ON item (image_id);
CREATE TABLE checksum (image_id TEXT PRIMARY KEY, sum BLOB NOT NULL) WITHOUT ROWID;
"""
_DIGESTED_TABLES = """
CREATE TABLE info (key TEXT PRIMARY KEY, value TEXT NOT NULL, digest BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE owner (
    id INTEGER PRIMARY KEY CHECK (id = 1), token TEXT NOT NULL, digest BLOB NOT NULL
);
CREATE TABLE session (
    id TEXT PRIMARY KEY, at TEXT NOT NULL, user TEXT NOT NULL, host TEXT NOT NULL,
    pid INTEGER NOT NULL, version TEXT NOT NULL, digest BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE image (
    id TEXT PRIMARY KEY, position INTEGER NOT NULL UNIQUE, json TEXT NOT NULL,
    digest BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE setting (
    key TEXT PRIMARY KEY, value TEXT NOT NULL, digest BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE active_model (
    role TEXT PRIMARY KEY, sha TEXT NOT NULL, at TEXT NOT NULL, user TEXT NOT NULL,
    digest BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE job (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, created TEXT NOT NULL,
    updated TEXT NOT NULL, folder TEXT NOT NULL, pid INTEGER, detail TEXT NOT NULL,
    digest BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE job_event (
    job_id TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, event TEXT NOT NULL,
    digest BLOB NOT NULL, PRIMARY KEY (job_id, seq)
) WITHOUT ROWID;
"""
DIGESTED = ("info", "owner", "session", "image", "setting", "active_model", "job", "job_event")
"""The tables whose rows carry a digest of their own."""


def _append_only(table: str, verb: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'The edit log is append-only.'); END;\n"
    )


_TRIGGERS = "".join(
    _append_only(t, verb) for t in ("edit", "change") for verb in ("UPDATE", "DELETE")
)
SCHEMA = _LOG_TABLES + _STATE_TABLES + _DIGESTED_TABLES + _TRIGGERS

MIGRATIONS: Mapping[int, Callable[[sqlite3.Connection], None]] = {}
"""Version -> what brings a file of that version to the next one, inside a transaction."""


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open the file, `mode` being "ro", "rw" or "rwc"; the caller's thread owns the connection.

    DELETE journal and EXTRA sync: an acknowledged commit survives a power cut, on shares and
    read-only media too, and a copied file is whole. Locking stays normal: with exclusive locking
    any plain open() of the file in this process would let a second writer in.
    """
    db = sqlite3.connect(
        f"{file_uri(path.absolute())}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=BUSY_TIMEOUT_S,
    )
    try:
        # A project may come from a stranger: what its schema calls must not run as trusted code.
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA cell_size_check = ON")
        db.execute("PRAGMA synchronous = EXTRA")
        if mode == "ro":
            db.execute("PRAGMA query_only = ON")
        else:
            db.execute("PRAGMA journal_mode = DELETE").fetchone()
    except BaseException:
        db.close()
        raise
    return db


def file_uri(path: PurePath) -> str:
    """Return how SQLite is told of an absolute path."""
    # It knows no host in a URI: a Windows share stands behind an empty one.
    uri = path.as_uri()
    return uri if uri.startswith("file:///") else uri.replace("file://", "file:////", 1)


def create(path: Path) -> None:
    """Make an empty project file; ProjectError where that is impossible or the name is taken.

    It is written beside its place and then linked to its name, so the name never stands for half a
    project.
    """
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    if path.exists():
        raise ProjectError(f"{path.name} exists already. Open it, or choose another name.")
    try:
        try:
            _write_empty(draft)
            _give_name(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(path.parent)
    except sqlite3.OperationalError as err:
        raise _cannot_create(path, err) from err
    except FileExistsError as err:
        raise ProjectError(f"{path.name} exists already. Open it, or choose another name.") from err
    except OSError as err:
        raise _cannot_create(path, err) from err


def _cannot_create(path: Path, error: Exception) -> ProjectError:
    if isinstance(error, sqlite3.Error) and error.sqlite_errorcode == sqlite3.SQLITE_FULL:
        return explain(error, path)
    return ProjectReadOnlyError(
        f"{path.name} could not be created in {path.parent}: the folder does not exist or cannot "
        "be written to. Choose another folder."
    )


def _write_empty(path: Path) -> None:
    with closing(connect(path, "rwc")) as db:
        db.executescript(f"BEGIN;{SCHEMA}")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        for key, value in (
            ("project_id", uuid.uuid4().hex),
            ("created", rows.now()),
            ("created_by", __version__),
            ("oldest_reader", "1"),
        ):
            rows.put(db, "info", {"key": key, "value": value})
        rows.put(db, "owner", {"id": 1, "token": ""})
        db.execute("INSERT INTO head VALUES (1, 0, ?)", (ZERO,))
        db.execute("COMMIT")


def _give_name(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # no hard links here, as on FAT: rename, which `create` checked for
        draft.rename(path)


def sync_folder(folder: Path) -> None:
    """Make the folder's own entries durable, where the system can."""
    if sys.platform == "win32":  # NTFS journals its folders; they cannot be synced by hand
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check(db: sqlite3.Connection, path: Path, *, writable: bool) -> int:
    """Return the file's schema version.

    Raises ProjectFormatError for another kind of file and ProjectNewerError for a version that
    this program must not write, or cannot read.
    """
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise ProjectFormatError(f"{path.name} is not a spinegui project. Choose a .spine file.")
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if version <= SCHEMA_VERSION:
        return version
    if writable:
        raise ProjectNewerError(
            f"{path.name} was written by a newer version of spinegui. "
            "Update the program, or open the project read-only."
        )
    with suppress(sqlite3.Error, TypeError, ValueError):
        oldest = db.execute("SELECT value FROM info WHERE key = 'oldest_reader'").fetchone()[0]
        if int(oldest) <= SCHEMA_VERSION:
            return version
    raise ProjectNewerError(
        f"{path.name} was written by a newer version of spinegui. Update the program to read it."
    )


def migrate(db: sqlite3.Connection, *, before_each: Callable[[int], object]) -> None:
    """Bring the file to SCHEMA_VERSION, one transaction a step, calling `before_each(version)`."""
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    while version < SCHEMA_VERSION:
        before_each(version)
        db.execute("BEGIN IMMEDIATE")
        try:
            MIGRATIONS[version](db)
            db.execute(f"PRAGMA user_version = {version + 1}")
            db.execute("COMMIT")
        except Exception:
            with suppress(sqlite3.Error):
                db.execute("ROLLBACK")
            raise
        version += 1
