"""The parameters of base and head as arrays, and how a model folder describes them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import BackendError
from spinegui.backends.inception_v3.crops import CropGeometry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float32]

NETWORK = "classifier.onnx"
DESCRIPTION = "classifier.json"
REPLAY = "replay.npz"
OWN_BASE = "own"
"""The handle of a base that lies in the model's own network file."""


@dataclass(frozen=True, eq=False)
class BaseWeights:
    """Kernels (out, in, h, w) and biases (out,) of all convolutions, in the order of `build`."""

    kernels: tuple[Array, ...]
    biases: tuple[Array, ...]

    def rounded(self) -> BaseWeights:
        """Return the weights as they are after storing them in half precision."""
        return BaseWeights(_halves(self.kernels), _halves(self.biases))


@dataclass(frozen=True, eq=False)
class HeadWeights:
    """Two layers: (2048, 1024) and its bias with a rectifier, (1024, k) and its bias."""

    hidden: Array
    hidden_bias: Array
    out: Array
    out_bias: Array

    @property
    def arrays(self) -> tuple[Array, ...]:
        return self.hidden, self.hidden_bias, self.out, self.out_bias

    def logits(self, features: Array) -> NDArray[np.float64]:
        """Return (n, k) logits of features (n, 2048)."""
        inside = np.maximum(features @ self.hidden + self.hidden_bias, 0)
        return np.asarray(inside @ self.out + self.out_bias, np.float64)

    def with_labels(self, old: Sequence[str], new: Sequence[str]) -> HeadWeights:
        """Return the head with a column for each of `new`; one it did not know starts at zero."""
        out = np.zeros((self.out.shape[0], len(new)), np.float32)
        bias = np.full(len(new), float(self.out_bias.min()), np.float32)
        for column, label in enumerate(new):
            if label in old:
                out[:, column] = self.out[:, list(old).index(label)]
                bias[column] = self.out_bias[list(old).index(label)]
        return HeadWeights(self.hidden, self.hidden_bias, out, bias)


def _halves(arrays: Sequence[Array]) -> tuple[Array, ...]:
    return tuple(a.astype(np.float16).astype(np.float32) for a in arrays)


@dataclass(frozen=True, slots=True)
class Description:
    """What classifier.json says: labels, crops, temperature, where the base came from."""

    label_ids: tuple[str, ...]
    geometry: CropGeometry = field(default_factory=CropGeometry)
    temperature: float = 1.0
    hub_handle: str = OWN_BASE
    hub_sha256: str = ""
    class_weights: tuple[float, ...] = ()

    def save(self, folder: Path) -> None:
        """Write it into a model folder."""
        value = {
            "format": 1,
            "label_ids": list(self.label_ids),
            "crops": self.geometry.to_json(),
            "temperature": self.temperature,
            "hub": {"handle": self.hub_handle, "sha256": self.hub_sha256},
            "class_weights": list(self.class_weights),
        }
        (folder / DESCRIPTION).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Description:
        """Read it from a model folder; raises BackendError."""
        try:
            value = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
            labels = tuple(str(label) for label in value["label_ids"])
            found = cls(
                labels,
                CropGeometry.from_json(value["crops"]),
                float(value["temperature"]),
                str(value["hub"]["handle"]),
                str(value["hub"]["sha256"]),
                tuple(float(w) for w in value["class_weights"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as err:
            raise BackendError(
                f"The classifier in {folder} cannot be read ({err}). Import the model again."
            ) from err
        if not labels or len(set(labels)) != len(labels) or not 0.01 < found.temperature < 100:
            raise BackendError(
                f"The classifier in {folder} has labels or a temperature that cannot be. "
                "Import the model again."
            )
        return found
