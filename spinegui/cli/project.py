"""Opening a project from the command line."""

from __future__ import annotations

import getpass
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from spinegui.cli.console import UsageError, WorkError
from spinegui.storage.errors import ProjectError, ProjectLockedError
from spinegui.storage.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def user_name() -> str:
    """Return the system's login name, as the writer of edits."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # ImportError: a Windows without USERNAME
        return "user"


def new_id() -> str:
    """Return an identifier that no other item of any project has."""
    return uuid.uuid4().hex[:16]


@contextmanager
def open_project(
    path: Path, mode: Literal["own", "read_only"], *, create: bool = False
) -> Iterator[Project]:
    """Open a project for one verb, made where it is missing and `create` says so.

    Raises UsageError where it cannot be read, WorkError where it is open elsewhere or a write
    fails: a verb never writes to a project that a window has open.
    """
    if not path.exists() and not create:
        raise UsageError(f"{path} does not exist. Check the name.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name the .spine file.")
    try:
        if path.exists():
            project = Project.open(path, user=user_name(), mode=mode)
        else:
            project = Project.create(path, user=user_name())
    except ProjectLockedError as err:
        who = "another program" if err.holder is None else str(err.holder)
        raise WorkError(
            f"{path.name} is open in {who}. Close it there, then run this again."
        ) from err
    except ProjectError as err:
        raise UsageError(str(err)) from err
    try:
        yield project
    except ProjectError as err:
        raise WorkError(str(err)) from err
    finally:
        project.close()
