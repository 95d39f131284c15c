"""spinegui train --folds: measuring where no image is held out."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def asked(sample):
    return ["train", "--coco", sample.train, "--images", sample.truth.parent, "--model", "mine"]


def test_that_folds_measure_every_image_of_a_coco_file(call, store, sample, asked):
    n_images = len(json.loads(sample.train.read_text("utf-8"))["images"])
    called = call(*asked, "--folds", 2, "--json")
    assert called.code == 0
    found = called.result["metrics"]["validation"]
    assert (found["kind"], found["folds"], found["n_images"]) == ("cross-validation", 2, n_images)
    assert found["before"]["n_spines"] == found["after"]["n_spines"] > 0
    assert store.get("mine").metrics["validation"] == found


def test_that_the_figures_say_that_they_are_by_cross_validation(call, store, asked):
    called = call(*asked, "--folds", 3)
    assert called.code == 0
    assert "Cross-validation, 3 folds: " in called.out
    assert "Held out" not in called.out


def test_that_there_are_no_more_folds_than_images(call, store, sample, asked):
    n_images = len(json.loads(sample.train.read_text("utf-8"))["images"])
    called = call(*asked, "--folds", 50, "--json")
    assert called.result["metrics"]["validation"]["folds"] == n_images


def test_that_a_training_without_measuring_names_the_way_to_measure(call, store, asked):
    called = call(*asked, "--json")
    assert called.result["metrics"]["validation"] is None
    assert "--folds" in called.err


def test_that_held_out_images_measure_even_where_folds_were_asked_for(call, store, project):
    called = call("train", project, "--model", "mine", "--folds", 2, "--json")
    assert called.code == 0
    assert called.result["metrics"]["validation"]["kind"] == "held-out"
    assert "no cross-validation" in called.err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--folds", 1), "two folds or more"),
        (("--folds", -2), "two folds or more"),
        (("--folds", 2, "--val", "{held_out}"), "--val or --folds"),
    ],
)
def test_that_folds_that_cannot_be_are_bad_input(call, store, sample, asked, more, words):
    called = call(*asked, *(str(m).format(held_out=sample.held_out) for m in more))
    assert called.code == 2
    assert words in called.err


def test_that_images_of_one_group_cannot_be_parted(call, store, sample, asked, tmp_path):
    dataset = json.loads(sample.train.read_text("utf-8"))
    for image in dataset["images"]:
        image["animal"] = "the only one"
    asked[2] = tmp_path / "one_animal.json"
    asked[2].write_text(json.dumps(dataset), encoding="utf-8")
    called = call(*asked, "--folds", 2)
    assert called.code == 2
    assert "one group" in called.err
