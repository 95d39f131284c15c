"""Runs a detector, then a classifier, on one frame and checks what they return."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import BackendError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.backends.base import Classifier, Detector, Frame, Reporter
    from spinegui.domain.predictions import Predictions
    from spinegui.worker.models import Loaded, ModelCache


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A detector and, where classes are wanted, a classifier."""

    detector: Loaded[Detector]
    classifier: Loaded[Classifier] | None

    @classmethod
    def load(cls, models: ModelCache, detector: Path, classifier: Path | None) -> Pipeline:
        """Load both from their model folders. Raises BackendError, ModelStoreError."""
        return cls(
            models.detector(detector),
            None if classifier is None else models.classifier(classifier),
        )

    @property
    def name(self) -> str:
        """Names the models whose work the predictions are."""
        if self.classifier is None or self.classifier.name == self.detector.name:
            return self.detector.name
        return f"{self.detector.name} + {self.classifier.name}"

    def predict(self, frame: Frame, *, min_score: float, reporter: Reporter) -> Predictions:
        """Return the detections of one frame, with class probabilities where there is a classifier.

        Those that cannot be one are left out, and the job's log says so. Raises BackendError where
        a model returns nothing else, and what the backends raise.
        """
        found = self.detector.model.detect(frame, min_score=min_score, reporter=reporter)
        found = _sound(found, self.detector.name, reporter)
        reporter.check_cancelled()
        if self.classifier is not None:
            scores = class_probabilities(self.classifier, frame, found.boxes, found.z)
            found = found.with_class_scores(self.classifier.model.label_ids, scores)
        return replace(found, model=self.name)


def class_probabilities(
    classifier: Loaded[Classifier],
    frame: Frame,
    boxes: NDArray[np.float64],
    z: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return (n, k) probabilities for boxes (n, 4) in slices z (n,); raises BackendError."""
    shape = len(boxes), len(classifier.model.label_ids)
    if not len(boxes):
        return np.zeros(shape)
    scores = np.asarray(classifier.model.classify(frame, boxes, z), np.float64)
    if scores.shape != shape or not np.isfinite(scores).all():
        raise BackendError(
            f"The classifier {classifier.name} returned unusable numbers. Choose another model."
        )
    return scores


def _sound(found: Predictions, name: str, reporter: Reporter) -> Predictions:
    is_sound = found.is_sound
    n_left_out = len(found) - int(is_sound.sum())
    if n_left_out == 0:
        return found
    if n_left_out == len(found):
        raise BackendError(
            f"The detector {name} returned unusable boxes or scores. Choose another model."
        )
    reporter.log(
        f"{n_left_out} of {len(found)} detections of {name} have an unusable box or score and were "
        "left out."
    )
    return found.take(is_sound)
