"""A new model beside the old one on images that the new one was not trained on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.bootstrap import draw_weights, estimate_change
from spinegui.domain.detection import ReviewState
from spinegui.domain.metrics import class_statistics
from spinegui.domain.predictions import Predictions
from spinegui.jobs.payloads import ImageInput
from spinegui.jobs.results import AFTER_NAME, BEFORE_NAME, predictions_name, save_predictions
from spinegui.reports import comparison
from spinegui.reports.evaluation import EvaluationError, evaluate
from spinegui.storage.exchange.coco import read_coco
from spinegui.storage.model_manifest import read_manifest
from spinegui.worker.frames import read_frame
from spinegui.worker.inference import Pipeline, class_probabilities
from spinegui.worker.reporter import OneOfMany

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spinegui.backends.base import Classifier, Frame
    from spinegui.domain.bootstrap import Estimate
    from spinegui.jobs.payloads import TrainPayload
    from spinegui.reports.evaluation import Evaluation
    from spinegui.storage.exchange.coco import CocoAnnotation, CocoDataset
    from spinegui.storage.exchange.coco_values import Id
    from spinegui.worker.context import JobContext
    from spinegui.worker.models import Loaded, ModelCache

_MIN_SCORE = 0.01


@dataclass(frozen=True, slots=True)
class _Model:
    """A loaded model in the roles that are compared."""

    pipeline: Pipeline | None
    classifier: Loaded[Classifier] | None

    @classmethod
    def load(cls, models: ModelCache, folder: Path, roles: Sequence[str]) -> _Model:
        own = set(roles) & set(read_manifest(folder, verify=False).roles)
        classifier = models.classifier(folder) if "classifier" in own else None
        pipeline = Pipeline(models.detector(folder), classifier) if "detector" in own else None
        return cls(pipeline, classifier)


@dataclass(frozen=True, slots=True)
class _Answers:
    """What one side said of each image, by position, and of each annotated box."""

    folder_name: str
    found: dict[int, Predictions] = field(default_factory=dict)
    class_scores: dict[Id, Mapping[str, float]] = field(default_factory=dict)

    def ask(
        self, model: _Model, i: int, frame: Frame, spines: Sequence[CocoAnnotation], job: JobContext
    ) -> None:
        """Predict on image i and classify its annotated boxes; keep and save the predictions."""
        given = Predictions.empty("")
        if model.classifier is not None:
            given = self._classify(model.classifier, frame, spines)
        if model.pipeline is not None:
            given = model.pipeline.predict(
                frame, min_score=_MIN_SCORE, reporter=OneOfMany(job.reporter)
            )
            self.found[i] = given
        folder = job.result_dir / self.folder_name
        folder.mkdir(exist_ok=True)
        save_predictions(folder / predictions_name(i), given)

    def _classify(
        self, classifier: Loaded[Classifier], frame: Frame, spines: Sequence[CocoAnnotation]
    ) -> Predictions:
        boxes = np.array([a.box.as_xyxy() for a in spines], np.float64).reshape(-1, 4)
        z = np.array([np.nan if a.z is None else a.z for a in spines], np.float64)
        scores = class_probabilities(classifier, frame, boxes, z)
        labels = classifier.model.label_ids
        for spine, row in zip(spines, scores, strict=True):
            self.class_scores[spine.id] = dict(zip(labels, map(float, row), strict=True))
        return Predictions.build(
            classifier.name, boxes, np.ones(len(boxes)), class_ids=labels, class_scores=scores, z=z
        )


def compared_with(payload: TrainPayload, base: Path | None) -> Path | None:
    """Return the model folder that a training's result is compared with, None for none."""
    return Path(payload.against) if payload.against is not None else base


