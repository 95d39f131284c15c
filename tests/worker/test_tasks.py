"""Classifying and training, through a real worker."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from spinegui.domain.image_ref import PixelSize
from spinegui.imaging.opening import file_sha256
from spinegui.jobs.events import Checkpoint, Done, Failed, Metric, Progress
from spinegui.jobs.payloads import ClassifyPayload, ImageInput
from spinegui.jobs.results import load_predictions
from spinegui.jobs.spec import JobKind, JobSpec, seal
from spinegui.storage.model_manifest import read_manifest
from spinegui.storage.training_set import TrainingImage, TrainingSet, read_training_set
from tests.support.trainings import train_job, training_set
from tests.support.workshop import PATIENCE_S, Heard, Workshop

if TYPE_CHECKING:
    from spinegui.engine.local import LocalEngine
    from spinegui.jobs.events import TerminalEvent


@pytest.fixture(scope="module")
def engine(workshop: Workshop) -> LocalEngine:
    return workshop.engine()


def test_that_training_leaves_a_sealed_model_with_its_provenance(
    engine: LocalEngine, workshop: Workshop
) -> None:
    base = workshop.model()
    folder, heard = train_job(workshop, str(base), epochs=4, seed=7), Heard()
    assert isinstance(engine.submit(folder, heard).wait(PATIENCE_S), Done)
    manifest = read_manifest(folder / "result" / "model", verify=True)
    assert (manifest.name, manifest.backend, manifest.seed) == ("mine", "rogue", 7)
    assert manifest.parent == read_manifest(base).sha
    assert manifest.label_ids == ("mushroom", "thin")
    assert set(manifest.files) == {"behaviour.txt"}
    assert manifest.bundle_sha256 == file_sha256(folder / "job.json")
    assert "numpy" in manifest.library_versions
    trained_on = read_training_set(folder / "training_set.json", workshop.folder).images
    assert manifest.trained_on == tuple(image.sha256 for image in trained_on)
    metrics = json.loads((folder / "result" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics == {"training": {"epochs": 4.0, "n_images": 2.0}, "validation": None}
    assert manifest.metrics == metrics
    assert [e.step for e in heard.events if isinstance(e, Metric)] == [1, 2, 3, 4]
    assert heard.wait_for(Checkpoint).path.endswith("epoch-1.txt")
    assert heard.wait_for(Progress, lambda e: e.stage == "Train").total == 4


def test_that_the_new_model_is_compared_with_the_old_on_held_out_images(
    engine: LocalEngine, workshop: Workshop
) -> None:
    validation = training_set(workshop, "val-a.tif", "val-b.tif")
    folder = train_job(workshop, str(workshop.model()), validation=validation)
    assert isinstance(engine.submit_warm(folder, Heard()).wait(PATIENCE_S), Done)
    metrics = json.loads((folder / "result" / "metrics.json").read_text(encoding="utf-8"))
    found = metrics["validation"]
    assert found["n_images"] == 2
    for side in ("before", "after"):
        detection = found[side]["detection"]
        # Three dots found an image, two of them annotated.
        assert detection["precision"]["value"] == pytest.approx(2 / 3)
        assert detection["recall"]["value"] == 1.0
        assert found[side]["given_boxes"]["accuracy"]["value"] == 0.5
        files = sorted((folder / "result" / f"predictions_{side}").iterdir())
        assert [f.name for f in files] == ["000000.npz", "000001.npz"]
        assert len(load_predictions(files[0])) == 3
    assert found["before"]["models"] != found["after"]["models"]
    assert found["change"]["detection"]["f1"]["value"] == 0.0
    assert [found["change"][kind] for kind in ("gained", "lost", "relabelled")] == [0, 0, 0]
    assert read_manifest(folder / "result" / "model").metrics == metrics


def test_that_models_are_compared_in_the_channel_that_people_looked_at(
    engine: LocalEngine, workshop: Workshop
) -> None:
    (image,) = training_set(workshop, "val-e.tif").images
    dots = tifffile.imread(image.file)
    path = workshop.folder / "two-channels.tif"
    channels = np.stack([np.zeros_like(dots), dots])
    tifffile.imwrite(path, channels, imagej=True, metadata={"axes": "CYX"})
    second = replace(image, file=path, sha256=file_sha256(path), channel=1)
    folder = train_job(workshop, str(workshop.model()), validation=TrainingSet((second,)))
    assert isinstance(engine.submit_warm(folder, Heard()).wait(PATIENCE_S), Done)
    assert len(load_predictions(folder / "result" / "predictions_after" / "000000.npz")) == 3


def test_that_a_classifier_alone_is_compared_on_the_annotated_boxes(
    engine: LocalEngine, workshop: Workshop
) -> None:
    validation = training_set(workshop, "val-c.tif")
    folder = train_job(
        workshop, str(workshop.model()), validation=validation, roles=("classifier",)
    )
    assert isinstance(engine.submit_warm(folder, Heard()).wait(PATIENCE_S), Done)
    metrics = json.loads((folder / "result" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["validation"]["after"]["detection"] is None
    assert metrics["validation"]["change"]["given_boxes"]["accuracy"]["value"] == 0.0
    found = load_predictions(folder / "result" / "predictions_after" / "000000.npz")
    assert found.class_ids == ("mushroom", "thin")
    assert len(found) == 2


def test_that_a_fresh_start_has_nothing_to_be_compared_with(
    engine: LocalEngine, workshop: Workshop
) -> None:
    validation = training_set(workshop, "val-d.tif")
    folder = train_job(workshop, "rogue", validation=validation)
    assert isinstance(engine.submit_warm(folder, Heard()).wait(PATIENCE_S), Done)
    metrics = json.loads((folder / "result" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["validation"]["before"] is None
    assert metrics["validation"]["after"]["detection"]["recall"]["value"] == 1.0
    assert not (folder / "result" / "predictions_before").exists()


def test_that_a_held_out_set_without_spines_says_so(
    engine: LocalEngine, workshop: Workshop
) -> None:
    whole = training_set(workshop, "val-e.tif")
    image = whole.images[0]
    bare = TrainingImage(image.file, image.sha256, stack=False, pixel_size=None, group="g")
    folder = train_job(workshop, "rogue", validation=TrainingSet((bare,)))
    assert isinstance(engine.submit_warm(folder, Heard()).wait(PATIENCE_S), Done)
    metrics = json.loads((folder / "result" / "metrics.json").read_text(encoding="utf-8"))
    assert "no annotated spine" in metrics["validation"]["problem"]


def test_that_training_on_a_held_out_image_is_refused(
    engine: LocalEngine, workshop: Workshop
) -> None:
    same = training_set(workshop, "both.tif")
    folder = train_job(workshop, "rogue", training=same, validation=same)
    ending = engine.submit_warm(folder, Heard()).wait(PATIENCE_S)
    assert isinstance(ending, Failed)
    assert "both.tif is in the training set" in ending.what
    assert not (folder / "result" / "model").exists()


def test_that_training_ends_early_and_well_on_wish(engine: LocalEngine, workshop: Workshop) -> None:
    heard = Heard()
    folder = train_job(workshop, str(workshop.model("endless")))
    handle = engine.submit(folder, heard)
    heard.wait_for(Metric, lambda e: e.step == 3)
    handle.stop_early()
    assert isinstance(handle.wait(PATIENCE_S), Done)
    read_manifest(folder / "result" / "model", verify=True)


def classify(engine: LocalEngine, workshop: Workshop, coco: dict[str, Any]) -> TerminalEvent | None:
    folder = workshop.new_folder()
    (folder / "boxes.json").write_text(json.dumps(coco), encoding="utf-8")
    payload = ClassifyPayload("boxes.json", str(workshop.folder), str(workshop.model()))
    seal(folder, JobSpec(folder.name, JobKind.CLASSIFY, payload.to_json()))
    return engine.submit_warm(folder, Heard()).wait(PATIENCE_S)


def test_that_given_boxes_are_classified(engine: LocalEngine, workshop: Workshop) -> None:
    name = workshop.image("classify.tif").name
    coco = {
        "images": [{"id": 3, "file_name": name}, {"id": 4, "file_name": name}],
        "categories": [{"id": 1, "name": "spine"}],
        "annotations": [
            {"id": 10, "image_id": 3, "category_id": 1, "bbox": [3, 3, 6, 6]},
            {"id": "b", "image_id": 3, "category_id": 1, "bbox": [-2, 4, 6, 6]},
        ],
    }
    ending = classify(engine, workshop, coco)
    assert isinstance(ending, Done)
    path = workshop.folder / ending.result_dir / "classified.json"
    entries = json.loads(path.read_text(encoding="utf-8"))
    assert entries == [
        {
            "annotation_id": number,
            "category_name": "mushroom",
            "score": 0.75,
            "category_scores": {"mushroom": 0.75, "thin": 0.25},
        }
        for number in (10, "b")
    ]


def test_that_a_missing_image_of_a_dataset_is_said(engine: LocalEngine, workshop: Workshop) -> None:
    coco = {
        "images": [{"id": 1, "file_name": "gone.tif"}],
        "categories": [{"id": 1, "name": "spine"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [3, 3, 6, 6]}],
    }
    ending = classify(engine, workshop, coco)
    assert isinstance(ending, Failed)
    assert "gone.tif" in ending.what


def test_that_a_stack_is_seen_whole_or_projected(engine: LocalEngine, workshop: Workshop) -> None:
    path = str(workshop.image("stack.tif", n_z=5))
    size = PixelSize(0.2, 0.2, 1.0, "user")
    inputs = [ImageInput(path, size), ImageInput(path, projection="max")]
    ending = engine.submit_warm(workshop.detect("good", *inputs), Heard()).wait(PATIENCE_S)
    assert isinstance(ending, Done)
    found = [
        load_predictions(workshop.folder / ending.result_dir / f"00000{i}.npz") for i in range(2)
    ]
    np.testing.assert_array_equal(found[0].boxes, found[1].boxes)


@pytest.mark.parametrize("change", [{"channel": 1}, {"time": 2}])
def test_that_a_channel_or_time_beyond_the_image_is_said(
    engine: LocalEngine, workshop: Workshop, change: dict[str, int]
) -> None:
    image = ImageInput(str(workshop.image("a.tif")), **change)
    ending = engine.submit_warm(workshop.detect("good", image), Heard()).wait(PATIENCE_S)
    assert isinstance(ending, Failed)
    assert "a.tif has 1 channels and 1 times" in ending.what
