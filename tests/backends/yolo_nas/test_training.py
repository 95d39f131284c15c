from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from spinegui.backends.base import CancelledError, CheckpointError, Frame
from spinegui.backends.yolo_nas import material, training
from spinegui.backends.yolo_nas.detector import YoloNasDetector
from spinegui.backends.yolo_nas.training import create
from spinegui.storage.training_set import from_coco
from spinegui.synthesis.image_file import write_image
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import STACK, TINY
from spinegui.synthesis.truth_file import coco_document
from tests.backends.detection import Silent

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.storage.training_values import TrainingSet

pytestmark = pytest.mark.logs_warning  # super-gradients logs what it misses

N_IMAGES = 4


class Listener(Silent):
    """Cancels, if it shall, as soon as a step was taken."""

    def __init__(self, *, cancels: bool = False) -> None:
        super().__init__()
        self.cancels = cancels

    def checkpoint(self, path: Path) -> None:
        assert path.exists()

    def check_cancelled(self) -> None:
        if self.cancels and self.stages and self.stages[-1].startswith("Epoch"):
            raise CancelledError


@pytest.fixture(scope="module")
def few_steps() -> Any:
    """Epochs of two steps of two crops, and little replay: what is tested does not need more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "_STEPS", (2, 2))
        patch.setattr(training, "_FRESH_BATCH", 2)
        patch.setattr(material, "_REPLAYED", 1)
        patch.setattr(material, "STACK", replace(STACK, width=128, height=96, n_z=6))
        yield


@pytest.fixture(scope="module")
def lessons(tmp_path_factory) -> TrainingSet:
    folder = tmp_path_factory.mktemp("lessons")
    images = [(f"{i}.tif", "train", make_image(i, TINY)) for i in range(N_IMAGES)]
    for name, _, image in images:
        write_image(folder / name, image)
    (folder / "truth.json").write_text(json.dumps(coco_document(images)))
    return from_coco(folder / "truth.json", folder)


def fit(base: Path | None, lessons: TrainingSet, folder: Path, **options: Any) -> Any:
    """Train for two epochs; return the trainer, its figures and what it told."""
    reporter = options.pop("reporter", None) or Listener()
    trainer = create(base, ("detector",), options.pop("settings", {}))
    for name in ("out", "checkpoint"):
        (folder / name).mkdir()
    figures = trainer.fit(
        lessons, out_dir=folder / "out", seed=0, epochs=2, reporter=reporter,
        checkpoint_dir=folder / "checkpoint", **options,
    )  # fmt: skip
    return trainer, figures, reporter


@pytest.fixture(scope="module")
def fresh(torch, few_steps, lessons, tmp_path_factory) -> Any:
    folder = tmp_path_factory.mktemp("fresh")
    return folder / "out", *fit(None, lessons, folder)


def shown() -> Frame:
    image = make_image(0, TINY)
    return Frame(image.pixels, image.pixel_size)


def test_that_a_fresh_network_is_trained_and_runs_without_the_framework(fresh):
    folder, trainer, figures, _ = fresh
    assert {p.name for p in folder.iterdir()} == {"detector.onnx", "detector.json", "scale.npz"}
    found = YoloNasDetector.load(folder).detect(shown(), min_score=0.0, reporter=Silent())
    assert len(found) > 0
    assert found.model == "out"
    assert (np.diff(found.scores) <= 0).all()
    assert np.isnan(found.z).all()
    assert figures["steps"] == 4
    assert figures["selection_spines"] > 0
    assert trainer.label_ids == ()


def test_that_the_detector_keeps_to_the_cut_and_says_the_same_again(fresh):
    detector = YoloNasDetector.load(fresh[0])
    found = detector.detect(shown(), min_score=0.0, reporter=Silent())
    cut = float(np.median(found.scores))
    some = detector.detect(shown(), min_score=cut, reporter=Silent())
    assert np.array_equal(some.scores, found.scores[found.scores >= cut])


def test_that_training_tells_what_it_did(fresh):
    _, trainer, _, reporter = fresh
    told = [(name, step) for name, _, step in reporter.metrics]
    assert told == [(n, k) for k in (1, 2) for n in ("loss", "validation F1")]
    assert any(line.startswith("Learns from") for line in reporter.lines)
    assert any(line.startswith("Chooses the best epoch on 1 others") for line in reporter.lines)
    made = trainer.provenance
    assert made.licence == ""
    assert made.settings["variant"] == "s"
    assert made.settings["pretrained"] == "none"
    assert made.settings["steps"] == 4
    json.dumps(made.settings)


def test_that_a_trained_network_is_trained_further_with_replay(fresh, few_steps, lessons, tmp_path):
    before, *_ = fresh
    trainer, figures, reporter = fit(before, lessons, tmp_path)
    assert figures["steps"] == 4
    share = trainer.provenance.settings["share"]
    assert f"Goes {share:.0%} of the way from the model before to the one trained on." in (
        reporter.lines
    )
    assert any(line.startswith("Replay: 25%") for line in reporter.lines)
    scores = [
        YoloNasDetector.load(folder).detect(shown(), min_score=0.0, reporter=Silent()).scores
        for folder in (before, tmp_path / "out")
    ]
    n = min(len(s) for s in scores)
    assert not np.allclose(scores[0][:n], scores[1][:n], rtol=1e-3)


def test_that_a_damaged_checkpoint_is_told_apart_from_other_errors(
    torch, few_steps, lessons, tmp_path
):
    (tmp_path / "old.safetensors").write_bytes(b"torn")
    with pytest.raises(CheckpointError, match=r"old\.safetensors cannot be continued from"):
        fit(None, lessons, tmp_path, resume=tmp_path / "old.safetensors")


def test_that_a_cancel_leaves_no_half_model(torch, few_steps, lessons, tmp_path):
    reporter = Listener(cancels=True)
    with pytest.raises(CancelledError):
        fit(None, lessons, tmp_path, reporter=reporter)
    assert "Epoch 1" in reporter.stages
    assert list((tmp_path / "out").iterdir()) == []
