"""The train job: fit a model, seal it, and say on images it never saw how it differs."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui import __version__
from spinegui.backends import registry
from spinegui.backends.base import CancelledError
from spinegui.jobs.checkpoints import forget_checkpoints
from spinegui.jobs.payloads import TrainPayload
from spinegui.jobs.results import METRICS_NAME, MODEL_NAME
from spinegui.jobs.spec import SPEC_NAME
from spinegui.storage.files import sha256_of, write_whole
from spinegui.storage.model_manifest import ModelManifest, read_manifest, seal_model
from spinegui.storage.training_set import check_apart, read_training_set
from spinegui.worker.comparison import SideBySide, compared_with
from spinegui.worker.cross_validation import CrossValidation
from spinegui.worker.fitting import fit
from spinegui.worker.probe import library_versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from spinegui.backends.base import Trainer
    from spinegui.storage.training_set import TrainingSet
    from spinegui.worker.context import JobContext


def run(data: Mapping[str, Any], job: JobContext) -> None:
    """Do it. Raises what the backend raises, TrainingSetError, BackendError, ModelStoreError."""
    try:
        _train(TrainPayload.from_json(data), job)
    except (CancelledError, KeyboardInterrupt):
        shutil.rmtree(job.result_dir, ignore_errors=True)
        raise
    forget_checkpoints(job.job_dir)


def _train(payload: TrainPayload, job: JobContext) -> None:
    root = Path(payload.images_root)
    job.reporter.progress(0, 1, "Read the training set")
    training = read_training_set(job.job_dir / payload.training_set, root)
    if payload.validation is not None:
        check_apart(training, read_training_set(job.job_dir / payload.validation, root))
    base = _Base(payload.base)
    model_dir = job.result_dir / MODEL_NAME
    trainer, figures = fit(job, payload, base.backend, base.folder, training)
    job.reporter.check_cancelled()
    metrics: dict[str, object] = {"training": _finite(figures), "validation": None}
    manifest = _manifest(payload, base, trainer, training, job)
    seal_model(model_dir, replace(manifest, metrics=metrics))
    metrics["validation"] = _measure(payload, training, job, manifest=manifest, base=base)
    if metrics["validation"] is not None:
        # Sealed once more: what a model is worth is told with it, and is no part of its identity.
        seal_model(model_dir, replace(manifest, metrics=metrics))
    write_whole(job.result_dir / METRICS_NAME, json.dumps(metrics, indent=1, allow_nan=False))


def _measure(
    payload: TrainPayload,
    training: TrainingSet,
    job: JobContext,
    *,
    manifest: ModelManifest,
    base: _Base,
) -> dict[str, object] | None:
    """Compare with the base on the held-out images, or by cross-validation where that is wanted."""
    root = Path(payload.images_root)
    if payload.validation is not None:
        coco = job.job_dir / payload.validation
        before = compared_with(payload, base.folder)
        pair = SideBySide(job, coco, root, roles=payload.roles, base=before)
        n_images = len(read_training_set(coco, root, verify=False).images)
        pair.look(range(n_images), job.result_dir / MODEL_NAME, "Compare on held-out images")
        return {"kind": "held-out", **pair.figures()}
    if payload.folds:
        return CrossValidation(job, training, payload, manifest, base.folder).run()
    return None


class _Base:
    """What training starts from: a model's folder, or a backend afresh."""

    def __init__(self, base: str) -> None:
        self.folder: Path | None = None
        self.manifest: ModelManifest | None = None
        self.trained_on: tuple[str, ...] = ()
        self.backend = base
        if not registry.is_backend(base):
            self.folder = Path(base)
            self.manifest = read_manifest(self.folder, verify=True)
            self.backend = self.manifest.backend
            self.trained_on = self.manifest.trained_on


def _manifest(
    payload: TrainPayload, base: _Base, trainer: Trainer, training: TrainingSet, job: JobContext
) -> ModelManifest:
    old, made = base.manifest, trainer.provenance
    trained_on = (*base.trained_on, *made.trained_on, *(i.sha256 for i in training.images))
    return ModelManifest(
        name=payload.name,
        backend=base.backend,
        roles=payload.roles,
        label_ids=trainer.label_ids,
        parent=old.sha if old else None,
        bundle_sha256=sha256_of(job.job_dir / SPEC_NAME),
        code_version=__version__,
        library_versions=dict(library_versions()),
        settings={**payload.settings, **made.settings},
        seed=payload.seed,
        licence=made.licence or (old.licence if old else ""),
        sources=_each_once((*(old.sources if old else ()), *made.sources)),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        trained_on=_each_once(trained_on),
    )


def _each_once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _finite(figures: Mapping[str, float]) -> dict[str, float | None]:
    """Return the figures as JSON can hold them: what was not measured is null."""
    return {n: float(v) if math.isfinite(v) else None for n, v in figures.items()}
