"""Retraining the classifier on a person's labels, with the shipped fit as a Gaussian prior."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.class_features import frame_features
from spinegui.backends.classical.class_model import balancing_weights, fit_softmax
from spinegui.domain.detection import counted_votes
from spinegui.domain.labels import UNSURE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from spinegui.backends.base import Frame
    from spinegui.backends.classical.class_model import ClassifierParameters
    from spinegui.storage.training_values import LabelledBox

_BALANCE = 0.5
"""Between 0 (classes as frequent as labelled) and 1 (all alike)."""


@dataclass(frozen=True, eq=False)
class ClassExamples:
    """Labelled spines: features (n, d) and one distribution over labels each."""

    features: NDArray[np.float64]
    opinions: tuple[dict[str, float], ...]

    @property
    def label_ids(self) -> tuple[str, ...]:
        """Return the labels that occur, sorted."""
        return tuple(sorted({label for opinion in self.opinions for label in opinion}))

    def __len__(self) -> int:
        return len(self.opinions)


def opinion_of(spine: LabelledBox) -> dict[str, float]:
    """Return the share of raters for each label; empty where nobody named a class.

    A rater who was unsure does not count. A model's label that a person let stand counts where
    nobody named a class (`counted_votes`): it would else teach the model its own opinion twice.
    """
    counted = counted_votes(spine.votes)
    votes = Counter(vote.label for vote in counted if vote.label != UNSURE.id)
    if votes:
        return {label: n / votes.total() for label, n in votes.items()}
    if spine.votes or spine.label in {None, UNSURE.id}:
        return {}
    return {str(spine.label): 1.0}


def examples_in(frame: Frame, spines: Sequence[LabelledBox]) -> ClassExamples | None:
    """Measure the labelled spines of one image; None where none has a class.

    The scale is taken from all its spines, as it is when they are classified.
    """
    opinions = [opinion_of(spine) for spine in spines]
    if not any(opinions):
        return None
    boxes = np.array([spine.box.as_xyxy() for spine in spines], np.float64)
    z = np.array([np.nan if spine.z is None else spine.z for spine in spines], np.float64)
    kept = [i for i, opinion in enumerate(opinions) if opinion]
    features = frame_features(frame, boxes, z)[kept]
    return ClassExamples(features, tuple(opinions[i] for i in kept))


def joined(parts: Sequence[ClassExamples]) -> ClassExamples:
    """Return the examples of several images together; at least one part is needed."""
    features = np.concatenate([part.features for part in parts])
    return ClassExamples(features, tuple(o for part in parts for o in part.opinions))


def extended_labels(label_ids: tuple[str, ...], examples: ClassExamples) -> tuple[str, ...]:
    """Return the model's labels and after them those that only the examples have."""
    return (*label_ids, *(label for label in examples.label_ids if label not in label_ids))


def soft_labels(examples: ClassExamples, label_ids: tuple[str, ...]) -> NDArray[np.float64]:
    """Return (n, k) the raters' shares over `label_ids`."""
    return np.array([[opinion.get(i, 0.0) for i in label_ids] for opinion in examples.opinions])


def refit_classifier(
    parameters: ClassifierParameters,
    features: NDArray[np.float64],
    opinions: NDArray[np.float64],
    label_ids: tuple[str, ...],
) -> ClassifierParameters:
    """Return the parameters most probable after a person's labels; takes seconds.

    features (n, d) as `frame_features` gives them, opinions (n, k) distributions over `label_ids`,
    which may hold classes that the model did not know. Few labels leave the shipped fit nearly as
    it is, many overrule it.
    """
    prior = parameters.with_labels(label_ids)
    weights = balancing_weights(opinions, _BALANCE)
    return fit_softmax(
        prior, features, opinions, precision=parameters.precision, sample_weights=weights
    )
