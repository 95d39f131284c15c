"""spinegui detect, classify, evaluate: what they write, to the letter of their page."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from spinegui.domain.labels import SPINE_CLASSES
from tests.support import rogue


def test_that_detect_writes_one_entry_a_spine_with_the_shipped_model(
    call, sample, tmp_path, monkeypatch
):
    monkeypatch.chdir(sample.truth.parent)
    out = tmp_path / "out.json"
    called = call("detect", "./dendrite_01.tif", "stack_01.tif", "-o", out, "--json")
    assert called.code == 0, called.err
    entries = json.loads(out.read_text("utf-8"))
    assert called.result["entries"] == len(entries) > 10
    assert called.result["spines"] == sum(e["score"] >= 0.5 for e in entries)
    assert {(e["file_name"], e["image_id"]) for e in entries} == {
        ("./dendrite_01.tif", 0),
        ("stack_01.tif", 1),
    }
    for entry in entries:
        assert len(entry["bbox"]) == 4
        assert 0.01 <= entry["score"] <= 1
        assert set(entry["category_scores"]) == set(SPINE_CLASSES.ids)
        assert entry["category_scores"][entry["category_name"]] == max(
            entry["category_scores"].values()
        )
        is_stack = entry["image_id"] == 1
        assert ("z" in entry) == ("z_range" in entry) == is_stack
        if is_stack:
            first, last = entry["z_range"]
            assert 0 <= first <= entry["z"] <= last <= 5


def test_that_a_folder_gives_names_below_it_in_order(call, store, sample, tmp_path):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    shutil.copy(sample.images[0], tmp_path / "in" / "b.tif")
    shutil.copy(sample.images[1], tmp_path / "in" / "deep" / "a.TIF")
    (tmp_path / "in" / "notes.txt").write_text("no image")
    out = tmp_path / "out.json"
    assert call("detect", tmp_path / "in", "-o", out).code == 0
    entries = json.loads(out.read_text("utf-8"))
    assert {(e["image_id"], e["file_name"]) for e in entries} == {(0, "b.tif"), (1, "deep/a.TIF")}


def test_that_a_projected_stack_has_no_slices(call, store, sample, tmp_path):
    out, stack = tmp_path / "out.json", sample.truth.parent / "stack_01.tif"
    assert call("detect", stack, "-o", out, "--projection", "max", "--min-score", 0.3).code == 0
    entries = json.loads(out.read_text("utf-8"))
    assert entries
    assert not any("z" in e or e["score"] < 0.3 for e in entries)


def test_that_one_model_a_role_may_be_named(call, store, sample, tmp_path):
    store.add(rogue.make_model(tmp_path / "other"), "other")
    out = tmp_path / "out.json"
    both = ("--model", "other", "--model", "good")
    refused = call("detect", sample.images[0], "-o", out, *both)
    assert refused.code == 2
    assert "two models" in refused.err.lower()
    assert not out.exists()
    assert call("detect", sample.images[0], "-o", out, "--model", "other").code == 0


def test_that_an_output_is_replaced_only_with_overwrite(call, store, sample, tmp_path):
    out = tmp_path / "out.json"
    out.write_text("mine")
    refused = call("detect", sample.images[0], "-o", out)
    assert (refused.code, out.read_text()) == (2, "mine")
    assert "--overwrite" in refused.err
    assert call("detect", sample.images[0], "-o", out, "--overwrite").code == 0
    assert json.loads(out.read_text("utf-8"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.json"]


def test_that_a_job_that_fails_is_one_sentence_and_leaves_no_output(call, store, sample, tmp_path):
    store.add(rogue.make_model(tmp_path / "model", "refuse"), "broken")
    out = tmp_path / "out.json"
    failed = call("detect", sample.images[0], "-o", out, "--model", "broken")
    assert failed.code == 1
    assert failed.err.strip() == "There are only 2 spines. Review more images."
    assert not out.exists()


def test_that_the_log_of_a_job_that_broke_is_kept_and_named(call, store, sample, tmp_path):
    store.add(rogue.make_model(tmp_path / "model", "raise"), "broken")
    failed = call("detect", sample.images[0], "-o", tmp_path / "o.json", "--model", "broken")
    assert failed.code == 1
    folder = failed.err.partition("worker.log from ")[2].partition(" to the developers")[0]
    assert "flux capacitor" in Path(folder, "worker.log").read_text("utf-8")


def test_that_classify_writes_one_entry_an_annotation(call, sample, tmp_path):
    out = tmp_path / "out.json"
    called = call("classify", sample.held_out, "--images", sample.truth.parent, "-o", out)
    assert called.code == 0, called.err
    entries = json.loads(out.read_text("utf-8"))
    asked = json.loads(sample.held_out.read_text("utf-8"))["annotations"]
    assert [e["annotation_id"] for e in entries] == [a["id"] for a in asked]
    for entry in entries:
        assert set(entry) == {"annotation_id", "category_name", "score", "category_scores"}
        assert entry["score"] == max(entry["category_scores"].values())


@pytest.mark.parametrize("match", ["center", "iou"])
def test_that_evaluate_writes_its_report(call, store, sample, tmp_path, match):
    report = tmp_path / "report"
    asked = ("evaluate", sample.truth, "--images", sample.truth.parent, "-o", report)
    called = call(*asked, "--match", match, "--json")
    assert called.code == 0, called.err
    names = {"metrics.json", "confusion.png", "pr.png", "calibration.png", "report.html"}
    assert {p.name for p in report.iterdir()} == names
    f1 = called.result["figures"]["detection"]["f1"]
    assert f1["low"] <= f1["value"] <= f1["high"]
    assert f1["n"] > 10
    assert called.result["figures"]["classes"]["accuracy"]["n"] > 10
    told = json.loads((report / "metrics.json").read_text())["provenance"]
    assert f"--model {told['models'][0]['name']}" in told["command"]
    assert (f"--match {match}" in told["command"]) == (match != "center")
    assert told["models"][0]["sha256"] in (report / "report.html").read_text()
    again = call(*asked)
    assert again.code == 2
    assert "--overwrite" in again.err
    assert call(*asked, "--overwrite").code == 0


def test_that_table_and_dataset_hold_the_same_spines(call, project, tmp_path):
    coco, table = tmp_path / "c.json", tmp_path / "t.csv"
    assert call("export", project, "-o", coco, "--format", "coco").code == 0
    assert call("export", project, "-o", table, "--format", "csv").code == 0
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(json.loads(coco.read_text("utf-8"))["annotations"]) > 10
