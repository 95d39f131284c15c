"""Lets a backend fit a model, from the last checkpoint where an earlier attempt left one."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from spinegui.backends import registry
from spinegui.backends.base import CheckpointError
from spinegui.jobs.checkpoints import (
    DamagedCheckpointError,
    checkpoint_dir,
    forget_checkpoints,
    last_checkpoint,
    note_checkpoint,
)
from spinegui.jobs.results import MODEL_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from spinegui.backends.base import Reporter, Trainer
    from spinegui.jobs.payloads import TrainPayload
    from spinegui.storage.training_set import TrainingSet
    from spinegui.worker.context import JobContext

_AFRESH = "The training starts afresh."


def fit(
    job: JobContext,
    payload: TrainPayload,
    backend: str,
    base: Path | None,
    training: TrainingSet,
) -> tuple[Trainer, Mapping[str, float]]:
    """Fit a model into `result/model`, which it makes; return the trainer and its figures.

    Raises what the backend raises.
    """

    def attempt(resume: Path | None) -> tuple[Trainer, Mapping[str, float]]:
        trainer = registry.trainer(backend, base, payload.roles, payload.settings)
        model_dir = job.result_dir / MODEL_NAME
        shutil.rmtree(model_dir, ignore_errors=True)
        model_dir.mkdir()
        checkpoint_dir(job.job_dir).mkdir(exist_ok=True)
        return trainer, trainer.fit(
            training,
            out_dir=model_dir,
            seed=payload.seed,
            epochs=payload.epochs,
            reporter=_NotingReporter(job.reporter, job.job_dir),
            checkpoint_dir=checkpoint_dir(job.job_dir),
            resume=resume,
        )

    resume = _left_by_earlier_attempt(job)
    try:
        return attempt(resume)
    except CheckpointError as err:
        if resume is None:
            raise
        job.reporter.log(f"{err} {_AFRESH}")
        forget_checkpoints(job.job_dir)
        return attempt(None)


def _left_by_earlier_attempt(job: JobContext) -> Path | None:
    try:
        found = last_checkpoint(job.job_dir)
    except DamagedCheckpointError as err:
        job.reporter.log(f"{err} {_AFRESH}")
        found = None
    if found is None:
        forget_checkpoints(job.job_dir)
    else:
        job.reporter.log(f"This training was interrupted; it goes on from {found.name}.")
    return found


class _NotingReporter:
    """A Reporter that remembers each checkpoint for the attempt after an interruption."""

    def __init__(self, reporter: Reporter, job_dir: Path) -> None:
        self._reporter = reporter
        self._job_dir = job_dir
        self.progress = reporter.progress
        self.metric = reporter.metric
        self.log = reporter.log
        self.should_stop_early = reporter.should_stop_early
        self.check_cancelled = reporter.check_cancelled

    def checkpoint(self, path: Path) -> None:
        try:
            note_checkpoint(self._job_dir, path)
        except OSError as err:  # a full disk; what was learned until now is still there
            self.log(f"The checkpoint could not be kept ({err.strerror or err}).")
            return
        self._reporter.checkpoint(path)
