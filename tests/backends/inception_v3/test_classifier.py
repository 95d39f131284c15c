"""The shipped classifier on onnxruntime, without a framework."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from spinegui.backends.base import BackendError, Frame
from spinegui.backends.inception_v3.classifier import (
    BATCH,
    FEATURES,
    INPUT,
    PROBABILITIES,
    InceptionClassifier,
)
from spinegui.backends.inception_v3.crops import frame_crops
from spinegui.backends.inception_v3.examples import Replay
from spinegui.backends.inception_v3.weights import NETWORK, Description
from spinegui.domain.image_ref import PixelSize
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.storage.model_manifest import read_manifest
from spinegui.storage.resources import resource
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import STACK, TINY
from tests.backends.inception_v3.material import PX_UM, box, dots

if TYPE_CHECKING:
    from pathlib import Path

FRAME = Frame(dots((80, 80, 5), (40, 100, 3))[None], PixelSize(PX_UM, PX_UM, None, "user"))
BOXES = np.stack([box(80, 80, 6), box(40, 100, 4)])
NO_Z = np.full(2, np.nan)


@pytest.fixture(scope="module")
def folder() -> Path:
    return resource("models/inception-v3")


@pytest.fixture(scope="module")
def classifier(folder: Path) -> InceptionClassifier:
    return InceptionClassifier.load(folder)


def test_that_the_shipped_model_is_what_its_manifest_says(folder: Path) -> None:
    manifest = read_manifest(folder, verify=True)
    assert manifest.backend == "inception_v3"
    assert manifest.roles == ("classifier",)
    assert manifest.label_ids == SPINE_CLASSES.ids
    assert manifest.trained_on
    assert manifest.licence
    assert (folder / NETWORK).stat().st_size < 48_000_000


def test_that_it_gives_probabilities_of_the_four_classes(classifier: InceptionClassifier) -> None:
    found = classifier.classify(FRAME, BOXES, NO_Z)
    assert classifier.label_ids == SPINE_CLASSES.ids
    assert found.shape == (2, 4)
    assert found.min() > 0
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)
    assert classifier.classify(FRAME, BOXES[:0], NO_Z[:0]).shape == (0, 4)


def test_that_an_answer_depends_on_its_own_box_only(classifier: InceptionClassifier) -> None:
    alone = [classifier.classify(FRAME, one[None], NO_Z[:1])[0] for one in BOXES]
    many = classifier.classify(
        FRAME, np.tile(BOXES, (BATCH, 1))[: BATCH + 3], np.full(BATCH + 3, np.nan)
    )
    np.testing.assert_allclose(many, np.resize(alone, many.shape), atol=1e-4)


def test_that_a_brighter_16_bit_image_gives_the_same_answer(
    classifier: InceptionClassifier,
) -> None:
    usual = classifier.classify(FRAME, BOXES, NO_Z)
    bright = Frame((FRAME.pixels * 200 + 5000).astype(np.uint16), FRAME.pixel_size)
    np.testing.assert_allclose(classifier.classify(bright, BOXES, NO_Z), usual, atol=0.02)


@pytest.mark.slow
def test_that_it_tells_the_classes_of_synthetic_spines_it_never_saw(
    classifier: InceptionClassifier,
) -> None:
    hits = []
    for seed, scene in ((70001, TINY), (70002, TINY), (70003, TINY), (70004, STACK)):
        image = make_image(seed, scene)
        z = np.array([s.z if scene.is_stack else np.nan for s in image.visible])
        boxes = np.array([s.box.as_xyxy() for s in image.visible])
        found = classifier.classify(Frame(image.pixels, image.pixel_size), boxes, z)
        labels = [classifier.label_ids[k] for k in found.argmax(axis=1)]
        hits += [a == s.label for a, s in zip(labels, image.visible, strict=True)]
    assert len(hits) > 30
    assert np.mean(hits) > 0.65


def test_that_features_and_probabilities_of_the_file_agree_with_its_replay(
    classifier: InceptionClassifier, folder: Path
) -> None:
    crops = frame_crops(FRAME, BOXES, NO_Z, classifier.description.geometry)
    probabilities, features = classifier.session.run([PROBABILITIES, FEATURES], {INPUT: crops})
    replay = Replay.load(folder)
    assert replay is not None
    assert len(replay) > 300
    assert replay.label_ids == classifier.label_ids
    assert replay.base_sha256 == classifier.description.hub_sha256
    assert features.shape[1] == replay.features.shape[1] == 2048
    assert probabilities.shape == (2, 4)


def test_that_a_model_whose_parts_do_not_fit_is_told(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / NETWORK, tmp_path)
    Description(("thin", "stubby")).save(tmp_path)
    with pytest.raises(BackendError, match="4 classes apart and its description names 2"):
        InceptionClassifier.load(tmp_path)
    (tmp_path / NETWORK).write_bytes(b"nothing")
    with pytest.raises(BackendError, match="cannot be opened"):
        InceptionClassifier.load(tmp_path)
