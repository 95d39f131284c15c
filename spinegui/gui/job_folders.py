"""Where the window's job folders lie, and how long they stay."""

from __future__ import annotations

import shutil
import time
import uuid
from typing import TYPE_CHECKING

from spinegui.jobs.spec import JobKind, JobSpec, seal
from spinegui.storage.places import cache_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

KEPT_DAYS = 7


def jobs_root() -> Path:
    """Return the folder of all job folders."""
    return cache_folder() / "jobs"


def new_job_folder(kind: JobKind) -> Path:
    """Make an empty folder for a job. Raises OSError where the disk refuses."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    folder = jobs_root() / f"{stamp}-{kind.value}-{uuid.uuid4().hex[:6]}"
    folder.mkdir(parents=True)
    return folder


def seal_job(folder: Path, kind: JobKind, payload: Mapping[str, Any]) -> None:
    """Seal a folder whose inputs are written; the folder's name is the job's id."""
    seal(folder, JobSpec(folder.name, kind, payload))


def remove_job(folder: Path) -> None:
    """Remove a job's folder, for good at the next start where the system holds on to it."""
    # Under another name first: a worker on its way out may still write below the old one.
    doomed = folder.with_name(f"{folder.name}.removed")
    try:
        folder.rename(doomed)
    except OSError:
        doomed = folder
    shutil.rmtree(doomed, ignore_errors=True)


def remove_old_jobs() -> None:
    """Remove job folders that nothing has touched for a week."""
    root = jobs_root()
    if not root.is_dir():
        return
    oldest = time.time() - KEPT_DAYS * 86400
    for folder in root.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
