"""What every backend offers, and what a running job offers to a backend."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from spinegui.domain.image_ref import PixelSize
    from spinegui.domain.predictions import Predictions
    from spinegui.storage.training_set import TrainingSet


class BackendError(Exception):
    """A backend cannot do what it was asked; the text says what happened and what to do."""


class CancelledError(Exception):
    """The job was cancelled; a backend lets this pass through."""


class CheckpointError(BackendError):
    """Training cannot go on from this checkpoint; it can start afresh."""


class Reporter(Protocol):
    """What a backend calls while it works; every call is cheap and may be made from one thread."""

    def progress(self, done: int, total: int, stage: str = "") -> None:
        """Say that `done` of `total` steps of this stage are over; the time left follows."""

    def metric(self, name: str, value: float, step: int) -> None:
        """Report one point of a curve, e.g. ("loss", 0.4, 12)."""

    def log(self, text: str) -> None:
        """Say something that a user may read in the job's details."""

    def checkpoint(self, path: Path) -> None:
        """Say that training could be continued from this file, which is written whole."""

    def should_stop_early(self) -> bool:
        """Tell whether the user wants training to end well now, with the best result so far."""

    def check_cancelled(self) -> None:
        """Raise CancelledError once the user cancelled; call it at least once a second."""


@dataclass(frozen=True, eq=False)
class Frame:
    """What detectors and classifiers see of one image.

    `pixels` is (Z, Y, X) in the file's own dtype, Z = 1 in 2D; it may be read-only.
    `pixel_size` is None where nobody knows it.
    """

    pixels: NDArray[np.generic]
    pixel_size: PixelSize | None


class Detector(Protocol):
    """Finds spines."""

    def detect(self, frame: Frame, *, min_score: float, reporter: Reporter) -> Predictions:
        """Return all detections with a calibrated score of at least `min_score`.

        In a stack one detection a spine, with z and z_range; in 2D both unknown.
        """
        ...


class Classifier(Protocol):
    """Tells the class of spines whose boxes are given."""

    @property
    def label_ids(self) -> tuple[str, ...]:
        """The classes, in the order of the columns that `classify` returns."""
        ...

    def classify(
        self, frame: Frame, boxes: NDArray[np.float64], z: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return (n, k) probabilities for boxes (n, 4) xyxy px in slices z (n,), NaN in 2D."""
        ...


@dataclass(frozen=True)
class Provenance:
    """What a trainer says of the model that it made, for the manifest.

    `settings` are those that took effect, as JSON can hold them. The others tell of the weights
    that it started from: licence, sources, the SHA-256 of the images they were fitted to. Those of
    the model that it was given as its base need not be told again.
    """

    settings: Mapping[str, object] = field(default_factory=dict)
    licence: str = ""
    sources: tuple[str, ...] = ()
    trained_on: tuple[str, ...] = ()


class Trainer(Protocol):
    """Makes a new model from a training set."""

    @property
    def label_ids(self) -> tuple[str, ...]:
        """The classes the new model tells apart, in the order of its columns; read after `fit`.

        Empty for a model that is a detector only.
        """
        ...

    @property
    def provenance(self) -> Provenance:
        """How the new model was made; read after `fit`."""
        ...

    def fit(  # noqa: PLR0913  all are asked of every backend
        self,
        training: TrainingSet,
        *,
        out_dir: Path,
        seed: int,
        epochs: int | None,
        reporter: Reporter,
        checkpoint_dir: Path,
        resume: Path | None = None,
    ) -> Mapping[str, float]:
        """Write parameter files into `out_dir` (which exists, empty) and return training figures.

        The worker seals the folder: it writes the manifest, with the hashes of these files. What
        training could be continued from goes, written whole, into `checkpoint_dir` (which exists)
        and is told to the reporter; after an interruption the same job finds it in `resume`.

        Raises BackendError where the training set is too small, CheckpointError where `resume` is
        of no use, CancelledError when cancelled.
        """
        ...
