"""spinegui demo: the whole loop without a window, and again without losing anything."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from spinegui import app
from spinegui.cli import main
from spinegui.domain.detection import ReviewState
from spinegui.storage.model_store import ModelStore
from spinegui.storage.project import Project

if TYPE_CHECKING:
    from pathlib import Path


Walked = tuple["Path", dict[str, Any]]


@pytest.fixture
def folder(sample, tmp_path: Path) -> Path:
    """A folder in which the sample's images are made already, small ones."""
    return shutil.copytree(sample.truth.parent, tmp_path / "demo")


@pytest.fixture(scope="module")
def walked(sample, tmp_path_factory) -> Walked:
    """The folder of one headless walk, and its JSON result."""
    folder = shutil.copytree(sample.truth.parent, tmp_path_factory.mktemp("walk") / "demo")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(["demo", "--dir", str(folder), "--headless", "--json"])
    assert code == 0
    return folder, json.loads(out.getvalue())


def _snapshot(folder: Path):
    with Project.open(folder / "sample.spine", user="x", mode="read_only") as project:
        report = project.verify().result()
        return project.snapshot().result(), project.log().result(), report


def test_that_the_walk_corrects_trains_compares_and_exports(walked: Walked):
    folder, result = walked
    assert (result["images"], result["reviewed_images"]) == (8, 5)
    corrections = result["corrections"]
    assert corrections["confirmed"] > 0
    assert sum(corrections.values()) - corrections["confirmed"] > 0
    validation = result["metrics"]["validation"]
    assert validation["n_images"] == 3
    for side in ("before", "after"):
        f1 = validation[side]["detection"]["f1"]
        assert 0.3 < f1["value"] <= 1
        assert f1["low"] <= f1["value"] <= f1["high"]
        assert validation[side]["given_boxes"]["accuracy"]["n"] > 0
    exported = json.loads((folder / "corrected.json").read_text("utf-8"))
    with (folder / "corrected.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(exported["annotations"])
    models = {model.name: model for model in ModelStore(folder / "models").list()}
    assert models["retrained-1"].parent == models["classical"].sha
    assert all(model.shipped for model in ModelStore().list())


def test_that_the_corrections_agree_with_the_truth_and_are_logged(walked: Walked, sample):
    snapshot, log, report = _snapshot(walked[0])
    assert report.is_whole
    truth = json.loads(sample.train.read_text("utf-8"))
    labels = {c["id"]: c["name"] for c in truth["categories"]}
    for entry in truth["images"]:
        image = next(i for i in snapshot.images if i.name == entry["file_name"])
        annotation = snapshot.annotations[image.id]
        assert annotation.is_reviewed
        kept = sorted(d.label or "" for d in annotation.visible() if d.is_decided)
        true = [a for a in truth["annotations"] if a["image_id"] == entry["id"]]
        assert kept == sorted(labels[a["category_id"]] for a in true)
    assert {"Reject", "Draw spine", "Mark image reviewed"} <= {row.title for row in log}
    assert {row.user for row in log if row.title == "Draw spine"} == {"sample"}


def test_that_a_second_run_keeps_what_was_decided(call, walked: Walked):
    folder = walked[0]
    before, log, _ = _snapshot(folder)
    shown = call("demo", "--dir", folder, "--headless")
    assert shown.code == 0, shown.err
    assert "retrained-2 from classical" in shown.out
    after, log_after, _ = _snapshot(folder)
    assert after.annotations == before.annotations
    assert len(log_after) == len(log)


def test_that_the_window_opens_on_the_project_with_its_predictions(
    call, folder, store, monkeypatch
):
    opened: list[Path] = []
    monkeypatch.setattr(app, "run", lambda paths: opened.extend(paths) or 0)
    called = call("demo", "--dir", folder)
    assert called.code == 0, called.err
    assert opened == [folder / "sample.spine"]
    snapshot, _, _ = _snapshot(folder)
    assert all(snapshot.annotations[i.id].detections for i in snapshot.images)
    states = {d.state for a in snapshot.annotations.values() for d in a.detections.values()}
    assert states == {ReviewState.PREDICTED}


def test_that_without_a_folder_the_sample_lies_in_the_users_data(
    call, sample, store, monkeypatch, home
):
    from spinegui.synthesis.sample_folder import sample_folder

    assert sample_folder().is_relative_to(home)
    shutil.copytree(sample.truth.parent, sample_folder())
    monkeypatch.setattr(app, "run", lambda _paths: 0)
    assert call("demo").code == 0
    assert (sample_folder() / "sample.spine").is_file()


def test_that_a_folder_that_cannot_be_made_is_said(call, tmp_path):
    (tmp_path / "file").write_text("")
    failed = call("demo", "--dir", tmp_path / "file" / "demo", "--headless")
    assert failed.code == 1
    assert "could not be made" in failed.err
