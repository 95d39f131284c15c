"""The embedded classifier: measured shapes, gradients, a calibrated softmax regression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.class_features import frame_features
from spinegui.backends.classical.class_model import ClassifierParameters

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.backends.base import Frame

PARAMETERS = "classifier.npz"


class ClassicalClassifier:
    """Tells the class of spines by their measured shape; no ML framework needed."""

    def __init__(self, parameters: ClassifierParameters) -> None:
        self.parameters = parameters

    @classmethod
    def load(cls, model_dir: Path) -> ClassicalClassifier:
        """Load from a model folder; raises BackendError."""
        return cls(ClassifierParameters.load(model_dir / PARAMETERS))

    @property
    def label_ids(self) -> tuple[str, ...]:
        """The classes, in the order of the columns that `classify` returns."""
        return self.parameters.label_ids

    def classify(
        self, frame: Frame, boxes: NDArray[np.float64], z: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return (n, k) probabilities for boxes (n, 4) xyxy px in slices z (n,), NaN in 2D."""
        if len(boxes) == 0:
            return np.zeros((0, len(self.label_ids)))
        return self.parameters.probabilities(frame_features(frame, boxes, z))


def load(model_dir: Path) -> ClassicalClassifier:
    """Load from a model folder; raises BackendError."""
    return ClassicalClassifier.load(model_dir)
