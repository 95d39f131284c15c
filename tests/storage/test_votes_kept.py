"""How a vote was given is kept; what was written before reads and verifies as it did."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from spinegui.backends.classical.class_training import opinion_of
from spinegui.domain.annotation import Annotation
from spinegui.domain.consensus import Quorum
from spinegui.domain.detection import Detection, How, Origin, ReviewState, Vote
from spinegui.domain.edits import Change, Edit
from spinegui.domain.geometry import Box
from spinegui.domain.rater_report import report_on
from spinegui.storage import edit_log
from spinegui.storage.exchange.agreement_table import agreement_text
from spinegui.storage.exchange.coco import CocoError, read_coco, to_json
from spinegui.storage.exchange.coco_export import review_of
from spinegui.storage.exchange.coco_reading import dataset_from_json
from spinegui.storage.exchange.coco_values import (
    CocoAnnotation,
    CocoCategory,
    CocoDataset,
    CocoImage,
    Review,
)
from spinegui.storage.hash_chain import ChangeRow
from spinegui.storage.items_json import item_from_json, item_to_json
from spinegui.storage.project import Project
from spinegui.storage.training_values import LabelledBox
from tests.support.projects import image_ref

if TYPE_CHECKING:
    from pathlib import Path

AT = "2026-01-01T00:00:00.000Z"
BOX = Box(0, 0, 10, 10)
BEFORE_HOW = (
    '{"box":[0.0,0.0,10.0,10.0],"id":"d","image_id":"i","origin":"user","state":"accepted",'
    f'"votes":[["ana","thin","{AT}"]]}}'
)
"""An item as it was written before votes said how they were given."""
OPEN = Vote("ana", "thin", AT)
BLIND = Vote("ana", "stubby", AT, session=AT)
ACCEPTED = Vote("bo", "thin", AT, How.ACCEPTED)


def test_that_an_item_of_an_older_project_keeps_its_text_to_the_letter():
    item = item_from_json("detection", BEFORE_HOW)
    assert isinstance(item, Detection)
    assert item.votes == (OPEN,)
    assert item_to_json(item) == BEFORE_HOW


def test_that_only_a_vote_that_says_more_is_written_longer():
    item = Detection("d", "i", BOX, votes=(OPEN, BLIND, ACCEPTED))
    text = item_to_json(item)
    assert f'[["ana","thin","{AT}"],["ana","stubby","{AT}","hand","{AT}"],' in text
    assert f'["bo","thin","{AT}","accepted",""]' in text
    assert item_from_json("detection", text) == item


def test_that_a_vote_given_in_a_way_nobody_knows_is_refused():
    text = BEFORE_HOW.replace(f'"{AT}"]]', f'"{AT}","guessed",""]]')
    with pytest.raises(ValueError, match="guessed"):
        item_from_json("detection", text)


def dataset(*votes: Vote) -> CocoDataset:
    review = Review("d", Origin.MODEL, ReviewState.ACCEPTED, votes=votes)
    return CocoDataset(
        (CocoImage(0, "a.tif"),),
        (CocoAnnotation(0, 0, 1, BOX, review=review),),
        (CocoCategory(1, "thin"),),
    )


def test_that_coco_carries_how_and_which_session_both_ways():
    written = to_json(dataset(OPEN, BLIND, ACCEPTED))
    votes = written["annotations"][0]["spinegui"]["votes"]
    assert votes[0] == {"rater": "ana", "label": "thin", "at": AT}
    assert dataset_from_json(written).annotations[0].review.votes == (OPEN, BLIND, ACCEPTED)


def test_that_a_coco_vote_given_in_a_way_nobody_knows_is_refused(tmp_path: Path):
    import json

    written = to_json(dataset(ACCEPTED))
    written["annotations"][0]["spinegui"]["votes"][0]["how"] = "guessed"
    (tmp_path / "a.json").write_text(json.dumps(written))
    with pytest.raises(CocoError, match="how it was given"):
        read_coco(tmp_path / "a.json")


def test_that_accepted_votes_teach_only_where_nobody_named_a_class():
    spine = LabelledBox(BOX, label="thin", votes=(ACCEPTED,))
    assert opinion_of(spine) == {"thin": 1.0}
    assert opinion_of(replace(spine, votes=(ACCEPTED, BLIND))) == {"stubby": 1.0}


def test_that_a_rater_who_said_two_things_teaches_the_later_one():
    later = replace(BLIND, at="2026-02-01T00:00:00.000Z")
    other = Vote("cy", "mushroom", AT)
    spine = LabelledBox(BOX, votes=(OPEN, later, other))
    assert opinion_of(spine) == {"stubby": 0.5, "mushroom": 0.5}


def test_that_coco_says_what_the_raters_came_to_and_reads_it_from_the_votes_again():
    votes = (Vote("ana", "thin", AT), Vote("bo", "thin", AT))
    spine = Detection("d", "i", BOX, votes=votes)
    assert review_of(spine, Quorum(2)).consensus == "thin"
    assert review_of(spine, Quorum(3)).consensus == "no consensus"
    assert review_of(spine).consensus == ""
    assert review_of(replace(spine, votes=()), Quorum(1)).consensus == ""
    plain = dataset(*votes)
    with_it = replace(plain.annotations[0], review=review_of(spine, Quorum(2)))
    written = to_json(replace(plain, annotations=(with_it,)))
    assert written["annotations"][0]["spinegui"]["consensus"] == "thin"
    assert dataset_from_json(written).annotations[0].review.votes == votes


def test_that_agreement_is_a_table_of_one_figure_a_row():
    spines = {
        f"d{i}": Detection(f"d{i}", "i", BOX, votes=(Vote("=ana", a, AT), Vote("bo", b, AT)))
        for i, (a, b) in enumerate([("thin", "thin"), ("thin", "stubby"), ("stubby", "stubby")])
    }
    report = report_on({"i": Annotation("i", spines)}, ("thin", "stubby"))
    rows = list(csv.DictReader(io.StringIO(agreement_text(report))))
    kappa = next(r for r in rows if r["measure"] == "cohen_kappa")
    assert (kappa["rater_a"], kappa["rater_b"], kappa["n_spines"]) == ("'=ana", "bo", "3")
    assert float(kappa["value"]) == pytest.approx(0.4)
    assert (kappa["votes"], kappa["unsure"]) == ("hand", "left out")
    assert {r["measure"] for r in rows} == {
        "cohen_kappa", "class_agreement", "fleiss_kappa", "class_kappa",
    }  # fmt: skip


def test_that_a_project_from_before_opens_verifies_and_goes_on(tmp_path: Path):
    path = tmp_path / "old.spine"
    with Project.create(path, user="ana") as project:
        project.add_images([image_ref("i", tmp_path)]).result()
        # As an older program wrote it, to the letter.
        row = ChangeRow("i", "detection", "d", None, BEFORE_HOW)
        project._write(
            lambda db: edit_log.append(db, "Label", [row], kind="do", who=("ana", "s"))
        ).result()
    with Project.open(path, user="bo") as project:
        assert project.verify().result().is_whole
        (annotation,) = project.snapshot().result().annotations.values()
        old = annotation.detections["d"]
        assert old.votes == (OPEN,)
        assert project.snapshot().result().history[-1].edit == Edit("Label", (Change(None, old),))
        project.commit(Edit("Blind", (Change(old, old.with_vote(BLIND)),))).result()
        project.commit(Edit("Blind", (Change(old.with_vote(BLIND), old),)), kind="undo").result()
        assert project.verify().result().is_whole
