"""Models that work as in the program: jobs of the real worker detect, classify and train."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from spinegui.cli.classifying import classify, read_dataset
from spinegui.cli.console import Console
from spinegui.cli.job import job_folder, run_job
from spinegui.cli.train_job import train
from spinegui.domain.annotation import Annotation
from spinegui.domain.corrections import Corrections, count_corrections
from spinegui.domain.edits import apply
from spinegui.domain.predictions import merge_predictions
from spinegui.domain.split import Part
from spinegui.imaging.opening import image_ref
from spinegui.jobs.payloads import DetectPayload, ImageInput
from spinegui.jobs.results import load_predictions, predictions_name
from spinegui.jobs.spec import JobKind
from spinegui.jobs.train_bundle import TrainOrder
from spinegui.storage.exchange.coco import resolve_below, write_coco
from spinegui.storage.exchange.content import Content
from spinegui.storage.training_set import from_project
from spinegui.synthesis.reviewer import Reviewer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from spinegui.domain.predictions import Predictions
    from spinegui.storage.exchange.coco_values import Id
    from spinegui.storage.model_store import ModelInfo, ModelStore
    from spinegui.storage.training_set import TrainingSet
    from tests.benchmarks.learning_sets import Shown

AT = "2026-01-01T00:00:00Z"
MIN_SCORE = 0.01
_QUIET = Console(is_quiet=True)


@dataclass
class Learner:
    """A model for each role; one that fills both roles is one model.

    `told` keeps what trainings said, in order.
    """

    store: ModelStore
    models: Mapping[str, ModelInfo]
    epochs: int | None = None
    told: list[Mapping[str, object]] = field(default_factory=list)

    @property
    def backends(self) -> str:
        return " + ".join(dict.fromkeys(model.backend for model in self.models.values()))

    def detect(self, shown: Shown, *, with_classes: bool = True) -> list[Predictions]:
        """Return what the models find on each image, its classes where a classifier is there."""
        classifier = self.models.get("classifier") if with_classes else None
        inputs = [
            ImageInput(
                str(resolve_below(shown.root, image.pixels)), image.pixel_size, image.channel
            )
            for image in shown.dataset.images
        ]
        payload = DetectPayload(
            images=tuple(inputs),
            detector=str(self.models["detector"].folder),
            classifier=str(classifier.folder) if classifier else None,
            min_score=MIN_SCORE,
        )
        with job_folder() as folder:
            results = run_job(folder, JobKind.DETECT, payload.to_json(), _QUIET, "Detecting")
            return [load_predictions(results / predictions_name(i)) for i in range(len(inputs))]

    def classify(self, shown: Shown) -> dict[Id, Mapping[str, float]]:
        """Return the class probabilities of each annotated box, by annotation id."""
        with job_folder() as folder:
            coco = folder / "dataset.json"
            write_coco(shown.dataset, coco)
            found = classify(coco, shown.root, self.models["classifier"], _QUIET)
        return {entry["annotation_id"]: entry["category_scores"] for entry in found}  # type: ignore[misc]

    def retrained(self, training: TrainingSet, step: int) -> Learner:
        """Return what comes of training each of the models on these corrections."""
        made: dict[str, ModelInfo] = {}
        told = list(self.told)
        for old in {model.sha: model for model in self.models.values()}.values():
            roles = tuple(role for role, model in self.models.items() if model.sha == old.sha)
            name = f"{old.backend}-{'-'.join(roles)}-{step}"
            order = TrainOrder(old, name, self.epochs, roles=roles)
            new, metrics = train(training, None, order, _QUIET, self.store)
            told.append({"model": new.name, **metrics})
            made |= {role: new for role, model in self.models.items() if model.sha == old.sha}
        return Learner(self.store, made, self.epochs, told)


class Desk:
    """Where one person corrects predictions from the truth, image by image."""

    def __init__(self, shown: Shown, redrawn_iou: float) -> None:
        self._shown = shown
        self._refs = [
            image_ref(resolve_below(shown.root, image.pixels), image_id=str(image.id))
            for image in shown.dataset.images
        ]
        numbers = itertools.count()
        self._new_id = lambda: f"d{next(numbers)}"
        self._reviewer = Reviewer("reviewer", AT, self._new_id, redrawn_iou)
        self._truth, self._labels = shown.dataset.by_image(), shown.dataset.labels()

    def review(self, i: int, predictions: Predictions) -> Annotation:
        """Return image i's annotation after every prediction was made to agree with the truth."""
        image = self._shown.dataset.images[i]
        annotations = {self._refs[i].id: Annotation(self._refs[i].id)}
        merged = merge_predictions(
            annotations[self._refs[i].id], predictions, new_id=self._new_id, channel=image.channel
        )
        annotations = dict(apply(annotations, merged))
        edits = self._reviewer.review(
            annotations[self._refs[i].id], self._truth[image.id], self._labels, image.pixel_size
        )
        for edit in edits:
            annotations = dict(apply(annotations, edit))
        return annotations[self._refs[i].id]

    def corrections(self, predictions: Sequence[Predictions]) -> list[Corrections]:
        """Return the corrections that each image's predictions need."""
        return [self.count(i, p) for i, p in enumerate(predictions)]

    def count(self, i: int, predictions: Predictions) -> Corrections:
        """Return the corrections that image i's predictions need."""
        return count_corrections([self.review(i, predictions)])

    def n_spines(self, i: int) -> int:
        return len(self._truth[self._shown.dataset.images[i].id])

    def training_set(self, annotations: Sequence[Annotation]) -> TrainingSet:
        """Return what these reviewed images teach, as the program freezes it for a training."""
        refs = [ref for ref in self._refs if ref.id in {a.image_id for a in annotations}]
        content = Content("loop", 0, AT, tuple(refs), {a.image_id: a for a in annotations})
        return from_project(content, parts={ref.id: Part.TRAIN for ref in refs})


def described(shown: Shown, folder: Path) -> Shown:
    """Return the dataset with the voxel sizes that its images tell."""
    coco = folder / "described.json"
    write_coco(shown.dataset, coco)
    return type(shown)(read_dataset(coco, shown.root), shown.root)
