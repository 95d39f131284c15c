from __future__ import annotations

import json

import numpy as np
import pytest
import tifffile

from spinegui.backends.base import Frame
from spinegui.backends.classical.class_features import frame_features, image_scale
from spinegui.backends.classical.classifier import ClassicalClassifier, load
from spinegui.domain.image_ref import PixelSize
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.storage.resources import resource
from spinegui.synthesis.scene import SyntheticImage, make_image
from spinegui.synthesis.settings import FRAME, STACK
from tests.support.shared_data import shared_data


@pytest.fixture(scope="module")
def shipped() -> ClassicalClassifier:
    return load(resource("models/classical"))


@pytest.fixture(scope="module")
def flat() -> SyntheticImage:
    return make_image(41, FRAME)


def boxes_of(image: SyntheticImage) -> np.ndarray:
    return np.array([spine.box.as_xyxy() for spine in image.visible])


def nowhere(n: int) -> np.ndarray:
    return np.full(n, np.nan)


def accuracy(classifier: ClassicalClassifier, p: np.ndarray, labels: list[str]) -> float:
    guess = np.array(classifier.label_ids)[p.argmax(axis=1)]
    return float((guess == np.array(labels)).mean())


def jittered(boxes: np.ndarray, share: float, seed: int = 0) -> np.ndarray:
    size = boxes[:, 2:] - boxes[:, :2]
    move = np.random.default_rng(seed).uniform(-share / 2, share / 2, (len(boxes), 4))
    return boxes + move * np.hstack([size, size])


def test_that_each_row_is_a_distribution_over_the_usual_classes(
    shipped: ClassicalClassifier, flat: SyntheticImage
) -> None:
    boxes = boxes_of(flat)[:6]
    p = shipped.classify(Frame(flat.pixels, flat.pixel_size), boxes, nowhere(6))
    assert shipped.label_ids == SPINE_CLASSES.ids
    assert p.shape == (6, 4)
    assert p.sum(axis=1) == pytest.approx(np.ones(6))
    assert (p >= 0).all()


def test_that_no_boxes_give_no_rows(shipped: ClassicalClassifier, flat: SyntheticImage) -> None:
    p = shipped.classify(Frame(flat.pixels, None), np.zeros((0, 4)), nowhere(0))
    assert p.shape == (0, 4)


def test_that_classes_of_synthetic_spines_are_told_apart(
    shipped: ClassicalClassifier, flat: SyntheticImage
) -> None:
    frame = Frame(flat.pixels, flat.pixel_size)
    boxes = boxes_of(flat)
    p = shipped.classify(frame, boxes, nowhere(len(boxes)))
    assert accuracy(shipped, p, [s.label for s in flat.visible]) > 0.65


def test_that_gain_and_offset_do_not_change_a_class(
    shipped: ClassicalClassifier, flat: SyntheticImage
) -> None:
    boxes = boxes_of(flat)[:8]
    other = flat.pixels.astype(np.uint16) * 37 + 500
    a = shipped.classify(Frame(flat.pixels, None), boxes, nowhere(8))
    b = shipped.classify(Frame(other, None), boxes, nowhere(8))
    assert a == pytest.approx(b, abs=0.02)


def test_that_a_stack_is_looked_at_in_the_spines_own_slices(shipped: ClassicalClassifier) -> None:
    stack = make_image(42, STACK)
    frame = Frame(stack.pixels, stack.pixel_size)
    boxes, z = boxes_of(stack), np.array([s.z for s in stack.visible])
    p = shipped.classify(frame, boxes, z)
    assert accuracy(shipped, p, [s.label for s in stack.visible]) > 0.65
    blank = stack.pixels.copy()
    blank[int(z[0]) + 6 :] = 0
    blank[: max(0, int(z[0]) - 5)] = 0
    alone = shipped.classify(Frame(blank, stack.pixel_size), boxes[:1], z[:1])
    assert alone == pytest.approx(p[:1], abs=1e-9)


def test_that_a_stack_without_depths_is_projected(shipped: ClassicalClassifier) -> None:
    stack = make_image(42, STACK)
    boxes = boxes_of(stack)[:3]
    whole = shipped.classify(Frame(stack.pixels, stack.pixel_size), boxes, nowhere(3))
    top = stack.pixels.max(axis=0, keepdims=True)
    assert whole == pytest.approx(shipped.classify(Frame(top, stack.pixel_size), boxes, nowhere(3)))


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_that_empty_or_broken_pixels_give_probabilities_all_the_same(
    shipped: ClassicalClassifier, value: float
) -> None:
    frame = Frame(np.full((1, 40, 40), value, np.float32), None)
    boxes = np.array([[-5.0, -5, 4, 4], [10, 10, 10.5, 30], [90, 90, 99, 99]])
    p = shipped.classify(frame, boxes, nowhere(3))
    assert np.isfinite(p).all()
    assert p.sum(axis=1) == pytest.approx(np.ones(3))


def test_that_a_known_pixel_size_decides_the_scale() -> None:
    boxes = np.array([[0.0, 0, 10, 10], [0, 0, 20, 20], [0, 0, 12, 12]])
    assert image_scale(boxes, 0.1) == pytest.approx(7.5)
    assert image_scale(boxes, None) == pytest.approx(9.6)


def test_that_sizes_are_relative_to_the_scale(flat: SyntheticImage) -> None:
    boxes = boxes_of(flat)[:4]
    fine = np.repeat(np.repeat(flat.pixels, 2, axis=1), 2, axis=2)
    size = PixelSize(FRAME.pixel_um / 2, FRAME.pixel_um / 2, None, "test")
    a = frame_features(Frame(flat.pixels, flat.pixel_size), boxes, nowhere(4))
    b = frame_features(Frame(fine, size), boxes * 2, nowhere(4))
    # Lengths and areas, on a logarithmic scale: at most a patch pixel apart.
    assert np.median(np.abs(a[:, :7] - b[:, :7])) < 0.15


def _meng_val() -> list[tuple[Frame, np.ndarray, list[str]]]:
    folder = shared_data("meng_classes")
    found = json.loads((folder / "val.json").read_text())
    names = {c["id"]: c["name"] for c in found["categories"]}
    images = []
    for image in found["images"]:
        spines = [a for a in found["annotations"] if a["image_id"] == image["id"]]
        boxes = np.array([a["bbox"] for a in spines], np.float64).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        pixels = tifffile.imread(folder / image["file_name"])[None]
        images.append((Frame(pixels, None), boxes, [names[a["category_id"]] for a in spines]))
    return images


@pytest.mark.parametrize("share", [0.0, 0.15])
def test_that_people_and_model_agree_on_held_out_spines(
    shipped: ClassicalClassifier, share: float
) -> None:
    guesses, labels = [], []
    for frame, boxes, named in _meng_val():
        p = shipped.classify(frame, jittered(boxes, share), nowhere(len(boxes)))
        kept = [i for i, label in enumerate(named) if label in shipped.label_ids]
        guesses.append(p[kept])
        labels += [named[i] for i in kept]
    assert len(labels) == 101
    assert accuracy(shipped, np.concatenate(guesses), labels) >= 0.80
