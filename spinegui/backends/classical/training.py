"""Retrains the embedded model on a person's corrections, in seconds."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import BackendError, Frame, Provenance
from spinegui.backends.classical import class_training, classifier
from spinegui.backends.classical.detector import ClassicalDetector
from spinegui.backends.classical.detector_training import decisions_on, refit_detector
from spinegui.backends.classical.parameters import PARAMETERS
from spinegui.imaging.opening import open_image
from spinegui.storage.model_manifest import read_manifest
from spinegui.storage.resources import resource

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.backends.base import Reporter
    from spinegui.backends.classical.class_training import ClassExamples
    from spinegui.backends.classical.detector_training import Decisions
    from spinegui.storage.training_values import TrainingImage, TrainingSet

_SHIPPED = "models/classical"
_ROLES = ("detector", "classifier")


def create(
    base_model_dir: Path | None, roles: tuple[str, ...], settings: Mapping[str, str]
) -> ClassicalTrainer:
    """Return a trainer that continues from a model folder, or from the shipped model.

    Raises BackendError where it was given a setting: there are none.
    """
    if settings:
        raise BackendError(f"The model classical has no setting “{min(settings)}”. Leave it out.")
    return ClassicalTrainer(base_model_dir or resource(_SHIPPED), roles)


@dataclass(frozen=True)
class _Measured:
    """What people decided on these images, named by their SHA-256."""

    images: list[str] = field(default_factory=list)
    decisions: list[Decisions] = field(default_factory=list)
    examples: list[ClassExamples] = field(default_factory=list)


class ClassicalTrainer:
    """Finds the parameters most probable after a person's decisions; the parent's are the prior.

    A parent that learned from the same images already gives way to what it started from: nothing
    counts twice.
    There are no epochs: one exact fit. Stopping early fits what was measured until then.
    """

    def __init__(self, base: Path, roles: tuple[str, ...]) -> None:
        self._base = base
        self._roles = tuple(role for role in _ROLES if role in roles)
        self._labels: tuple[str, ...] = ()

    @property
    def label_ids(self) -> tuple[str, ...]:
        """The classes the new model tells apart; empty for a detector."""
        return self._labels

    @property
    def provenance(self) -> Provenance:
        """That of the model whose parameters are the prior; nothing can be chosen."""
        prior = read_manifest(self._base, verify=False)
        return Provenance({}, prior.licence, prior.sources, prior.trained_on)

    def fit(  # noqa: PLR0913  the protocol's
        self,
        training: TrainingSet,
        *,
        out_dir: Path,
        seed: int,  # noqa: ARG002  nothing is drawn at random
        epochs: int | None,  # noqa: ARG002  one exact fit
        reporter: Reporter,
        checkpoint_dir: Path | None = None,  # noqa: ARG002  seconds need no checkpoint
        resume: Path | None = None,  # noqa: ARG002
    ) -> Mapping[str, float]:
        """Write the parameters of the roles asked for into `out_dir`; return figures of the fit.

        Raises BackendError where nothing can be learned, ImageReadError, CancelledError.
        """
        if not any(self._teaches(image) for image in training.images):
            raise BackendError(
                "No image of the training set was reviewed. Accept, draw or reject a detection, "
                "or mark an image reviewed, then train again."
            )
        measured = self._measure(training, reporter)
        figures: dict[str, float] = {}
        if "detector" in self._roles:
            figures |= self._fit_detector(measured, out_dir, reporter)
        if "classifier" in self._roles:
            figures |= self._fit_classifier(measured, out_dir)
        reporter.check_cancelled()
        return figures

    @staticmethod
    def _teaches(image: TrainingImage) -> bool:
        return bool(image.positives or image.negatives) or image.reviewed_regions != ()

    def _measure(self, training: TrainingSet, reporter: Reporter) -> _Measured:
        """Measure image by image, until all are or the user wants to end."""
        detector = ClassicalDetector.load(self._base) if "detector" in self._roles else None
        measured = _Measured()
        images = [image for image in training.images if self._teaches(image)]
        if detector is not None:
            start = detector.parameters.before([image.sha256 for image in images])
            detector = ClassicalDetector(start, self._base.name)
        for done, image in enumerate(images):
            reporter.check_cancelled()
            if done and reporter.should_stop_early():
                reporter.log(f"Stopped early: learning from {done} of {len(images)} images.")
                break
            reporter.progress(done, len(images), "Measuring corrections")
            frame = _frame(image)
            if detector is not None:
                measured.decisions.append(decisions_on(detector, frame, image, _roi(image)))
            if "classifier" in self._roles:
                found = class_training.examples_in(frame, image.positives)
                measured.examples.extend([] if found is None else [found])
            measured.images.append(image.sha256)
        reporter.progress(len(images), len(images), "Measuring corrections")
        return measured

    def _fit_detector(
        self, measured: _Measured, out_dir: Path, reporter: Reporter
    ) -> dict[str, float]:
        parent = ClassicalDetector.load(self._base).parameters
        start, decisions = parent.before(measured.images), measured.decisions
        fitted = refit_detector(start, decisions).learned(start, measured.images)
        fitted.save(out_dir / PARAMETERS)
        before, after = parent.mean_loss(decisions), fitted.mean_loss(decisions)
        for step, loss in enumerate((before, after)):
            reporter.metric("loss", loss, step)
        spines = float(sum(d.targets.sum() for d in decisions))
        return {
            "detector_spines": spines,
            "detector_others": float(sum(len(d) for d in decisions)) - spines,
            "detector_loss_before": before,
            "detector_loss_after": after,
        }

    def _fit_classifier(self, measured: _Measured, out_dir: Path) -> dict[str, float]:
        parent = classifier.ClassicalClassifier.load(self._base).parameters
        if not measured.examples:
            # Nobody named a class: the new model keeps the parent's eyes for them.
            self._labels = parent.label_ids
            shutil.copyfile(self._base / classifier.PARAMETERS, out_dir / classifier.PARAMETERS)
            return {"classifier_examples": 0.0}
        start, everything = parent.before(measured.images), class_training.joined(measured.examples)
        self._labels = class_training.extended_labels(start.label_ids, everything)
        opinions = class_training.soft_labels(everything, self._labels)
        fitted = class_training.refit_classifier(start, everything.features, opinions, self._labels)
        fitted.learned(start, measured.images).save(out_dir / classifier.PARAMETERS)
        right = fitted.probabilities(everything.features).argmax(1) == opinions.argmax(1)
        return {"classifier_examples": float(len(right)), "classifier_agreement": right.mean()}


def _frame(image: TrainingImage) -> Frame:
    """Read an image as the detector sees it: all slices of the channel that was looked at."""
    with open_image(image.file) as source:
        pixels = np.array(source.volume(c=image.channel))
        return Frame(pixels, image.pixel_size or source.pixel_size)


def _roi(image: TrainingImage) -> NDArray[np.bool_] | None:
    if image.roi_mask is None:
        return None
    with open_image(image.roi_mask) as source:
        result: NDArray[np.bool_] = np.asarray(source.plane()) > 0
    return result
