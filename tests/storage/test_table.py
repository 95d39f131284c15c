from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from spinegui.domain.annotation import Annotation
from spinegui.domain.consensus import Quorum
from spinegui.domain.detection import Detection, Origin, ReviewState, Vote
from spinegui.domain.geometry import Box
from spinegui.domain.image_ref import ImageRef, PixelSize
from spinegui.storage.exchange.content import Content
from spinegui.storage.exchange.table import export_table, table_text
from tests.support.datasets import AT

IMAGE = ImageRef(
    "i", "/d/a.tif", "ff", 9, 60, 40, 5, 1, 1, "uint8", "ZYX", PixelSize(0.1, 0.1, 0.5, "ImageJ")
)
MODEL = Detection(
    "m", "i", Box(1.25, 2.5, 4.25, 6.5), z=2.0, z_range=(1, 3), origin=Origin.MODEL,
    state=ReviewState.PREDICTED, score=0.75, class_scores=(("thin", 0.6), ("ball", 0.4)),
    model="classical",
)  # fmt: skip


def rows_of(tmp_path, *detections: Detection, image: ImageRef = IMAGE) -> list[dict[str, str]]:
    annotation = Annotation("i", {d.id: d for d in detections})
    export_table(Content("p", 3, AT, (image,), {"i": annotation}), tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_that_a_row_says_what_is_known_with_units_in_the_header(tmp_path):
    (row,) = rows_of(tmp_path, MODEL)
    wanted = {
        "image": "a.tif", "spine_id": "m", "x_px": "1.25", "y_px": "2.5", "width_px": "3.0",
        "height_px": "4.0", "z_slice": "2.0", "z_first_slice": "1", "z_last_slice": "3",
        "label": "thin", "label_source": "model", "labelled_by": "", "score": "0.75",
        "score_thin": "0.6", "score_ball": "0.4", "score_mushroom": "", "state": "predicted",
        "origin": "model", "model": "classical", "pixel_x_um": "0.1", "z_step_um": "0.5",
        "pixel_size_source": "ImageJ",
    }  # fmt: skip
    assert row | wanted == row


def test_that_raters_are_named_with_their_votes(tmp_path):
    d = MODEL
    for rater, label in (("ana", "stubby"), ("bo", "stubby"), ("cy", "thin")):
        d = d.with_vote(Vote(rater, label, AT))
    (row,) = rows_of(tmp_path, d)
    assert (row["label"], row["label_source"], row["labelled_by"]) == (
        "stubby", "person", "ana; bo",
    )  # fmt: skip
    assert row["votes"].startswith(f"ana: stubby ({AT}); bo: stubby")


def test_that_an_accepted_label_says_it_was_the_models(tmp_path):
    assert rows_of(tmp_path, MODEL.accepted())[0]["label_source"] == "model, accepted"


def test_that_rejected_and_faint_detections_are_left_out_and_accepted_faint_ones_stay(tmp_path):
    faint = replace(MODEL, id="f", score=0.4)
    kept = replace(faint, id="k").accepted()
    assert [r["spine_id"] for r in rows_of(tmp_path, MODEL.rejected(), faint, kept)] == ["k"]


def test_that_an_unknown_pixel_size_is_called_unknown(tmp_path):
    (row,) = rows_of(tmp_path, MODEL, image=replace(IMAGE, pixel_size=None))
    assert (row["pixel_x_um"], row["pixel_size_source"]) == ("", "unknown")


def test_that_a_spreadsheet_takes_no_text_for_a_formula(tmp_path):
    hostile = MODEL.with_vote(Vote("=HYPERLINK(1)", "thin", AT))
    (row,) = rows_of(tmp_path, hostile, image=replace(IMAGE, path="/d/@sum.tif"))
    assert row["labelled_by"] == "'=HYPERLINK(1)"
    assert row["image"] == "'@sum.tif"


def test_that_a_negative_coordinate_stays_a_number(tmp_path):
    (row,) = rows_of(tmp_path, replace(MODEL, box=Box(-2.5, 1, 3, 4)))
    assert row["x_px"] == "-2.5"


def test_that_the_manifest_lies_beside_the_table(tmp_path):
    rows_of(tmp_path, MODEL)
    manifest = json.loads((tmp_path / "t.manifest.json").read_text(encoding="utf-8"))
    assert (manifest["project"], manifest["seq"]) == ("p", 3)
    assert manifest["images"][0]["pixel_size_source"] == "ImageJ"


def test_that_neither_file_is_replaced_unless_told(tmp_path):
    rows_of(tmp_path, MODEL)
    with pytest.raises(FileExistsError):
        rows_of(tmp_path, MODEL)
    (tmp_path / "t.csv").unlink()
    with pytest.raises(FileExistsError):
        rows_of(tmp_path, MODEL)
    assert not (tmp_path / "t.csv").exists()


def test_that_who_voted_how_and_whether_blind_stand_in_columns_of_their_own_at_the_end(tmp_path):
    d = MODEL.accepted_by("ana", AT).with_vote(Vote("bo", "stubby", AT, session=AT))
    (row,) = rows_of(tmp_path, d)
    assert list(row)[-8:] == [
        "pixel_size_source", "vote_raters", "vote_labels", "vote_how", "vote_blind",
        "consensus", "raters_agreeing", "raters_asked",
    ]  # fmt: skip
    assert [row[name] for name in list(row)[-7:-3]] == [
        "ana; bo", "thin; stubby", "accepted; hand", "no; yes",
    ]  # fmt: skip
    assert (row["label"], row["label_source"], row["labelled_by"]) == ("stubby", "person", "bo")


def test_that_an_acceptance_names_who_accepted_the_model_s_label(tmp_path):
    (row,) = rows_of(tmp_path, MODEL.accepted_by("ana", AT))
    assert (row["label_source"], row["labelled_by"]) == ("model, accepted", "ana")


def test_that_the_consensus_stands_in_the_table_where_a_quorum_is_applied(tmp_path):
    agreed = replace(MODEL, id="a")
    for rater in ("ana", "bo"):
        agreed = agreed.with_vote(Vote(rater, "stubby", AT))
    torn = MODEL.with_vote(Vote("ana", "thin", AT)).with_vote(Vote("bo", "stubby", AT))
    annotation = Annotation("i", {d.id: d for d in (agreed, torn, replace(MODEL, id="n"))})
    content = Content("p", 3, AT, (IMAGE,), {"i": annotation}, quorum=Quorum(2))
    rows = {r["spine_id"]: r for r in csv.DictReader(io.StringIO(table_text(content)))}
    found = {
        key: (r["consensus"], r["raters_agreeing"], r["raters_asked"]) for key, r in rows.items()
    }
    assert found == {
        "a": ("stubby", "2", "2"), "m": ("no consensus", "1", "2"), "n": ("", "0", "0"),
    }  # fmt: skip
    without = list(csv.DictReader(io.StringIO(table_text(replace(content, quorum=None)))))
    assert {r["consensus"] for r in without} == {""}
