from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

from spinegui.backends.base import BackendError, CancelledError
from spinegui.backends.classical.detector import ClassicalDetector
from spinegui.backends.classical.detector_training import decisions_on, refit_detector
from spinegui.backends.classical.logistic import Logistic, fit_map
from spinegui.backends.classical.parameters import DetectorParameters
from spinegui.backends.classical.training import create
from spinegui.domain.annotation import ReviewedRegion
from spinegui.domain.geometry import Box
from spinegui.storage.training_values import (
    LabelledBox,
    RejectedBox,
    TrainingImage,
    TrainingSet,
)
from spinegui.synthesis.scene import make_image
from tests.backends.detection import SMALL, Silent, f1, frame_of, scene, shipped

if TYPE_CHECKING:
    from spinegui.backends.classical.detector_training import Decisions
    from spinegui.synthesis.scene import SyntheticImage

BOUTONS = replace(SMALL, n_axons=14, n_blobs=25)
"""A field full of axons: their boutons look much like spines."""


def reviewed(image: SyntheticImage, file: Path, **changes: object) -> TrainingImage:
    spines = tuple(LabelledBox(s.box, head=s.head) for s in image.visible)
    whole = TrainingImage(
        file, file.name, stack=False, pixel_size=image.pixel_size, positives=spines
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def found_by(detector: ClassicalDetector, images: list[SyntheticImage]) -> tuple[float, float]:
    """F1 and the count's relative error at the 0.5 cut."""
    found = [detector.detect(frame_of(i), min_score=0.5, reporter=Silent()) for i in images]
    spines = sum(len(i.visible) for i in images)
    return f1(images, found), abs(sum(len(p) for p in found) / spines - 1)


def test_that_corrections_help_in_a_new_field_and_do_no_harm_in_the_old(tmp_path: Path) -> None:
    taught = [make_image(seed, BOUTONS) for seed in (500, 501, 502)]
    decisions = [
        decisions_on(shipped(), frame_of(image), reviewed(image, tmp_path / f"{k}"))
        for k, image in enumerate(taught)
    ]
    after = ClassicalDetector(refit_detector(shipped().parameters, decisions), "after")
    new = [make_image(seed, BOUTONS) for seed in (503, 504, 505, 506)]
    score_before, error_before = found_by(shipped(), new)
    score_after, error_after = found_by(after, new)
    assert score_after > score_before
    assert error_after < 0.7 * error_before
    old = [scene(seed) for seed in range(3)]
    assert found_by(after, old)[0] > found_by(shipped(), old)[0] - 0.05


def test_that_only_what_was_looked_at_teaches(tmp_path: Path) -> None:
    image = scene(0)
    file = tmp_path / "a.tif"
    whole = decisions_on(shipped(), frame_of(image), reviewed(image, file))
    spines_only = decisions_on(
        shipped(), frame_of(image), reviewed(image, file, reviewed_regions=())
    )
    left = ReviewedRegion("r", "i", Box(0, 0, 160, 320))
    half = decisions_on(shipped(), frame_of(image), reviewed(image, file, reviewed_regions=(left,)))
    assert spines_only.targets.all()
    assert len(spines_only) <= len(image.visible)
    assert len(spines_only) < len(half) < len(whole)
    assert 0.75 * len(image.visible) <= whole.targets.sum() <= len(image.visible)
    roi = np.zeros(image.pixels.shape[1:], bool)
    assert len(decisions_on(shipped(), frame_of(image), reviewed(image, file), roi)) < len(whole)


def test_that_a_rejected_detection_is_a_negative_wherever_it_lies(tmp_path: Path) -> None:
    image = scene(0)
    found = shipped().detect(frame_of(image), min_score=0.5, reporter=Silent())
    box = found.detection(0, image_id="a", detection_id="b").box
    rejected = TrainingImage(
        tmp_path / "a.tif", "a", stack=False, pixel_size=image.pixel_size,
        negatives=(RejectedBox(box),), reviewed_regions=(),
    )  # fmt: skip
    decisions = decisions_on(shipped(), frame_of(image), rejected)
    assert len(decisions) >= 1
    assert not decisions.targets.any()


def picked(kind: str) -> list[Decisions]:
    """What a person teaches who decides on some detections and reviews no image."""
    decisions = []
    for seed in range(3):
        image = scene(seed)
        found = shipped().detect(frame_of(image), min_score=0.5, reporter=Silent())
        boxes = [Box(*map(float, row)) for row in found.boxes]
        hits = [b for b in boxes if any(s.box.contains(*b.center) for s in image.visible)]
        chosen = hits if kind == "accepted" else [b for b in boxes if b not in hits] or boxes[:3]
        spines = tuple(LabelledBox(b) for b in chosen)
        others = tuple(RejectedBox(b) for b in chosen)
        taught = TrainingImage(
            Path("a.tif"), "a", stack=False, pixel_size=image.pixel_size, reviewed_regions=(),
            positives=spines if kind == "accepted" else (),
            negatives=others if kind == "rejected" else (),
        )  # fmt: skip
        decisions.append(decisions_on(shipped(), frame_of(image), taught))
    return decisions


@pytest.mark.parametrize("kind", ["accepted", "rejected"])
def test_that_picked_decisions_do_not_teach_how_common_spines_are(kind: str) -> None:
    decisions = picked(kind)
    assert not any(d.is_sampled.any() for d in decisions)
    before = shipped().parameters
    after = refit_detector(before, decisions)
    counts = []
    for parameters in (before, after):
        logits = [parameters.plane.final.logits(d.open_inputs) for d in decisions]
        counts.append(sum(int((x > 0).sum()) for x in logits) + 1)
    assert 0.5 < counts[1] / counts[0] < 2.0


def test_that_a_missed_spine_is_measured_where_it_was_drawn(tmp_path: Path) -> None:
    image = scene(0)
    nowhere = TrainingImage(
        tmp_path / "a.tif", "a", stack=False, pixel_size=image.pixel_size, reviewed_regions=(),
        positives=(LabelledBox(Box(3, 3, 13, 13)),),
    )  # fmt: skip
    assert decisions_on(shipped(), frame_of(image), nowhere).targets.tolist() == [1.0]


def test_that_stacks_and_planes_learn_apart(tmp_path: Path) -> None:
    image = scene(0, stack=True)
    spines = tuple(LabelledBox(s.box, z=s.z, head=s.head) for s in image.visible)
    stack = TrainingImage(tmp_path / "a", "a", True, image.pixel_size, positives=spines)
    after = refit_detector(shipped().parameters, [decisions_on(shipped(), frame_of(image), stack)])
    assert after.plane is shipped().parameters.plane
    assert not np.array_equal(after.stack.final.weights, shipped().parameters.stack.final.weights)


def written(image: SyntheticImage, folder: Path, name: str) -> TrainingImage:
    tifffile.imwrite(folder / name, image.pixels[0])
    return reviewed(image, folder / name)


def test_that_the_trainer_writes_a_detector_that_loads(tmp_path: Path) -> None:
    training = TrainingSet((written(scene(0), tmp_path, "a.tif"),))
    out = tmp_path / "model"
    out.mkdir()
    reporter = Silent()
    trainer = create(None, ("detector",), {})
    figures = trainer.fit(training, out_dir=out, seed=0, epochs=None, reporter=reporter)
    assert trainer.label_ids == ()
    assert figures["detector_loss_after"] < figures["detector_loss_before"]
    assert [name for name, _, _ in reporter.metrics] == ["loss", "loss"]
    assert [path.name for path in out.iterdir()] == ["detector.npz"]
    ClassicalDetector.load(out).detect(frame_of(scene(0)), min_score=0.5, reporter=reporter)


def trained(base: Path | None, training: TrainingSet, out: Path) -> DetectorParameters:
    out.mkdir()
    create(base, ("detector",), {}).fit(
        training, out_dir=out, seed=0, epochs=None, reporter=Silent()
    )
    return DetectorParameters.load(out / "detector.npz")


def test_that_a_decision_counts_once_however_often_it_is_trained_on(tmp_path: Path) -> None:
    images = tuple(written(scene(k), tmp_path, f"{k}.tif") for k in range(2))
    first = trained(None, TrainingSet(images[:1]), tmp_path / "first")
    again = trained(tmp_path / "first", TrainingSet(images[:1]), tmp_path / "again")
    both = trained(tmp_path / "first", TrainingSet(images), tmp_path / "both")
    at_once = trained(None, TrainingSet(images), tmp_path / "at once")
    np.testing.assert_allclose(again.plane.final.weights, first.plane.final.weights)
    np.testing.assert_allclose(both.plane.final.weights, at_once.plane.final.weights)
    # What was learned elsewhere is not forgotten for images that are new.
    other = trained(tmp_path / "first", TrainingSet(images[1:]), tmp_path / "other")
    assert other.start is not None
    np.testing.assert_allclose(other.start.plane.final.weights, first.plane.final.weights)


def test_that_few_images_are_believed_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    decisions, before = picked("accepted"), shipped().parameters
    after = refit_detector(before, decisions).plane.final
    monkeypatch.setattr("spinegui.backends.classical.detector_training.TRUSTED_AFTER", 0.0)
    whole = refit_detector(before, decisions).plane.final
    was = before.plane.final
    np.testing.assert_allclose(after.weights - was.weights, 3 / 7 * (whole.weights - was.weights))


def test_that_stopping_early_learns_from_what_was_measured(tmp_path: Path) -> None:
    class Hurried(Silent):
        def should_stop_early(self) -> bool:
            return True

    training = TrainingSet(
        (written(scene(0), tmp_path, "a.tif"), written(scene(1), tmp_path, "b.tif"))
    )
    reporter = Hurried()
    create(None, ("detector",), {}).fit(
        training, out_dir=tmp_path, seed=0, epochs=None, reporter=reporter
    )
    assert reporter.lines == ["Stopped early: learning from 1 of 2 images."]
    assert (tmp_path / "detector.npz").exists()


def test_that_a_cancelled_training_leaves_nothing(tmp_path: Path) -> None:
    class Cancelled(Silent):
        def check_cancelled(self) -> None:
            raise CancelledError

    out = tmp_path / "model"
    out.mkdir()
    training = TrainingSet((written(scene(0), tmp_path, "a.tif"),))
    with pytest.raises(CancelledError):
        create(None, ("detector",), {}).fit(
            training, out_dir=out, seed=0, epochs=None, reporter=Cancelled()
        )
    assert not list(out.iterdir())


def test_that_nothing_reviewed_teaches_nothing(tmp_path: Path) -> None:
    image = TrainingImage(tmp_path / "a", "a", False, None, reviewed_regions=())
    with pytest.raises(BackendError, match="was reviewed"):
        create(None, ("detector",), {}).fit(
            TrainingSet((image,)), out_dir=tmp_path, seed=0, epochs=None, reporter=Silent()
        )


def test_that_a_firm_prior_stays_and_a_loose_one_gives_way() -> None:
    draw = np.random.default_rng(0)
    x = draw.normal(size=(200, 3))
    y = (x @ [2.0, -1.0, 0.0] + 0.5 > draw.logistic(size=200)).astype(float)
    prior = Logistic(np.array([0.0, 0.0, 3.0]), -1.0)
    firm = fit_map(x, y, prior=prior, precision=np.full(4, 1e9))
    assert np.allclose(firm.weights, prior.weights, atol=1e-4)
    loose = fit_map(x, y, prior=prior, precision=np.full(4, 1e-9))
    assert loose.weights == pytest.approx([2.0, -1.0, 0.0], abs=0.9)
    assert loose.scores(x).mean() == pytest.approx(y.mean(), abs=1e-4)
    assert np.allclose(prior.rescaled(2.0, 1.0).logits(x), 2 * prior.logits(x) + 1)