class SideBySide:
    """The base model, if any, and what came of it, on the images of one annotated set.

    The predictions of both go to `predictions_before` and `predictions_after`, one file an image by
    its position in the set. With classifiers only, these hold the annotated boxes.
    """

    def __init__(
        self, job: JobContext, coco: Path, root: Path, *, roles: Sequence[str], base: Path | None
    ) -> None:
        self._job = job
        self._dataset = read_coco(coco, any_path=True)
        self._root = root
        self._roles = roles
        self._base = base
        self._before = _Answers(BEFORE_NAME) if base is not None else None
        self._after = _Answers(AFTER_NAME)
        self._pixel_sizes: dict[int, float] = {}

    def look(self, images: Sequence[int], model: Path, stage: str) -> None:
        """Let the base and this model predict on these images of the set, given by position."""
        after = _Model.load(self._job.models, model, self._roles)
        base = _Model.load(self._job.models, self._base, self._roles) if self._base else None
        by_image = self._dataset.by_image()
        for done, i in enumerate(images):
            self._job.reporter.progress(done, len(images), stage)
            image = self._dataset.images[i]
            file = str(self._root / image.pixels)
            wanted = ImageInput(file, image.pixel_size, image.channel)
            frame = read_frame(wanted, self._job.reporter)
            spines = [a for a in by_image[image.id] if a.state is ReviewState.ACCEPTED]
            if self._before is not None and base is not None:
                self._before.ask(base, i, frame, spines, self._job)
            self._after.ask(after, i, frame, spines, self._job)
            if frame.pixel_size is not None:
                self._pixel_sizes[i] = frame.pixel_size.x_um
        self._job.reporter.progress(len(images), len(images), stage)

    def figures(self) -> dict[str, object]:
        """Return the figures of both sides on all images, and what changed, as JSON objects.

        Where nothing can be measured, the object says so in `problem`.
        """
        dataset = self._calibrated()
        figures: dict[str, object] = {
            "n_images": len(dataset.images),
            "n_seen_by_base": self._n_seen(),
            "before": None,
            "change": None,
        }
        sides = [self._after] if self._before is None else [self._before, self._after]
        try:
            found = [evaluate(dataset, self._root, s.found or None, s.class_scores) for s in sides]
            figures["after"] = _figures(found[-1])
            if len(sides) > 1:
                figures["before"] = _figures(found[0])
                figures["change"] = {
                    **_change_of_detection(dataset, self._root, sides),
                    "given_boxes": _change_of_classes(found[0], found[1]),
                }
        except EvaluationError as err:
            figures["problem"] = str(err)
        return figures

    def _calibrated(self) -> CocoDataset:
        """Return the dataset with the pixel sizes of the files."""
        images = tuple(
            replace(image, pixel_um=self._pixel_sizes.get(i, image.pixel_um))
            for i, image in enumerate(self._dataset.images)
        )
        return replace(self._dataset, images=images)

    def _n_seen(self) -> int:
        """Count the images that the base was trained on, as far as its manifest tells."""
        if self._base is None:
            return 0
        seen = set(read_manifest(self._base, verify=False).trained_on)
        return sum(image.own.get("sha256") in seen for image in self._dataset.images)


def _figures(evaluation: Evaluation) -> dict[str, object]:
    given, matched = evaluation.given_boxes, evaluation.matched
    return {
        "models": list(evaluation.models),
        "n_spines": evaluation.n_spines,
        "detection": _estimates(evaluation.detection),
        "given_boxes": _estimates(given.figures if given else None),
        "matched": _estimates(matched.figures if matched else None),
    }


def _change_of_detection(
    dataset: CocoDataset, root: Path, sides: Sequence[_Answers]
) -> dict[str, object]:
    before, after = sides
    if not before.found or not after.found:
        return {"detection": None}
    found = comparison.compare(dataset, root, before.found, after.found)
    return {
        "detection": _estimates(found.changes),
        "gained": len(found.gained),
        "lost": len(found.lost),
        "relabelled": len(found.relabelled),
    }


def _change_of_classes(before: Evaluation, after: Evaluation) -> dict[str, object] | None:
    """Return after minus before on the annotated boxes, on the same resamples of the images."""
    if before.given_boxes is None or after.given_boxes is None:
        return None
    old, new = before.given_boxes.table, after.given_boxes.table
    return _estimates(
        estimate_change(
            partial(class_statistics, old),
            partial(class_statistics, new),
            draw_weights(len(after.images), seed=after.seed),
            len(new.truth),
        )
    )


def _estimates(figures: Mapping[str, Estimate] | None) -> dict[str, object] | None:
    return None if figures is None else {name: e.to_json() for name, e in figures.items()}
