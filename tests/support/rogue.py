"""A small real backend whose detector and trainer misbehave as the model folder says.

Named to a worker by SPINEGUI_BACKENDS; `behaviour.txt` in the model folder holds one word. The good
one finds a spine wherever a pixel is the brightest of its 9 x 9 neighbourhood; the "other" one
misses the second of these, finds one in the corner and labels all otherwise. With " in folds" after
it, the trainer does it only where images are held out.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import BackendError, CheckpointError, Provenance
from spinegui.domain.predictions import Predictions
from spinegui.storage.model_manifest import ModelManifest, seal_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.backends.base import Frame, Reporter
    from spinegui.storage.training_set import TrainingSet

BACKENDS = (
    "rogue.detector=tests.support.rogue:load_detector,"
    "rogue.classifier=tests.support.rogue:load_classifier,"
    "rogue.trainer=tests.support.rogue:create_trainer"
)
LABELS = ("mushroom", "thin")
_HALF_PX = 4


def make_model(folder: Path, behaviour: str = "good", *, name: str = "rogue") -> Path:
    """Write a sealed model folder of this backend."""
    folder.mkdir(parents=True)
    (folder / "behaviour.txt").write_text(behaviour, encoding="utf-8")
    seal_model(folder, ModelManifest(name, "rogue", ("detector", "classifier"), LABELS))
    return folder


def load_detector(model_dir: Path) -> RogueDetector:
    return RogueDetector((model_dir / "behaviour.txt").read_text(encoding="utf-8"))


def load_classifier(model_dir: Path) -> RogueClassifier:
    behaviour = (model_dir / "behaviour.txt").read_text(encoding="utf-8")
    return RogueClassifier([0.25, 0.75] if behaviour == "other" else [0.75, 0.25])


def create_trainer(
    base: Path | None, roles: tuple[str, ...], settings: Mapping[str, str]
) -> RogueTrainer:
    del roles
    behaviour = "good" if base is None else (base / "behaviour.txt").read_text(encoding="utf-8")
    return RogueTrainer(settings.get("behaviour", behaviour))


class RogueDetector:
    def __init__(self, behaviour: str) -> None:
        self._behaviour = behaviour

    def detect(self, frame: Frame, *, min_score: float, reporter: Reporter) -> Predictions:
        misbehave(self._behaviour, reporter)
        plane = np.array(frame.pixels.max(axis=0))
        if self._behaviour == "other":
            plane[-3, -3] = plane.max()
        found = _peaks(plane)
        if self._behaviour == "other":
            found = found.take(np.arange(len(found)) != 1)
        if self._behaviour == "nonsense":
            found = found.take(np.zeros(1, np.int64))
            found.boxes[:] = np.nan
        if self._behaviour == "sloppy":
            found.boxes[0, 2:] = found.boxes[0, :2]
        return found.take(found.scores >= min_score)


class RogueClassifier:
    label_ids = LABELS

    def __init__(self, scores: list[float]) -> None:
        self._scores = scores

    def classify(
        self, frame: Frame, boxes: NDArray[np.float64], z: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        del frame, z
        return np.tile(self._scores, (len(boxes), 1))


class RogueTrainer:
    """Counts epochs; its checkpoint holds the number of the last one.

    With " at N" after it, it does its deed after epoch N of a training that began afresh.
    """

    label_ids = LABELS

    def __init__(self, behaviour: str) -> None:
        self._behaviour = behaviour

    @property
    def provenance(self) -> Provenance:
        return Provenance({"behaviour": self._behaviour}, "none at all", ("a test",))

    def fit(
        self, training: TrainingSet, *, out_dir: Path, seed: int, epochs: int | None,
        reporter: Reporter, checkpoint_dir: Path, resume: Path | None = None,
    ) -> Mapping[str, float]:  # fmt: skip
        del seed
        reporter.log(f"trains on {' '.join(image.file.name for image in training.images)}")
        deed, _, where = self._behaviour.partition(" in ")
        deed, _, when = deed.partition(" at ")
        if not when and (not where or training.held_out):
            misbehave(deed, reporter)
        total = epochs or 3
        done = _epoch_in(resume)
        while done < total and not reporter.should_stop_early():
            reporter.check_cancelled()
            done += 1
            reporter.metric("loss", 1 / done, done)
            reporter.progress(done, total, "Train")
            checkpoint = checkpoint_dir / f"epoch-{done}.txt"
            checkpoint.write_text(str(done), encoding="utf-8")
            reporter.checkpoint(checkpoint)
            if when == str(done) and resume is None:
                misbehave(deed, reporter)
            if self._behaviour == "endless":
                total = done + 1
                time.sleep(0.01)
        (out_dir / "behaviour.txt").write_text("good", encoding="utf-8")
        return {"epochs": float(done), "n_images": float(len(training.images))}


def _epoch_in(checkpoint: Path | None) -> int:
    if checkpoint is None:
        return 0
    try:
        return int(checkpoint.read_text(encoding="utf-8"))
    except ValueError as err:
        raise CheckpointError(f"There is no number in {checkpoint.name}.") from err


def _peaks(plane: NDArray[np.generic]) -> Predictions:
    pixels = np.asarray(plane, np.float64)
    padded = np.pad(pixels, _HALF_PX, constant_values=-1)
    side = 2 * _HALF_PX + 1
    around = np.lib.stride_tricks.sliding_window_view(padded, (side, side)).max(axis=(2, 3))
    y, x = np.nonzero((pixels == around) & (pixels > 0))
    center = np.stack([x, y, x, y], axis=1) + 0.5
    boxes = center + np.array([-1, -1, 1, 1]) * _HALF_PX
    scores = pixels[y, x] / pixels.max() if len(y) else np.zeros(0)
    return Predictions.build("", boxes, scores)


def misbehave(behaviour: str, reporter: Reporter) -> None:
    """Do what that word says; "good" does nothing."""
    _DEEDS.get(behaviour, _nothing)(reporter)


def _nothing(reporter: Reporter) -> None:
    del reporter


def _raise(reporter: Reporter) -> None:
    raise RuntimeError("the flux capacitor is empty")


def _refuse(reporter: Reporter) -> None:
    raise BackendError("There are only 2 spines. Review more images.")


def _out_of_memory(reporter: Reporter) -> None:
    np.ones(1 << 58)


def _babble(reporter: Reporter) -> None:
    sys.stdout.write("loading weights ...\n")
    os.write(1, b"native library says hello\n" * 1000)
    os.system("echo child says hello")  # noqa: S605
    sys.stderr.write("warning\n" * 1000)


def _patient(reporter: Reporter) -> None:
    reporter.progress(1, 100, "Waiting")
    while True:
        reporter.check_cancelled()
        time.sleep(0.01)


def _deaf(reporter: Reporter) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    reporter.progress(1, 100, "Waiting")
    threading.Event().wait()


def _frozen(reporter: Reporter) -> None:
    """Hold the interpreter's lock, as a native loop does: no thread beats any more."""
    reporter.progress(1, 100, "Waiting")
    ctypes.PyDLL(None).sleep(600)


def _family(reporter: Reporter) -> None:
    """Leave a grandchild that holds all our pipes open."""
    grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    reporter.log(f"grandchild {grandchild.pid}")
    threading.Event().wait()


_DEEDS: Mapping[str, Callable[[Reporter], None]] = {
    "raise": _raise,
    "refuse": _refuse,
    "memory": _out_of_memory,
    "quit": lambda _: sys.exit(3),
    "exit": lambda _: os._exit(0),
    "segfault": lambda _: ctypes.string_at(0),
    "abort": lambda _: os.abort(),
    "killed": lambda _: os.kill(os.getpid(), signal.SIGKILL),
    "babble": _babble,
    "patient": _patient,
    "deaf": _deaf,
    "frozen": _frozen,
    "family": _family,
}
