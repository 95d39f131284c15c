"""Runs one job through the engine, as the window does, and shows its progress."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.cli.console import WorkError
from spinegui.engine.local import LocalEngine
from spinegui.engine.run import run_blocking
from spinegui.jobs.events import Cancelled, Failed, LogLine, Progress
from spinegui.jobs.results import result_dir
from spinegui.jobs.spec import LOG_NAME, JobSpec, seal
from spinegui.storage.interpreters import read_interpreters
from spinegui.storage.places import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from spinegui.cli.console import Console
    from spinegui.jobs.events import Event
    from spinegui.jobs.spec import JobKind


def jobs_folder() -> Path:
    """Return where the job folders lie that outlive their job; the window sweeps it weekly."""
    return cache_folder() / "jobs"


@contextmanager
def job_folder() -> Iterator[Path]:
    """Yield a folder for a job's inputs and results, gone afterwards. Raises WorkError."""
    try:
        # A file that a dying worker still holds must not turn success into failure on Windows.
        made = tempfile.TemporaryDirectory(prefix="spinegui-", ignore_cleanup_errors=True)
    except OSError as err:
        raise WorkError(
            f"No temporary folder can be made ({err.strerror or err}). Free some disk space."
        ) from err
    with made as folder:
        yield Path(folder)


def run_job(
    folder: Path, kind: JobKind, payload: Mapping[str, Any], console: Console, title: str
) -> Path:
    """Seal and run a job whose inputs lie in the folder; returns its result folder.

    Raises WorkError where the job failed, KeyboardInterrupt where it was interrupted.
    """
    seal(folder, JobSpec(folder.name, kind, payload))
    return run_sealed(folder, console, title)


def run_sealed(folder: Path, console: Console, title: str) -> Path:
    """Run a sealed job; returns its result folder. Raises as `run_job` does."""
    engine = LocalEngine(interpreters=read_interpreters())
    try:
        with console.progress(title) as step:

            def show(event: Event) -> None:
                if isinstance(event, Progress):
                    step(event.done, event.total, event.stage)
                elif isinstance(event, LogLine):
                    console.note(event.text)

            ending = run_blocking(engine, folder, show)
    finally:
        engine.shutdown()
    if isinstance(ending, Failed):
        raise WorkError(_with_log(folder, f"{ending.what} {ending.what_to_do}"))
    if isinstance(ending, Cancelled):
        raise KeyboardInterrupt
    return result_dir(folder)


def _with_log(folder: Path, text: str) -> str:
    """Return the text; where it points at the log in the job's folder, that log is kept."""
    if LOG_NAME not in text:
        return text
    kept = jobs_folder() / f"{folder.name}-log"
    try:
        kept.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / LOG_NAME, kept / LOG_NAME)
    except OSError:
        return text
    return text.replace("the job's folder", str(kept))
