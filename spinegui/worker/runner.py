"""Runs one job from its first event to its last; the one place that catches everything."""

from __future__ import annotations

import gc
import shutil
import sys
import traceback
from typing import TYPE_CHECKING, Any

from spinegui.backends.base import CancelledError
from spinegui.jobs.checkpoints import CHECKPOINT_NAME
from spinegui.jobs.results import result_dir
from spinegui.jobs.spec import JobKind, JobSpecError, read_spec
from spinegui.worker.context import JobContext
from spinegui.worker.failure import describe
from spinegui.worker.models import ModelCache
from spinegui.worker.reporter import EventPipe, JobReporter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from spinegui.worker.control import Wishes

DONE, FAILED, CANCELLED = 0, 1, 130
"""Exit codes, as the command line has them."""


class JobRunner:
    """Runs jobs one after the other and keeps models between them."""

    def __init__(self, pipe: EventPipe, wishes: Wishes) -> None:
        self._pipe = pipe
        self._wishes = wishes
        self._models = ModelCache()

    def run(self, job_dir: Path) -> int:
        """Run a sealed job; returns the exit code. Nothing is raised."""
        job_dir = job_dir.resolve()
        reporter = JobReporter(self._pipe, _job_id(job_dir), self._wishes)
        reporter.started()
        try:
            self._do(JobContext(job_dir, reporter, self._models))
        except (CancelledError, KeyboardInterrupt):
            reporter.cancelled()
            return CANCELLED
        except BaseException as err:  # a library may raise anything, SystemExit too
            self._fail(reporter, err)
            return FAILED
        else:
            reporter.done(result_dir(job_dir))
            return DONE
        finally:
            self._wishes.forget(reporter.job_id)
            gc.collect()

    def _do(self, job: JobContext) -> None:
        spec = read_spec(job.job_dir)
        _clear(job.result_dir)
        job.reporter.check_cancelled()
        _task(spec.kind)(spec.payload, job)

    def _fail(self, reporter: JobReporter, error: BaseException) -> None:
        if isinstance(error, MemoryError):
            self._models.clear()
        traceback.print_exception(error, file=sys.stderr)
        sys.stderr.flush()
        reporter.failed(*describe(error))


def _clear(folder: Path) -> None:
    """Empty the result folder: what an earlier attempt left must not pass for this one's results.

    Only the checkpoints stay, which an interrupted training goes on from.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name == CHECKPOINT_NAME:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _task(kind: JobKind) -> Callable[[Mapping[str, Any], JobContext], None]:
    # A worker imports what its job needs: each file brings its own rooms with it.
    match kind:
        case JobKind.DETECT:
            from spinegui.worker.tasks import detect

            return detect.run
        case JobKind.CLASSIFY:
            from spinegui.worker.tasks import classify

            return classify.run
        case JobKind.TRAIN:
            from spinegui.worker.tasks import train

            return train.run
        case JobKind.SHAFTS:
            from spinegui.worker.tasks import shafts

            return shafts.run


def _job_id(job_dir: Path) -> str:
    try:
        return read_spec(job_dir, verify=False).job_id
    except JobSpecError:  # said when the job is begun; only the folder's name is left to name it
        return job_dir.name
