"""Runs a training so that it can go on after it was interrupted."""

from __future__ import annotations

import shutil
import tempfile
import time
from typing import TYPE_CHECKING

from spinegui.cli.console import UsageError, WorkError
from spinegui.cli.job import jobs_folder, run_sealed
from spinegui.jobs.checkpoints import can_resume
from spinegui.jobs.payloads import TrainPayload
from spinegui.jobs.results import METRICS_NAME, MODEL_NAME
from spinegui.jobs.spec import JobKind, JobSpec, JobSpecError, read_spec, seal
from spinegui.jobs.train_bundle import freeze_training
from spinegui.storage.model_manifest import ModelStoreError
from spinegui.storage.strict_json import StrictJsonError, load_strict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from spinegui.cli.console import Console
    from spinegui.jobs.train_bundle import TrainOrder
    from spinegui.storage.model_store import ModelInfo, ModelStore
    from spinegui.storage.training_set import TrainingSet


def train(
    training: TrainingSet,
    held_out: TrainingSet | None,
    order: TrainOrder,
    console: Console,
    store: ModelStore,
) -> tuple[ModelInfo, Mapping[str, Any]]:
    """Run one training job and keep its model; returns it with its metrics. Raises WorkError."""
    try:
        jobs_folder().mkdir(parents=True, exist_ok=True)
        stamp = time.strftime("%Y%m%d-%H%M%S-train-")
        folder = jobs_folder() / tempfile.mkdtemp(prefix=stamp, dir=jobs_folder())
    except OSError as err:
        raise WorkError(
            f"No folder can be made for the job ({err.strerror or err}). Free some disk space."
        ) from err
    payload = freeze_training(folder, training, held_out, order)
    seal(folder, JobSpec(folder.name, JobKind.TRAIN, payload.to_json()))
    return _run(folder, order.name, console, store)


def resume(
    folder: Path, console: Console, store: ModelStore
) -> tuple[ModelInfo, Mapping[str, Any]]:
    """Go on with an interrupted training; returns what `train` does. Raises UsageError too."""
    try:
        spec = read_spec(folder, verify=False)
        if spec.kind is not JobKind.TRAIN:
            raise UsageError(f"The job in {folder} is no training. Name the folder of one.")
        payload = TrainPayload.from_json(spec.payload)
    except JobSpecError as err:
        raise UsageError(str(err)) from err
    check_free(payload.name, store)
    return _run(folder, payload.name, console, store)


def check_free(name: str, store: ModelStore) -> None:
    """Refuse a new model's name that is taken, before the work begins. Raises UsageError."""
    if any(model.name == name for model in store.list()):
        raise UsageError(f"There is a model {name} already. Choose another name.")


def _run(
    folder: Path, name: str, console: Console, store: ModelStore
) -> tuple[ModelInfo, Mapping[str, Any]]:
    """Run it; its folder stays only where the training can go on from there."""
    try:
        results = run_sealed(folder, console, f"Training {name}")
        try:
            metrics = load_strict(results / METRICS_NAME)
            model = store.add(results / MODEL_NAME, name)
        except (OSError, StrictJsonError, ModelStoreError) as err:
            raise WorkError(f"The new model could not be kept: {err}") from err
    except WorkError as err:
        if can_resume(folder):
            raise WorkError(
                f"{err} What it has learned is kept: spinegui train --resume {folder}"
            ) from err
        raise
    finally:
        if not can_resume(folder):
            # A file that a dying worker still holds must not turn success into failure.
            shutil.rmtree(folder, ignore_errors=True)
    assert isinstance(metrics, dict)
    return model, metrics
