"""spinegui import, export, log, train: a project worked on without a window."""

from __future__ import annotations

import json
import shutil

import pytest

from spinegui.storage.project import Project
from tests.support import rogue


def test_that_what_was_imported_goes_out_as_it_came(call, sample, project, tmp_path):
    out = tmp_path / "out.json"
    assert call("export", project, "-o", out, "--format", "coco").code == 0
    before, after = (json.loads(p.read_text("utf-8")) for p in (sample.truth, out))
    boxes = [
        sorted([a["bbox"] for a in dataset["annotations"]], key=str) for dataset in (before, after)
    ]
    assert boxes[0] == [pytest.approx(box, abs=1e-6) for box in boxes[1]]
    assert after["annotations"][0]["morphometry"]


def test_that_importing_twice_adds_nothing(call, sample, project):
    again = call("import", project, sample.truth.parent / "truth.json", "--json")
    assert again.code == 0
    assert again.result["imported"] == again.result["new_images"] == 0
    assert again.result["skipped"] > 10


def test_that_a_folder_with_one_dataset_is_imported(call, sample, tmp_path):
    folder = tmp_path / "set"
    shutil.copytree(sample.truth.parent, folder)
    ambiguous = call("import", tmp_path / "p.spine", folder)
    assert ambiguous.code == 2
    assert "truth.json" in ambiguous.err
    for name in ("train.json", "held_out.json"):
        (folder / name).unlink()
    (folder / "other.json").write_text("[]")
    assert call("import", tmp_path / "p.spine", folder).code == 0


def test_that_an_import_that_fails_leaves_no_new_project(call, sample, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text(sample.truth.read_text("utf-8").replace('"bbox"', '"bocks"'))
    failed = call("import", tmp_path / "p.spine", broken, "--images", sample.truth.parent)
    assert failed.code == 2
    assert [p.name for p in tmp_path.iterdir()] == ["broken.json"]


def test_that_the_log_tells_who_did_what(call, sample, project):
    shown = call("log", project)
    assert "Import truth.json" in shown.out
    name = sample.images[0].name
    rows = call("log", project, "--image", name, "--json").result
    assert {row["title"] for row in rows} == {"Import truth.json"}
    assert len({row["image_id"] for row in rows}) == 1
    unknown = call("log", project, "--image", "nothing.tif")
    assert unknown.code == 2
    assert "nothing.tif" in unknown.err


def test_that_a_project_trains_a_model_that_waits_to_be_promoted(call, store, project):
    called = call("train", project, "--model", "mine", "--epochs", 2, "--json")
    assert called.code == 0, called.err
    assert called.result["model"] == "mine"
    validation = called.result["metrics"]["validation"]
    assert validation["before"]["detection"]["f1"]["n"] == validation["after"]["n_spines"]
    assert store.active("detector").name == "good"
    assert store.get("mine").parent == store.get("good").sha
    again = call("train", project, "--model", "mine")
    assert again.code == 2
    with Project.open(project, user="x", mode="read_only") as opened:
        split = opened.get_setting("split").result()
    assert sorted(set(split.values())) == ["test", "train", "validation"]


def test_that_coco_files_train_and_are_measured_apart(call, store, sample):
    asked = ("train", "--coco", sample.train, "--images", sample.truth.parent)
    called = call(*asked, "--val", sample.held_out, "--model", "m1")
    assert called.code == 0, called.err
    assert "Held out: 3 images" in called.out
    assert "spinegui models promote m1" in called.out
    refused = call(*asked, "--val", sample.truth, "--model", "m2")
    assert refused.code == 2
    assert "m2" not in {model.name for model in store.list()}


def test_that_paths_may_be_relative_and_folds_measure_where_nothing_is_held_out(
    call, store, sample, monkeypatch
):
    monkeypatch.chdir(sample.truth.parent)
    asked = ("train", "--coco", "train.json", "--images", ".")
    plain = call(*asked, "--model", "m1")
    assert plain.code == 0, plain.err
    assert "--folds" in plain.err
    folded = call(*asked, "--model", "m2", "--folds", 2, "--json")
    assert folded.code == 0, folded.err
    assert folded.result["metrics"]["validation"]["kind"] == "cross-validation"


def test_that_a_project_trains_on_from_its_own_active_model(call, store, project):
    store.add(rogue.make_model(project.parent / "other", "good too"), "other")
    with Project.open(project, user="x") as opened:
        opened.set_active_model("detector", store.get("other").sha).result()
    assert call("train", project, "--model", "mine").code == 0
    assert store.get("mine").parent == store.get("other").sha


def test_that_base_classical_continues_from_the_shipped_model(call, sample, store):
    called = call(
        "train", "--coco", sample.train, "--val", sample.held_out, "--images", sample.truth.parent,
        "--model", "next", "--base", "classical", "--json",
    )  # fmt: skip
    assert called.code == 0, called.err
    assert store.get("next").parent == store.get("classical").sha
    assert store.get("next").roles == store.get("classical").roles


def test_that_a_project_that_is_open_elsewhere_is_read_but_not_written(
    call, store, sample, project, tmp_path
):
    with Project.open(project, user="ann"):
        for writing in (("import", project, sample.truth), ("train", project, "--model", "mine")):
            refused = call(*writing)
            assert refused.code == 1
            assert "ann" in refused.err
            assert refused.err.count("\n") == 1
        assert call("log", project).code == 0
        out = tmp_path / "out.json"
        assert call("export", project, "-o", out, "--format", "coco").code == 0


def test_that_models_go_out_come_in_and_take_turns(call, store, tmp_path):
    store.add(rogue.make_model(tmp_path / "model", "good too"), "second")
    packed = tmp_path / "second.zip"
    assert call("models", "export", "second", packed).code == 0
    assert call("models", "export", "second", packed).code == 2
    assert call("models", "export", "second", packed, "--overwrite").code == 0
    assert call("models", "import", packed).code == 2
    store.delete("second")
    assert call("models", "import", packed).code == 0
    assert call("models", "promote", "second").code == 0
    listed = {row["name"]: row for row in call("models", "list", "--json").result}
    assert listed["second"]["active_as"] == ["detector", "classifier"]
    assert listed["classical"]["shipped"]
    assert call("models", "rollback", "detector").code == 0
    assert store.active("detector").name == "good"
    assert store.active("classifier").name == "second"
