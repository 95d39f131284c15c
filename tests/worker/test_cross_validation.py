"""Measuring a training where no image is held out, through a real worker."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from spinegui.domain.annotation import ReviewedRegion
from spinegui.domain.geometry import Box
from spinegui.jobs.events import Cancelled, Checkpoint, Done, LogLine, Metric, Progress
from spinegui.jobs.results import load_predictions
from spinegui.storage.model_manifest import read_manifest
from spinegui.storage.training_set import TrainingSet, read_training_set
from tests.support.trainings import train_job, training_set
from tests.support.workshop import PATIENCE_S, Heard, Workshop

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.engine.local import LocalEngine


@pytest.fixture(scope="module")
def engine(workshop: Workshop) -> LocalEngine:
    return workshop.engine()


def measured(folder: Path) -> dict[str, Any]:
    metrics = json.loads((folder / "result" / "metrics.json").read_text(encoding="utf-8"))
    assert read_manifest(folder / "result" / "model").metrics == metrics
    return metrics["validation"]


def trained_on(heard: Heard) -> list[set[str]]:
    """The images of each training, the one of the new model first."""
    lines = [e.text.split() for e in heard.events if isinstance(e, LogLine)]
    return [set(words[2:]) for words in lines if words[:2] == ["trains", "on"]]


def names_in(folder: Path, workshop: Workshop) -> list[str]:
    found = read_training_set(folder / "result" / "measured_set.json", workshop.folder)
    return [image.file.name for image in found.images]


def is_unmeasured(folder: Path) -> bool:
    return not {f.name for f in (folder / "result").iterdir()} - {"model", "metrics.json"}


def test_that_every_image_is_measured_once_and_never_by_a_model_that_saw_it(
    engine: LocalEngine, workshop: Workshop
) -> None:
    names = {f"cv-{letter}.tif" for letter in "abcde"}
    training = training_set(workshop, *sorted(names))
    folder = train_job(workshop, str(workshop.model()), training=training, folds=3)
    heard = Heard()
    assert isinstance(engine.submit(folder, heard).wait(PATIENCE_S), Done)
    whole, *folds = trained_on(heard)
    assert whole == names
    left_out = [names - fold for fold in folds]
    assert sorted(len(images) for images in left_out) == [1, 2, 2]
    assert set().union(*left_out) == names
    found = measured(folder)
    assert (found["kind"], found["folds"], found["n_images"]) == ("cross-validation", 3, 5)
    assert sorted(names_in(folder, workshop)) == sorted(names)
    # Three dots found an image, two of them annotated; base and folds are equally good.
    for side in ("before", "after"):
        assert found[side]["detection"]["precision"]["value"] == pytest.approx(2 / 3)
        assert found[side]["n_spines"] == 10
        files = sorted((folder / "result" / f"predictions_{side}").iterdir())
        assert [len(load_predictions(file)) for file in files] == [3] * 5
    assert found["change"]["detection"]["f1"]["value"] == 0.0


def test_that_folds_leave_no_model_curve_or_checkpoint_behind(
    engine: LocalEngine, workshop: Workshop
) -> None:
    folder, heard = train_job(workshop, str(workshop.model()), epochs=4, folds=2), Heard()
    assert isinstance(engine.submit_warm(folder, heard).wait(PATIENCE_S), Done)
    assert [e.step for e in heard.events if isinstance(e, Metric)] == [1, 2, 3, 4]
    checkpoints = [e.path for e in heard.events if isinstance(e, Checkpoint)]
    assert checkpoints == [
        str(folder / "result" / "checkpoint" / f"epoch-{n}.txt") for n in (1, 2, 3, 4)
    ]
    stages = [e.stage for e in heard.events if isinstance(e, Progress)]
    assert "Cross-validation 2 of 2: train" in stages
    assert {f.name for f in (folder / "result").iterdir()} == {
        "model", "metrics.json", "measured_set.json", "predictions_before", "predictions_after"
    }  # fmt: skip


def test_that_images_of_one_group_are_left_out_together_even_where_nobody_looked_at_all(
    engine: LocalEngine, workshop: Workshop
) -> None:
    a, b, c, d = training_set(workshop, "g-a.tif", "g-b.tif", "g-c.tif", "g-d.tif").images
    a, b, c = (replace(image, group="one dendrite") for image in (a, b, c))
    c = replace(c, reviewed_regions=())
    d = replace(d, reviewed_regions=(ReviewedRegion("r", "d", Box(0, 0, 30, 30)),))
    folder = train_job(workshop, "rogue", training=TrainingSet((a, b, c, d)), folds=5)
    heard = Heard()
    assert isinstance(engine.submit_warm(folder, heard).wait(PATIENCE_S), Done)
    _, *folds = trained_on(heard)
    assert sorted(sorted(fold) for fold in folds) == [
        ["g-a.tif", "g-b.tif", "g-c.tif"],
        ["g-d.tif"],
    ]
    assert measured(folder)["folds"] == 2
    assert names_in(folder, workshop) == ["g-a.tif", "g-b.tif", "g-d.tif"]


def test_that_images_that_trained_the_base_are_counted(
    engine: LocalEngine, workshop: Workshop
) -> None:
    training = training_set(workshop, "again-a.tif", "again-b.tif", "again-c.tif")
    first = train_job(workshop, "rogue", training=TrainingSet(training.images[:2]))
    assert isinstance(engine.submit_warm(first, Heard()).wait(PATIENCE_S), Done)
    base = first / "result" / "model"
    folder = train_job(workshop, str(base), training=training, folds=3)
    assert isinstance(engine.submit_warm(folder, Heard()).wait(PATIENCE_S), Done)
    assert measured(folder)["n_seen_by_base"] == 2
    hashes = [image.sha256 for image in training.images]
    assert list(read_manifest(folder / "result" / "model").trained_on) == hashes


def test_that_one_group_cannot_be_cross_validated_but_trains(
    engine: LocalEngine, workshop: Workshop
) -> None:
    one = training_set(workshop, "alone.tif")
    folder = train_job(workshop, "rogue", training=one, folds=2)
    assert isinstance(engine.submit_warm(folder, Heard()).wait(PATIENCE_S), Done)
    assert "two groups or more" in measured(folder)["problem"]
    assert is_unmeasured(folder)


def test_that_a_fold_that_cannot_be_trained_leaves_the_model_and_says_why(
    engine: LocalEngine, workshop: Workshop
) -> None:
    folder = train_job(workshop, str(workshop.model("refuse in folds")), folds=2)
    assert isinstance(engine.submit_warm(folder, Heard()).wait(PATIENCE_S), Done)
    assert "only 2 spines" in measured(folder)["problem"]
    assert is_unmeasured(folder)


def test_that_ending_early_keeps_the_model_and_leaves_it_unmeasured(
    engine: LocalEngine, workshop: Workshop
) -> None:
    heard = Heard()
    folder = train_job(workshop, str(workshop.model("endless")), folds=2)
    handle = engine.submit(folder, heard)
    heard.wait_for(Metric, lambda e: e.step == 3)
    handle.stop_early()
    assert isinstance(handle.wait(PATIENCE_S), Done)
    assert "ended early" in measured(folder)["problem"]
    assert is_unmeasured(folder)


def test_that_a_cancel_during_a_fold_is_heard(engine: LocalEngine, workshop: Workshop) -> None:
    heard = Heard()
    folder = train_job(workshop, str(workshop.model("patient in folds")), folds=2)
    handle = engine.submit(folder, heard)
    heard.wait_for(Progress, lambda e: e.stage == "Cross-validation 1 of 2: waiting")
    handle.cancel()
    assert isinstance(handle.wait(PATIENCE_S), Cancelled)
