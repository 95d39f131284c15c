"""Needs TensorFlow, which runs here on two logical CPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from spinegui.backends.base import BackendError, CancelledError, Frame
from spinegui.backends.inception_v3.classifier import InceptionClassifier
from spinegui.backends.inception_v3.examples import Replay
from spinegui.backends.inception_v3.model import build_model, mirrored
from spinegui.backends.inception_v3.settings import HUB, PUBLIC_HUB, Settings
from spinegui.backends.inception_v3.training import InceptionTrainer, create
from spinegui.backends.inception_v3.weights import NETWORK, Description
from spinegui.domain.detection import Vote
from spinegui.domain.image_ref import PixelSize
from spinegui.imaging.opening import open_image
from spinegui.storage.training_values import LabelledBox, TrainingImage, TrainingSet
from tests.backends.inception_v3.material import (
    N_FEATURES,
    PX_UM,
    Listener,
    frameworks,
    parent_model,
    spines_in,
    tiny_hub,
    training_set,
    trusting,
    two_cpus,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.logs_warning]

LABELS = ("mushroom", "thin", "stubby")
TWO_CPUS = ("CPU:0", "CPU:1")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    two_cpus()
    frameworks()
    return tiny_hub(tmp_path_factory.mktemp("hub") / "tiny")


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    return parent_model(tmp_path / "parent", LABELS)


def fitted(
    parent: Path, hub: Path, training: TrainingSet, out: Path, **how: Any
) -> tuple[InceptionTrainer, Listener, dict[str, float]]:
    out.mkdir()
    listener = how.pop("listener", None) or Listener()
    trainer = InceptionTrainer(parent, trusting(hub), how.pop("strategy", None))
    how = {"seed": 1, "epochs": 6, **how}
    figures = trainer.fit(training, out_dir=out, reporter=listener, **how)
    return trainer, listener, dict(figures)


def two_replicas() -> Any:
    frameworks()
    return mirrored(TWO_CPUS)


def test_that_the_model_is_the_missions_and_trains_on_two_mirrored_devices(hub: Path) -> None:
    strategy = two_replicas()
    model = build_model(str(hub), 4, strategy=strategy)
    assert strategy.num_replicas_in_sync == 2
    assert [type(layer).__name__ for layer in model.layers] == [
        "KerasLayer", "Dense", "Dropout", "Dense",
    ]  # fmt: skip
    base, hidden, _, out = model.layers
    assert model.input_shape == (None, 224, 224, 3)
    assert not base.trainable
    assert (hidden.units, hidden.activation.__name__) == (1024, "relu")
    assert (out.units, out.activation.__name__) == (4, "softmax")
    assert type(model.optimizer).__name__ == "Adam"
    assert type(model.loss).__name__ == "CategoricalCrossentropy"
    frozen = [np.array(w) for w in base.weights]
    crops = np.random.default_rng(0).random((8, 224, 224, 3)).astype(np.float32)
    before = np.array(hidden.kernel)
    model.fit(crops, np.eye(4, dtype=np.float32)[[0, 1, 2, 3] * 2], batch_size=4, verbose=0)
    for old, new in zip(frozen, base.weights, strict=True):
        np.testing.assert_array_equal(old, np.array(new))
    assert np.abs(np.array(hidden.kernel) - before).max() > 0


def test_that_a_model_learns_and_runs_without_tensorflow(
    hub: Path, parent: Path, tmp_path: Path
) -> None:
    training = training_set(tmp_path, LABELS, n_images=6)
    out = tmp_path / "out"
    trainer, listener, figures = fitted(
        parent, hub, training, out, epochs=60, strategy=two_replicas()
    )
    assert trainer.label_ids == LABELS
    assert trainer.provenance.settings["hub"] == str(hub)
    assert trainer.provenance.licence == "MIT"
    assert figures["classifier_agreement"] > 0.9
    said = " ".join(listener.said)
    for word in ("No GPU: about", "2 replica", "choose the best epoch", "imbalance", "Replay"):
        assert word in said
    losses = listener.curve("loss")
    assert losses[-1] < losses[0]
    assert listener.curve("validation F1")
    assert listener.curve("F1 thin")
    image = training.images[0]
    classifier = InceptionClassifier.load(out)
    with open_image(image.file) as source:
        frame = Frame(source.volume(), image.pixel_size)
    boxes = np.array([p.box.as_xyxy() for p in image.positives])
    found = classifier.classify(frame, boxes, np.full(len(boxes), np.nan))
    truth = [LABELS.index(p.label or "") for p in image.positives]
    assert (found.argmax(axis=1) == truth).mean() > 0.8


def test_that_onnxruntime_answers_as_tensorflow_does(
    hub: Path, parent: Path, tmp_path: Path
) -> None:
    from spinegui.backends.inception_v3 import export

    model = build_model(str(hub), 5)
    crops = np.random.default_rng(3).random((6, 224, 224, 3)).astype(np.float32)
    export.convert_classifier(tmp_path / NETWORK, model, temperature=1.7, size_px=224)
    Description(tuple("abcde")).save(tmp_path)
    found = InceptionClassifier.load(tmp_path).probabilities(crops)
    logits = np.log(model.predict(crops, verbose=0).astype(np.float64)) / 1.7
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_that_one_seed_gives_one_curve_and_one_model(
    hub: Path, parent: Path, tmp_path: Path
) -> None:
    training = training_set(tmp_path, LABELS)
    first = fitted(parent, hub, training, tmp_path / "first")
    second = fitted(parent, hub, training, tmp_path / "second")
    other = fitted(parent, hub, training, tmp_path / "other", seed=2)
    assert first[1].metrics == second[1].metrics
    assert first[1].metrics != other[1].metrics
    crops = np.random.default_rng(3).random((3, 224, 224, 3)).astype(np.float32)
    answers = [
        InceptionClassifier.load(tmp_path / name).probabilities(crops)
        for name in ("first", "second")
    ]
    np.testing.assert_array_equal(*answers)


def test_that_more_classes_than_four_and_votes_that_differ_are_learned(
    hub: Path, parent: Path, tmp_path: Path
) -> None:
    labels = [*LABELS, "branched", "atypical", "ball"]
    images = spines_in(tmp_path, labels, n_images=3, each=1)
    torn = tuple(
        LabelledBox(
            p.box, votes=tuple(Vote(f"r{i}", x, "") for i, x in enumerate(("thin", "ball")))
        )
        if p.label == "thin"
        else p
        for p in images[0].positives
    )
    first = TrainingImage(
        images[0].file, images[0].sha256, stack=False, positives=torn,
        pixel_size=PixelSize(PX_UM, PX_UM, None, "user"), group="torn",
    )  # fmt: skip
    trainer, _, _ = fitted(
        parent, hub, TrainingSet((first, *images[1:])), tmp_path / "out", epochs=2
    )
    assert trainer.label_ids == (*LABELS, "atypical", "ball", "branched")
    assert InceptionClassifier.load(tmp_path / "out").label_ids == trainer.label_ids
    replay = Replay.load(tmp_path / "out")
    assert replay is not None
    assert replay.features.shape == (18, N_FEATURES)
    np.testing.assert_allclose(replay.opinions[1], [0, 0.5, 0, 0, 0.5, 0])


def test_that_a_second_training_replays_the_first(hub: Path, parent: Path, tmp_path: Path) -> None:
    from spinegui.storage.model_manifest import ModelManifest, seal_model

    _, before, _ = fitted(parent, hub, training_set(tmp_path, LABELS), tmp_path / "first")
    seal_model(tmp_path / "first", ModelManifest("first", "inception_v3", ("classifier",), LABELS))
    _, after, figures = fitted(
        tmp_path / "first", hub, training_set(tmp_path, LABELS), tmp_path / "second"
    )
    assert "Replay of the earlier training: 0 spines" in " ".join(before.said)
    assert "Replay of the earlier training: 24 spines" in " ".join(after.said)
    assert figures["replay_share"] > 0.5


@pytest.mark.parametrize("stage", ["Looking at spines", "Training the head"])
def test_that_a_cancelled_training_leaves_nothing(
    hub: Path, parent: Path, tmp_path: Path, stage: str
) -> None:
    training = training_set(tmp_path, LABELS)
    with pytest.raises(CancelledError):
        fitted(parent, hub, training, tmp_path / "out", listener=Listener(cancel_at=stage))
    assert list((tmp_path / "out").iterdir()) == []


def test_that_stopping_early_keeps_what_was_learned(
    hub: Path, parent: Path, tmp_path: Path
) -> None:
    listener = Listener(stop_at="Training the head")
    fitted(parent, hub, training_set(tmp_path, LABELS), tmp_path / "out", listener=listener)
    assert len(listener.curve("loss")) == 1
    assert InceptionClassifier.load(tmp_path / "out").label_ids == LABELS


def test_that_an_interrupted_training_goes_on_and_ends_the_same(
    hub: Path, parent: Path, tmp_path: Path
) -> None:
    training = training_set(tmp_path, LABELS, n_images=12)
    whole, kept = Listener(), tmp_path / "checkpoint"
    kept.mkdir()
    fitted(parent, hub, training, tmp_path / "out", listener=whole, checkpoint_dir=kept)
    (path, *_) = whole.checkpoints
    again = Listener()
    fitted(parent, hub, training, tmp_path / "again", listener=again, resume=path)
    assert "Going on after 64 of 72 spines." in again.said
    assert again.metrics == whole.metrics


def test_that_too_few_labelled_spines_are_told(hub: Path, parent: Path, tmp_path: Path) -> None:
    training = training_set(tmp_path, LABELS[:1], n_images=1)
    with pytest.raises(BackendError, match=r"Only 2 spines .* Give at least 6 spines a class"):
        fitted(parent, hub, training, tmp_path / "out")


def test_that_a_foreign_base_is_not_run_untrusted(hub: Path, parent: Path, tmp_path: Path) -> None:
    trainer = InceptionTrainer(parent, Settings(str(hub)))
    with pytest.raises(BackendError, match="you have not said that you trust it"):
        trainer.fit(
            training_set(tmp_path, LABELS), out_dir=tmp_path, seed=1, epochs=1, reporter=Listener()
        )


def test_that_without_the_internet_both_ways_out_are_named(
    hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(BackendError, match="offline") as told:
        build_model(PUBLIC_HUB, 4)
    assert "Connect it and train again" in str(told.value)
    assert f"set {HUB} to a SavedModel folder" in str(told.value)


def test_that_it_trains_no_detector(parent: Path) -> None:
    with pytest.raises(BackendError, match="finds none"):
        create(parent, ("detector",))
