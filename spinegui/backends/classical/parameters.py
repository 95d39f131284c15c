"""What the detector has learned, as one small file of plain arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.arrays import are_learned_again, read_arrays, unreadable
from spinegui.backends.classical.estimate import ScaleModel
from spinegui.backends.classical.logistic import Expansion, Logistic

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.backends.classical.detector_training import Decisions

PARAMETERS = "detector.npz"
_LEARNED_FROM = "learned_from"


@dataclass(frozen=True, eq=False)
class Opinions:
    """The regressions of one kind of image, planes or stacks.

    first: on the features of a candidate, decides which of close candidates stays. final: on the
    features and context of those that stayed, gives the score. spread (k,): the standard deviation
    of each of final's inputs, the unit that its prior is measured in when it is trained on.
    """

    first: Logistic
    final: Logistic
    spread: NDArray[np.float64]

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]], kind: str) -> Opinions:
        """Build from a parameter file's arrays; raises KeyError where one is missing."""
        first, final = (_logistic(arrays, kind, name) for name in ("first", "final"))
        return cls(first, final, np.asarray(arrays[f"{kind}_spread"], np.float64))

    def with_final(self, arrays: Mapping[str, NDArray[np.generic]], kind: str) -> Opinions:
        """Return these with another final regression, read as `from_arrays` does."""
        return replace(self, final=_logistic(arrays, kind, "final"))

    def to_arrays(self, kind: str) -> dict[str, NDArray[np.generic]]:
        """Return what `from_arrays` reads."""
        arrays: dict[str, NDArray[np.generic]] = {f"{kind}_spread": self.spread}
        for name, regression in (("first", self.first), ("final", self.final)):
            arrays[f"{kind}_{name}_weights"] = regression.weights
            arrays[f"{kind}_{name}_bias"] = np.array(regression.bias)
        return arrays


def _logistic(arrays: Mapping[str, NDArray[np.generic]], kind: str, name: str) -> Logistic:
    weights = np.asarray(arrays[f"{kind}_{name}_weights"], np.float64)
    return Logistic(weights, float(np.asarray(arrays[f"{kind}_{name}_bias"], np.float64)))


@dataclass(frozen=True, eq=False)
class Start:
    """What a person's decisions were added to, and the SHA-256 of the images they were made on."""

    plane: Opinions
    stack: Opinions
    images: tuple[str, ...]

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what a parameter file holds of it: the rest of both is as it is now."""
        arrays: dict[str, NDArray[np.generic]] = {_LEARNED_FROM: np.array(self.images, np.str_)}
        for kind, opinions in (("start_plane", self.plane), ("start_stack", self.stack)):
            arrays[f"{kind}_final_weights"] = opinions.final.weights
            arrays[f"{kind}_final_bias"] = np.array(opinions.final.bias)
        return arrays


@dataclass(frozen=True, eq=False)
class DetectorParameters:
    """All that is learned: how to read the scale, how to see a candidate, how to judge it.

    `start` is None for a model that learned from no person's decisions yet.
    """

    scale: ScaleModel
    expansion: Expansion
    plane: Opinions
    stack: Opinions
    start: Start | None = None

    @classmethod
    def load(cls, path: Path) -> DetectorParameters:
        """Read a parameter file; raises BackendError for one that is damaged or not ours."""
        arrays = read_arrays(path)
        try:
            plane, stack = (Opinions.from_arrays(arrays, kind) for kind in ("plane", "stack"))
            start = None
            if _LEARNED_FROM in arrays:
                before = (
                    plane.with_final(arrays, "start_plane"), stack.with_final(arrays, "start_stack")
                )  # fmt: skip
                start = Start(*before, tuple(map(str, arrays[_LEARNED_FROM])))
            scale, expansion = ScaleModel.from_arrays(arrays), Expansion.from_arrays(arrays)
            return cls(scale, expansion, plane, stack, start)
        except (ValueError, KeyError, TypeError) as err:
            raise unreadable(path) from err

    def save(self, path: Path) -> None:
        """Write the parameter file."""
        arrays = {
            **self.scale.to_arrays(),
            **self.expansion.to_arrays(),
            **self.plane.to_arrays("plane"),
            **self.stack.to_arrays("stack"),
        }
        if self.start is not None:
            arrays |= self.start.to_arrays()
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]

    def before(self, images: Collection[str]) -> DetectorParameters:
        """Return the parameters to learn from all that people decided on these images.

        Where most of them were learned from since the start, that is the start.
        """
        if self.start is None or not are_learned_again(self.start.images, images):
            return replace(self, start=None)
        return replace(self, plane=self.start.plane, stack=self.start.stack, start=None)

    def learned(self, start: DetectorParameters, images: Collection[str]) -> DetectorParameters:
        """Return them as what came of `start` by the decisions on these images."""
        return replace(self, start=Start(start.plane, start.stack, tuple(images)))

    def mean_loss(self, decisions: Sequence[Decisions]) -> float:
        """Return the mean negative log likelihood of people's decisions; NaN without any."""
        losses: list[NDArray[np.float64]] = []
        for decided in decisions:
            final = (self.stack if decided.is_stack else self.plane).final
            logits = final.logits(decided.inputs)
            losses.append(np.logaddexp(0, logits) - decided.targets * logits)
        everything = np.concatenate(losses) if losses else np.zeros(0)
        return float(everything.mean()) if len(everything) else float("nan")
