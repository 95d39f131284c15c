"""The shipped base, unpacked for TensorFlow and written again for onnxruntime."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from spinegui.backends.base import BackendError
from spinegui.backends.inception_v3 import export
from spinegui.backends.inception_v3.base import saved_model, weights_sha256
from spinegui.backends.inception_v3.classifier import FEATURES, INPUT, InceptionClassifier
from spinegui.backends.inception_v3.model import build_model, head_of
from spinegui.backends.inception_v3.settings import Settings
from spinegui.backends.inception_v3.training import InceptionTrainer, create
from spinegui.backends.inception_v3.weights import NETWORK, Description
from spinegui.storage.resources import resource
from tests.backends.inception_v3.material import Listener, frameworks, training_set, two_cpus

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.logs_warning,
    pytest.mark.slow,
    pytest.mark.timeout(600),
]

LABELS = ("mushroom", "thin", "stubby")


@pytest.fixture(scope="module")
def shipped() -> Path:
    two_cpus()
    frameworks()
    pytest.importorskip("onnx", reason="training needs onnx")
    return resource("models/inception-v3")


@pytest.fixture(scope="module")
def unpacked(shipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    weights, _ = export.read_weights(shipped / NETWORK)
    return saved_model(weights, cache=tmp_path_factory.mktemp("cache"))


def test_that_the_saved_model_has_the_features_of_the_network_file(
    shipped: Path, unpacked: Path
) -> None:
    crops = np.random.default_rng(1).random((3, 224, 224, 3)).astype(np.float32)
    (expected,) = InceptionClassifier.load(shipped).session.run([FEATURES], {INPUT: crops})
    layer = build_model(str(unpacked), 4).layers[0]
    assert not layer.trainable_weights
    assert len(layer.weights) == 188
    np.testing.assert_allclose(np.asarray(layer(crops)), expected, atol=1e-4)


def test_that_a_head_trained_in_tensorflow_answers_the_same_in_onnxruntime(
    shipped: Path, unpacked: Path, tmp_path: Path
) -> None:
    from spinegui.backends.inception_v3.head import head_weights

    model = build_model(str(unpacked), 5)
    head = head_weights(head_of(model, 2048))
    weights, _ = export.read_weights(shipped / NETWORK)
    export.write_classifier(tmp_path / NETWORK, weights, head, temperature=1.0, size_px=224)
    Description(tuple("abcde")).save(tmp_path)
    crops = np.random.default_rng(2).random((3, 224, 224, 3)).astype(np.float32)
    found = InceptionClassifier.load(tmp_path).probabilities(crops)
    np.testing.assert_allclose(found, model.predict(crops, verbose=0), atol=2e-3)


def test_that_unpacking_twice_writes_once_and_leaves_no_part(shipped: Path, tmp_path: Path) -> None:
    weights, _ = export.read_weights(shipped / NETWORK)
    assert weights_sha256(weights) == Description.load(shipped).hub_sha256
    first = saved_model(weights, cache=tmp_path)
    written = (first / "saved_model.pb").stat().st_mtime_ns
    assert saved_model(weights, cache=tmp_path) == first
    assert (first / "saved_model.pb").stat().st_mtime_ns == written
    assert [path.name for path in first.parent.iterdir()] == [first.name]


def test_that_retraining_the_shipped_model_keeps_its_base_and_its_classes(
    shipped: Path, tmp_path: Path
) -> None:
    out, listener = tmp_path / "out", Listener()
    out.mkdir()
    trainer = create(None, ("classifier",))
    assert isinstance(trainer, InceptionTrainer)
    training = training_set(tmp_path, LABELS, n_images=2, each=2)
    trainer.fit(training, out_dir=out, seed=1, epochs=3, reporter=listener)
    assert trainer.label_ids == Description.load(shipped).label_ids
    assert trainer.provenance.trained_on
    before, _ = export.read_weights(shipped / NETWORK)
    after, _ = export.read_weights(out / NETWORK)
    assert weights_sha256(before) == weights_sha256(after)
    assert any("Replay of the earlier training" in text and "0 spines" not in text
               for text in listener.said)  # fmt: skip


def test_that_a_network_without_our_base_cannot_be_continued(shipped: Path, tmp_path: Path) -> None:
    from spinegui.storage.model_manifest import ModelManifest, seal_model

    (tmp_path / NETWORK).write_bytes(b"nothing")
    Description(LABELS).save(tmp_path)
    seal_model(tmp_path, ModelManifest("x", "inception_v3", ("classifier",), LABELS))
    trainer = InceptionTrainer(tmp_path, Settings())
    (tmp_path / "images").mkdir()
    training = training_set(tmp_path / "images", LABELS)
    with pytest.raises(BackendError, match="does not hold a base to train on"):
        trainer.fit(training, out_dir=tmp_path, seed=1, epochs=1, reporter=Listener())


def test_that_a_second_stage_changes_only_the_bases_last_layers(
    shipped: Path, tmp_path: Path
) -> None:
    out, listener = tmp_path / "out", Listener()
    out.mkdir()
    training = training_set(tmp_path, LABELS, n_images=2, each=1)
    trainer = InceptionTrainer(shipped, Settings(unfreeze=2))
    trainer.fit(training, out_dir=out, seed=1, epochs=1, reporter=listener)
    before, _ = export.read_weights(shipped / NETWORK)
    after, _ = export.read_weights(out / NETWORK)
    changed = [
        i
        for i, (a, b) in enumerate(zip(before.kernels, after.kernels, strict=True))
        if not np.array_equal(a, b)
    ]
    assert changed == [92, 93]
    assert weights_sha256(after) == Description.load(out).hub_sha256
    assert listener.curve("second stage loss")
    crops = np.random.default_rng(2).random((2, 224, 224, 3)).astype(np.float32)
    found = InceptionClassifier.load(out).probabilities(crops)
    np.testing.assert_allclose(found.sum(axis=1), 1)
