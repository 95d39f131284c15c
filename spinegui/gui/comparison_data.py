"""Reads what a training left behind and sets the new model beside the old one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.gui.confusion import Confusion, confusions
from spinegui.gui.language import tr
from spinegui.gui.spots import Spot
from spinegui.jobs.payloads import TrainPayload
from spinegui.jobs.results import (
    AFTER_NAME,
    BEFORE_NAME,
    MEASURED_SET,
    METRICS_NAME,
    ResultError,
    load_predictions,
    predictions_name,
    result_dir,
)
from spinegui.jobs.spec import RESULT_NAME, read_spec
from spinegui.reports.comparison import Comparison, compare
from spinegui.reports.evaluation import EvaluationError
from spinegui.reports.given_boxes import compare_given_boxes
from spinegui.storage.exchange.coco import read_coco
from spinegui.storage.strict_json import Fields, StrictJsonError, load_strict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from spinegui.domain.predictions import Predictions
    from spinegui.gui.background import Task
    from spinegui.reports.comparison import Answer, Difference
    from spinegui.storage.exchange.coco import CocoDataset, CocoImage
    from spinegui.storage.exchange.coco_values import Id


@dataclass(frozen=True, eq=False)
class Compared:
    """Old against new on the held-out images, with every difference as a spot to look at.

    With `folds`, by cross-validation instead: "after" is then, for each image, a model trained as
    the new one was but without it. `n_seen` of the images had trained the old model. `roles` are
    those that were trained: a classifier alone was given the boxes that people drew.
    """

    comparison: Comparison
    gained: tuple[Spot, ...]
    lost: tuple[Spot, ...]
    relabelled: tuple[Spot, ...]
    before: Confusion
    after: Confusion
    roles: tuple[str, ...]
    files: Mapping[Id, Path]
    folds: int = 0
    n_seen: int = 0

    @property
    def detects(self) -> bool:
        return "detector" in self.roles


def read_comparison(job_folder: Path, task: Task[Compared | None]) -> Compared | None:
    """Return the comparison of a finished training, None where nothing was to be measured on.

    Raises JobSpecError, ResultError, CocoError, ImageReadError, and EvaluationError where measuring
    came to no result.
    """
    payload = TrainPayload.from_json(read_spec(job_folder).payload)
    if payload.validation is None and not payload.folds:
        return None
    measured = _measured(job_folder)
    root = Path(payload.images_root)
    coco = payload.validation or f"{RESULT_NAME}/{MEASURED_SET}"
    dataset = read_coco(job_folder / coco, any_path=True)
    before = _predictions(job_folder, BEFORE_NAME, len(dataset.images))
    after = _predictions(job_folder, AFTER_NAME, len(dataset.images))
    task.step(0, 1, tr("Comparing"))
    return replace(
        set_side_by_side(dataset, root, before, after, roles=payload.roles),
        folds=measured.whole("folds") if measured.has("folds") else 0,
        n_seen=measured.whole("n_seen_by_base") if measured.has("n_seen_by_base") else 0,
    )


def set_side_by_side(
    dataset: CocoDataset,
    root: Path,
    before: Mapping[int, Predictions],
    after: Mapping[int, Predictions],
    *,
    roles: tuple[str, ...],
) -> Compared:
    """Compare what two models of these roles say of a dataset's images, by position.

    Raises EvaluationError, CocoError, ImageReadError.
    """
    detects = "detector" in roles
    # A classifier alone was given the annotated boxes: nothing is found or missed.
    found = (compare if detects else compare_given_boxes)(dataset, root, before, after)
    files = {image.id: root / image.pixels for image in dataset.images}
    images = {image.id: image for image in dataset.images}
    old, new = confusions((found.before, found.after), files, detects=detects)
    gained, lost, relabelled = (
        _spots(differences, images, files)
        for differences in (found.gained, found.lost, found.relabelled)
    )
    return Compared(
        found, gained, lost, relabelled, before=old, after=new, roles=roles, files=files
    )


def _measured(job_folder: Path) -> Fields:
    """Return what the worker said of the measuring. Raises EvaluationError for a problem."""
    path = result_dir(job_folder) / METRICS_NAME
    try:
        metrics = Fields.of(load_strict(path), "The metrics")
        measured = Fields.of(metrics.values.get("validation"), "The measured part")
    except (OSError, StrictJsonError) as err:
        raise ResultError(
            f"The figures in {path} cannot be read ({err}). Run the training again."
        ) from err
    if measured.has("problem"):
        raise EvaluationError(measured.text("problem"))
    return measured


def _predictions(job_folder: Path, name: str, count: int) -> dict[int, Predictions]:
    folder = result_dir(job_folder) / name
    return {i: load_predictions(folder / predictions_name(i)) for i in range(count)}


def _spots(
    differences: Iterable[Difference], images: Mapping[Id, CocoImage], files: Mapping[Id, Path]
) -> tuple[Spot, ...]:
    return tuple(
        Spot(
            files[d.image_id],
            d.box,
            d.z,
            images[d.image_id].channel,
            caption(d),
            files[d.image_id].name,
        )
        for d in differences
    )


def caption(difference: Difference) -> str:
    """Return what the models say there, and whether people marked a spine."""
    before, after = difference.before, difference.after
    if before is not None and after is not None:
        truth = tr("\nis {truth}", truth=difference.truth) if difference.truth else ""
        return f"{before.label} → {after.label}{truth}"
    truth = tr("a spine") if difference.is_spine else tr("not marked")
    return f"{_score(after or before)}, {truth}"


def _score(answer: Answer | None) -> str:
    return "" if answer is None else f"{answer.score:.2f}"
