"""The InceptionV3 classifier on onnxruntime: crops in, probabilities out, no framework needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import BackendError
from spinegui.backends.inception_v3.crops import frame_crops, head_size
from spinegui.backends.inception_v3.weights import NETWORK, Description
from spinegui.backends.onnx_session import open_session

if TYPE_CHECKING:
    from pathlib import Path

    import onnxruntime as ort
    from numpy.typing import NDArray

    from spinegui.backends.base import Frame

BATCH = 16
"""Crops that pass the network together: more is no faster on a CPU."""
INPUT, PROBABILITIES, FEATURES = "crops", "probabilities", "features"


class InceptionClassifier:
    """Tells the class of spines from crops with context."""

    def __init__(self, session: ort.InferenceSession, description: Description) -> None:
        self.session = session
        self.description = description

    @classmethod
    def load(cls, model_dir: Path) -> InceptionClassifier:
        """Load from a model folder; raises BackendError."""
        description = Description.load(model_dir)
        session = open_session(model_dir / NETWORK)
        n = session.get_outputs()[0].shape[-1]
        if n != len(description.label_ids):
            raise BackendError(
                f"The network in {model_dir} tells {n} classes apart and its description names "
                f"{len(description.label_ids)}. Import the model again."
            )
        return cls(session, description)

    @property
    def label_ids(self) -> tuple[str, ...]:
        """The classes, in the order of the columns that `classify` returns."""
        return self.description.label_ids

    def classify(
        self, frame: Frame, boxes: NDArray[np.float64], z: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return (n, k) probabilities for boxes (n, 4) xyxy px in slices z (n,), NaN in 2D."""
        found = np.zeros((len(boxes), len(self.label_ids)))
        if len(boxes) == 0:
            return found
        head = head_size(frame)
        # Boxes of one slice together: its projection is then made once.
        order = np.argsort(z, kind="stable")
        for start in range(0, len(boxes), BATCH):
            some = order[start : start + BATCH]
            crops = frame_crops(frame, boxes[some], z[some], self.description.geometry, head)
            found[some] = self.probabilities(crops)
        return found

    def probabilities(self, crops: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return (n, k) probabilities of crops (n, size, size, 3) as `frame_crops` cuts them."""
        (found,) = self.session.run([PROBABILITIES], {INPUT: crops})
        values = np.asarray(found, np.float64)
        result: NDArray[np.float64] = values / values.sum(axis=1, keepdims=True)
        return result
