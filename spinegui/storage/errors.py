"""What can go wrong with a project file, in sentences for the person who owns it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.storage.lock import Holder


class ProjectError(Exception):
    """A project could not be read or written; its text says what happened and what to do."""


class ProjectFormatError(ProjectError):
    """The file is not a project."""


class ProjectNewerError(ProjectError):
    """The project was written by a newer version of the program."""


class ProjectDamagedError(ProjectError):
    """The file's contents are damaged."""


class ProjectReadOnlyError(ProjectError):
    """The project, or the folder it lies in, cannot be written to."""


class ProjectUnreachableError(ProjectError):
    """The file, its folder or its disk is gone, for now or for good."""


class ProjectBusyError(ProjectError):
    """Another program holds the file right now."""


class ProjectClosedError(ProjectError):
    """The project was closed."""


class StorageFullError(ProjectError):
    """There is no room left for the write; what was saved before stays."""


class ProjectLockedError(ProjectError):
    """Somebody else has the project open; `holder` says who, None where that cannot be read."""

    def __init__(self, path: Path, holder: Holder | None) -> None:
        self.holder = holder
        who = "another program" if holder is None else str(holder)
        super().__init__(
            f"{path.name} is open in {who}. Open it read-only, or take it over if that program "
            "is no longer running."
        )


class LostOwnershipError(ProjectError):
    """Another session took the project over; `rescue` is the file that keeps this edit."""

    def __init__(self, path: Path) -> None:
        self.rescue: Path | None = None
        self._name = path.name
        super().__init__(path)

    @override
    def __str__(self) -> str:
        kept = "This edit was not saved." if self.rescue is None else (
            f"This edit was not saved there; it is kept in {self.rescue}."
        )  # fmt: skip
        return (
            f"{self._name} was taken over by another session. {kept} "
            "Close the project and open it again."
        )


DATABASE_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises; the second comes of damage so bad that its message is no text."""

_SAFE = "Everything saved before is safe."


def explain(error: Exception, path: Path) -> ProjectError:
    """Return the sentence for what SQLite reported about the project at `path`."""
    extended = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    name, code = path.name, extended & 0xFF
    if extended == sqlite3.SQLITE_READONLY_DBMOVED or code == sqlite3.SQLITE_CANTOPEN:
        return ProjectUnreachableError(
            f"{name} cannot be reached: its folder was moved, removed or disconnected. {_SAFE} "
            "Bring the folder back and try again."
        )
    if extended == sqlite3.SQLITE_READONLY_ROLLBACK:
        return ProjectReadOnlyError(
            f"{name} was not closed cleanly and cannot be read without writing to it. "
            "Open it normally once, in a folder that can be written to."
        )
    if code in _MEANINGS:
        kind, sentence = _MEANINGS[code]
        return kind(f"{name} {sentence}")
    return ProjectError(f"{name} could not be read or written ({error}). {_SAFE} Try again.")


_DAMAGED = (ProjectDamagedError, "is damaged. Restore one of its backups.")
_MEANINGS: dict[int, tuple[type[ProjectError], str]] = {
    sqlite3.SQLITE_FULL: (
        StorageFullError,
        f"could not be saved: the disk is full. {_SAFE} Free some space and try again.",
    ),
    sqlite3.SQLITE_READONLY: (
        ProjectReadOnlyError,
        "cannot be written to. Open it read-only, or copy it to a folder of your own.",
    ),
    sqlite3.SQLITE_BUSY: (
        ProjectBusyError,
        f"is in use by another program just now. {_SAFE} Try again in a moment.",
    ),
    sqlite3.SQLITE_NOTADB: (
        ProjectFormatError,
        "is not a spinegui project, or its beginning is damaged. Choose a .spine file, or "
        "restore a backup.",
    ),
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    # A table that is missing or text that is none: our own statements are right.
    sqlite3.SQLITE_ERROR: _DAMAGED,
    sqlite3.SQLITE_IOERR: (
        ProjectUnreachableError,
        f"could not be read or written: its disk reports an error. {_SAFE} Check that the disk is "
        "connected and your quota is not used up, and try again.",
    ),
}
