"""The whole loop on the sample without a window: detect, correct, retrain, compare, export."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from spinegui.cli.demo_summary import Summary
from spinegui.cli.detecting import detect
from spinegui.cli.project import new_id
from spinegui.cli.train_job import train
from spinegui.domain.corrections import count_corrections
from spinegui.domain.predictions import merge_predictions
from spinegui.domain.split import Part
from spinegui.imaging.opening import image_ref
from spinegui.jobs.payloads import ImageInput
from spinegui.jobs.train_bundle import TrainOrder
from spinegui.storage.exchange.coco import read_coco
from spinegui.storage.exchange.coco_export import export_coco
from spinegui.storage.exchange.project_content import content_of
from spinegui.storage.exchange.table import export_table
from spinegui.storage.files import sha256_of
from spinegui.storage.model_store import DEFAULT_MODEL
from spinegui.storage.rows import now
from spinegui.storage.split_setting import keep_split, stored_split
from spinegui.storage.training_set import from_coco, from_project
from spinegui.synthesis.reviewer import Reviewer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future
    from pathlib import Path

    from spinegui.cli.console import Console
    from spinegui.domain.edits import Edit
    from spinegui.storage.model_store import ModelInfo, ModelStore
    from spinegui.storage.project import Project
    from spinegui.storage.rows import Receipt
    from spinegui.synthesis.sample import SampleTruth

RATER = "sample"


def fill(
    project: Project, truth: SampleTruth, models: dict[str, ModelInfo], console: Console
) -> int:
    """Add the sample's images that are missing, and predictions where there are none.

    Returns the number of spines shown. Raises WorkError, ProjectError.
    """
    known = {ref.sha256 for ref in project.snapshot().result().images}
    refs = [image_ref(path, image_id=new_id()) for path in truth.images]
    new = [ref for ref in refs if ref.sha256 not in known]
    if new:
        project.add_images(new).result()
    before = content_of(project)
    bare = [i for i in before.images if not before.annotation(i).detections]
    if bare:
        inputs = [ImageInput(i.path, before.pixel_size(i), sha256=i.sha256) for i in bare]
        found = detect(inputs, models, console)
        _commit(
            project,
            (
                merge_predictions(before.annotation(image), predictions, new_id=new_id)
                for image, predictions in zip(bare, found, strict=True)
            ),
        )
    after = content_of(project)
    return sum(len(after.detections(image)) for image in after.images)


class Walk:
    """One headless walk through an open project that `fill` has filled."""

    def __init__(
        self, project: Project, truth: SampleTruth, models: ModelStore, console: Console
    ) -> None:
        self._project = project
        self._truth = truth
        self._models = models
        self._console = console

    def run(self) -> Summary:
        """Walk; returns what came of it. Raises WorkError, ProjectError."""
        self._split()
        self._correct()
        content = content_of(self._project)
        base = self._models.get(DEFAULT_MODEL)
        parts = stored_split(self._project)
        started = time.monotonic()
        model, metrics = train(
            from_project(content, parts=parts),
            from_coco(self._truth.held_out, self._truth.held_out.parent),
            TrainOrder(base, self._free_name()),
            self._console,
            self._models,
        )
        reviewed = [i for i in content.images if content.annotation(i).is_reviewed]
        files = self._export()
        return Summary(
            n_images=len(content.images),
            n_spines=sum(len(content.detections(image)) for image in content.images),
            n_reviewed=len(reviewed),
            corrections=count_corrections(content.annotation(image) for image in reviewed),
            base=base.name,
            model=model.name,
            seconds=time.monotonic() - started,
            metrics=metrics,
            files={"project": self._project.path, "model": model.folder, **files},
        )

    def _split(self) -> None:
        """Fix what is held out as the sample has it, before any training can see it."""
        held_out = {sha256_of(path) for path in self._truth.held_out_images}
        parts = stored_split(self._project)
        for image in self._project.snapshot().result().images:
            is_held_out = image.sha256 in held_out
            parts.setdefault(image.id, Part.TEST if is_held_out else Part.TRAIN)
        keep_split(self._project, parts)

    def _correct(self) -> None:
        """Review the training images as a person would who knows the truth."""
        content, dataset = content_of(self._project), read_coco(self._truth.train)
        by_hash = {image.sha256: image for image in content.images}
        labels, spines = dataset.labels(), dataset.by_image()
        self._project.set_user(RATER)
        reviewer = Reviewer(RATER, now(), new_id)
        for entry in dataset.images:
            image = by_hash[sha256_of(self._truth.train.parent / entry.file_name)]
            annotation = content.annotation(image)
            if not annotation.is_reviewed:
                size = content.pixel_size(image)
                _commit(self._project, reviewer.review(annotation, spines[entry.id], labels, size))

    def _free_name(self) -> str:
        taken = {model.name for model in self._models.list()}
        number = 1
        while f"retrained-{number}" in taken:
            number += 1
        return f"retrained-{number}"

    def _export(self) -> dict[str, Path]:
        """Write the corrected dataset; these are the demo's own files, made anew each time."""
        content, folder = content_of(self._project), self._project.path.parent
        files = {"coco": folder / "corrected.json", "csv": folder / "corrected.csv"}
        export_coco(content, files["coco"], overwrite=True)
        export_table(content, files["csv"], overwrite=True)
        return files


def _commit(project: Project, edits: Iterable[Edit]) -> None:
    """Save edits in order; returns once the last is on the disk. Raises ProjectError."""
    saved: list[Future[Receipt]] = [project.commit(edit) for edit in edits if edit.changes]
    for receipt in saved:
        receipt.result()
