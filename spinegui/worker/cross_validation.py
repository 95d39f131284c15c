"""Measures a training where no image is held out: each image by a model that never saw it."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.backends import registry
from spinegui.backends.base import BackendError
from spinegui.domain.folds import deal_folds
from spinegui.jobs.checkpoints import CHECKPOINT_NAME
from spinegui.jobs.results import AFTER_NAME, BEFORE_NAME, MEASURED_SET, MODEL_NAME
from spinegui.storage.model_manifest import seal_model
from spinegui.storage.training_set import TrainingSet, write_training_set
from spinegui.worker.comparison import SideBySide, compared_with

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spinegui.backends.base import Reporter
    from spinegui.jobs.payloads import TrainPayload
    from spinegui.storage.model_manifest import ModelManifest
    from spinegui.worker.context import JobContext

KIND = "cross-validation"


class _NotMeasuredError(Exception):
    """The folds came to no result; the text says what happened and what to do."""


class CrossValidation:
    """One training again for each fold, from the same base and without the fold's images.

    Only images that somebody reviewed wholly or in regions are predicted on; the others train,
    unless they belong to a group of the fold.
    """

    def __init__(
        self,
        job: JobContext,
        training: TrainingSet,
        payload: TrainPayload,
        manifest: ModelManifest,
        base: Path | None,
    ) -> None:
        self._job = job
        self._training = training
        self._payload = payload
        self._manifest = manifest
        self._base = base
        self._measured = tuple(image for image in training.images if image.is_measurable)
        names = [image.names for image in self._measured]
        self._dealt = deal_folds(names, payload.folds, seed=payload.seed)
        self._n_folds = max(self._dealt, default=0) + 1

    def run(self) -> dict[str, object]:
        """Return the figures as `SideBySide` has them; `problem` says why there are none.

        Raises CancelledError and what reading an image raises.
        """
        head: dict[str, object] = {"kind": KIND, "folds": self._n_folds}
        try:
            return {**head, **self._run()}
        except (_NotMeasuredError, BackendError) as err:
            # What an unfinished measurement left must not pass for one.
            (self._job.result_dir / MEASURED_SET).unlink(missing_ok=True)
            for name in (BEFORE_NAME, AFTER_NAME):
                shutil.rmtree(self._job.result_dir / name, ignore_errors=True)
            return {**head, "n_images": len(self._measured), "problem": str(err)}

    def _run(self) -> dict[str, object]:
        if self._n_folds < 2:
            raise _NotMeasuredError(
                "Cross-validation needs reviewed images of two groups or more. Review another "
                "image, then train again."
            )
        root = Path(self._payload.images_root)
        coco = write_training_set(
            TrainingSet(self._measured), self._job.result_dir, root, name=MEASURED_SET
        )
        before = compared_with(self._payload, self._base)
        pair = SideBySide(self._job, coco, root, roles=self._payload.roles, base=before)
        for fold in range(self._n_folds):
            images = [i for i, dealt in enumerate(self._dealt) if dealt == fold]
            # Windows does not remove what a model still holds open; the job's folder goes later.
            with tempfile.TemporaryDirectory(
                dir=self._job.result_dir, ignore_cleanup_errors=True
            ) as folder:
                stage = f"Cross-validation {fold + 1} of {self._n_folds}"
                model = self._fit(images, Path(folder), stage)
                pair.look(images, model, f"{stage}: compare")
        return pair.figures()

    def _fit(self, left_out: Sequence[int], folder: Path, stage: str) -> Path:
        """Train on all images but these and what belongs to them; return the model's folder."""
        names = frozenset[str]().union(*(self._measured[i].names for i in left_out))
        others = tuple(i for i in self._training.images if names.isdisjoint(i.names))
        payload, reporter = self._payload, self._job.reporter
        model, checkpoints = folder / MODEL_NAME, folder / CHECKPOINT_NAME
        model.mkdir()
        checkpoints.mkdir()
        backend = self._manifest.backend
        trainer = registry.trainer(backend, self._base, payload.roles, payload.settings)
        trainer.fit(
            TrainingSet(others, self._training.held_out | names),
            out_dir=model,
            seed=payload.seed,
            epochs=payload.epochs,
            reporter=_OneFold(reporter, stage),
            checkpoint_dir=checkpoints,
        )
        reporter.check_cancelled()
        if reporter.should_stop_early():
            raise _NotMeasuredError(
                "The training was ended early, before every fold was trained. Train again and let "
                "it finish to have it measured."
            )
        seal_model(model, replace(self._manifest, label_ids=trainer.label_ids))
        return model


class _OneFold:
    """A Reporter for the training of one fold; its curves and checkpoints are nobody's model."""

    def __init__(self, reporter: Reporter, stage: str) -> None:
        self._reporter = reporter
        self._stage = stage
        self.log = reporter.log
        self.should_stop_early = reporter.should_stop_early
        self.check_cancelled = reporter.check_cancelled

    def progress(self, done: int, total: int, stage: str = "") -> None:
        text = f"{self._stage}: {stage[:1].lower()}{stage[1:]}" if stage else self._stage
        self._reporter.progress(done, total, text)

    def metric(self, name: str, value: float, step: int) -> None:
        del name, value, step

    def checkpoint(self, path: Path) -> None:
        del path
