from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from spinegui.domain.annotation import Annotation
from spinegui.domain.detection import Detection, Origin, ReviewState, Vote
from spinegui.domain.edits import Change, Edit, apply, inverse
from spinegui.domain.geometry import Box
from spinegui.domain.image_ref import Calibration, PixelSize
from spinegui.storage.exchange.coco import CocoError, read_coco
from spinegui.storage.exchange.coco_export import export_coco
from spinegui.storage.exchange.coco_import import import_coco
from spinegui.storage.exchange.content import Carried, Content
from tests.support.datasets import AT, coco_json, target, write_dataset, write_image

if TYPE_CHECKING:
    from pathlib import Path


def content_of(done, annotations, **fields: object) -> Content:
    values = {"project": "p", "seq": 4, "at": AT, "label_set": done.label_set} | fields
    return Content(images=done.images, annotations=annotations, carried=done.carried, **values)


@pytest.fixture
def imported(tmp_path: Path):
    done = import_coco(write_dataset(tmp_path), tmp_path / "images", target())
    return done, apply({}, done.edit)


def test_that_an_import_is_one_edit_that_can_be_undone(imported):
    done, annotations = imported
    assert done.edit.title == "Import truth.json"
    assert (len(done.images), done.n_detections, done.skipped) == (2, 3, 0)
    empty = apply(annotations, inverse(done.edit))
    assert not any(a.detections or a.state or a.calibration for a in empty.values())


def test_that_imported_spines_are_peoples_with_a_vote_named_after_the_file(imported):
    done, annotations = imported
    first = next(iter(annotations[done.images[0].id].detections.values()))
    assert (first.origin, first.state) == (Origin.USER, ReviewState.ACCEPTED)
    assert first.votes == (Vote("truth.json", "mushroom", AT),)
    unlabelled = next(iter(annotations[done.images[1].id].detections.values()))
    assert unlabelled.label is None


def test_that_a_new_class_joins_the_label_set_and_a_pixel_size_its_image(imported):
    done, annotations = imported
    assert done.label_set.ids[-1] == "ball"
    size = annotations[done.images[1].id].calibration.pixel_size
    assert (size.x_um, size.source) == (0.1, "COCO file")


def test_that_images_without_regions_count_as_reviewed_and_masked_ones_do_not(tmp_path):
    value = coco_json()
    value["images"][0]["roi_mask"] = "mask.tif"
    value["images"][1]["reviewed_regions"] = [[0, 0, 30, 30]]
    done = import_coco(write_dataset(tmp_path, value), tmp_path / "images", target())
    masked, regions = (apply({}, done.edit)[image.id] for image in done.images)
    assert not masked.is_reviewed
    assert not regions.is_reviewed
    assert [r.box for r in regions.regions.values()] == [Box(0, 0, 30, 30)]


def test_that_undecided_proposals_do_not_become_background(tmp_path):
    path = write_dataset(tmp_path)
    first = import_coco(path, tmp_path / "images", target())
    ref = first.images[0]
    proposal = Detection(
        "m", ref.id, Box(1, 1, 4, 4), origin=Origin.MODEL, state=ReviewState.PREDICTED, score=0.9
    )
    there = apply({}, Edit("", (Change(None, proposal),)))
    done = import_coco(path, tmp_path / "images", target(first.images, there))
    assert not apply(there, done.edit)[ref.id].is_reviewed


def test_that_importing_twice_adds_nothing(imported, tmp_path):
    done, annotations = imported
    again = import_coco(
        tmp_path / "truth.json", tmp_path / "images", target(done.images, annotations, "m")
    )
    assert (again.images, again.edit.changes, again.skipped) == ((), (), 3)


def test_that_export_gives_back_what_was_imported(imported, tmp_path):
    done, annotations = imported
    export_coco(content_of(done, annotations), tmp_path / "out.json")
    before, after = coco_json(), json.loads((tmp_path / "out.json").read_text())
    assert after["info"] == before["info"]
    assert after["licenses"] == before["licenses"]
    assert [c for c in after["categories"] if c in before["categories"]] == before["categories"]
    for old, new in zip(before["images"], after["images"], strict=True):
        assert new | old == new
    found = {a["id"]: a for a in after["annotations"]}
    for old in before["annotations"]:
        new = found[old["id"]]
        assert new["bbox"] == pytest.approx(old["bbox"], abs=1e-6)
        assert {k: v for k, v in new.items() if k in old and k != "bbox"} == {
            k: v for k, v in old.items() if k != "bbox"
        }


def test_that_an_outline_written_for_another_box_is_left_out(imported, tmp_path):
    done, annotations = imported
    ref = done.images[0]
    first = next(iter(annotations[ref.id].detections.values()))
    moved = apply(annotations, Edit("Move", (Change(first, first.with_box(Box(1, 2, 4, 7))),)))
    export_coco(content_of(done, moved), tmp_path / "out.json")
    entry = next(
        a for a in json.loads((tmp_path / "out.json").read_text())["annotations"] if a["id"] == 11
    )
    assert "segmentation" not in entry
    assert (entry["area"], entry["rater"]) == (15, "x")


def test_that_an_export_can_be_imported_elsewhere_with_votes_and_proposals(imported, tmp_path):
    done, annotations = imported
    ref = done.images[0]
    first = next(iter(annotations[ref.id].detections.values()))
    voted = first.with_vote(Vote("ana", "thin", AT)).with_vote(Vote("bo", "thin", AT))
    proposal = Detection(
        "m1", ref.id, Box(50, 30, 55, 35), origin=Origin.MODEL, state=ReviewState.PREDICTED,
        score=0.7, class_scores=(("thin", 0.75), ("stubby", 0.25)), model="model a",
        proposed_box=Box(50, 30, 55, 35),
    )  # fmt: skip
    faint = replace(proposal, id="m2", box=Box(40, 30, 45, 35), score=0.3)
    gone = replace(proposal, id="m3", box=Box(45, 5, 50, 9), state=ReviewState.REJECTED)
    changes = (Change(first, voted), *(Change(None, d) for d in (proposal, faint, gone)))
    annotations = apply(annotations, Edit("", changes))
    export_coco(content_of(done, annotations), tmp_path / "out.json")
    other = import_coco(tmp_path / "out.json", tmp_path / "images", target(prefix="x"))
    found = apply({}, other.edit)[other.images[0].id].detections
    assert set(found) == {first.id, "m1", *(set(found) - {"m1", first.id})}
    assert len(found) == 3
    assert found[first.id].votes == voted.votes
    assert replace(found["m1"], extra="", image_id=ref.id) == proposal


def test_that_an_export_says_where_it_comes_from(imported, tmp_path):
    done, annotations = imported
    ref = done.images[0]
    size = Calibration(ref.id, PixelSize(0.2, 0.3, 1.0, "user"))
    annotations = apply(annotations, Edit("", (Change(None, size),)))
    export_coco(content_of(done, annotations), tmp_path / "out.json")
    dataset = read_coco(tmp_path / "out.json")
    assert (dataset.own["project"], dataset.own["seq"]) == ("p", 4)
    assert [c["id"] for c in dataset.own["classes"]][:2] == ["mushroom", "thin"]
    assert "half-open" in dataset.own["boxes"]
    assert dataset.images[0].pixel_size == PixelSize(0.2, 0.3, 1.0, "user")


def test_that_an_image_nobody_looked_at_says_so(imported, tmp_path):
    done, _ = imported
    export_coco(content_of(done, {}), tmp_path / "out.json")
    assert [i.reviewed_regions for i in read_coco(tmp_path / "out.json").images] == [(), ()]


@pytest.mark.parametrize(
    ("said", "label"), [("Mushroom", "mushroom"), ("Long thin", "long_thin"), ("spine", None)]
)
def test_that_a_model_may_name_its_classes_as_it_likes(imported, tmp_path, said, label):
    done, _ = imported
    found = Detection("d", done.images[0].id, Box(1, 1, 9, 9), class_scores=((said, 1.0),))
    annotations = apply({}, Edit("t", (Change(None, found),)))
    export_coco(content_of(done, annotations), tmp_path / "out.json")
    dataset = read_coco(tmp_path / "out.json")
    assert dataset.labels()[dataset.annotations[0].category_id] == label


def test_that_the_channel_of_an_image_comes_back(tmp_path):
    write_image(tmp_path / "two.tif")
    image = {"id": 1, "file_name": "two.tif", "spinegui": {"channel": 1}}
    text = json.dumps({"images": [image], "annotations": [], "categories": []})
    (tmp_path / "a.json").write_text(text)
    plain = target()
    two_channels = replace(
        plain, image_ref=lambda path, key: replace(plain.image_ref(path, key), n_channels=2)
    )
    for wanted, place in ((1, two_channels), (0, plain)):
        done = import_coco(tmp_path / "a.json", tmp_path, place)
        assert apply({}, done.edit)[done.images[0].id].channel == wanted


def test_that_an_empty_project_exports(tmp_path):
    export_coco(Content("p", 0, AT, (), {}), tmp_path / "out.json")
    assert read_coco(tmp_path / "out.json").annotations == ()


def test_that_an_export_replaces_a_file_only_when_told(imported, tmp_path):
    done, annotations = imported
    (tmp_path / "out.json").write_text("mine")
    with pytest.raises(FileExistsError):
        export_coco(content_of(done, annotations), tmp_path / "out.json")
    export_coco(content_of(done, annotations), tmp_path / "out.json", overwrite=True)


def test_that_an_image_of_another_size_is_refused(tmp_path):
    path = write_dataset(tmp_path)
    write_image(tmp_path / "images" / "a.tif", shape=(20, 20))
    with pytest.raises(CocoError, match=r"a\.tif has 20 × 20 px, but truth\.json says 60 × 40"):
        import_coco(path, tmp_path / "images", target())


def test_that_a_missing_image_is_said(tmp_path):
    with pytest.raises(CocoError, match="Choose the folder"):
        import_coco(write_dataset(tmp_path), tmp_path, target())


def test_that_a_stack_stands_beside_its_projection_again(tmp_path):
    value = coco_json(images=[{"id": 5, "file_name": "mip.tif", "stack": "s.tif"}], annotations=[])
    path = write_dataset(tmp_path, value)
    write_image(tmp_path / "images" / "s.tif", shape=(3, 40, 60))
    done = import_coco(path, tmp_path / "images", target())
    assert done.images[0].n_z == 3
    export_coco(content_of(done, apply({}, done.edit)), tmp_path / "out.json")
    image = read_coco(tmp_path / "out.json").images[0]
    assert (image.file_name, image.stack) == ("mip.tif", "s.tif")


def test_that_what_was_carried_survives_a_project_setting(imported):
    done, _ = imported
    text = json.dumps(done.carried.to_json())
    assert Carried.from_json(json.loads(text)) == done.carried
    for damaged in (None, [], {"root": 1}, {"top": 3, "root": None, "categories": 1, "images": 2}):
        with pytest.raises(ValueError, match="Not what an import carried"):
            Carried.from_json(damaged)


def test_that_a_second_import_keeps_what_the_first_one_carried(imported):
    done, _ = imported
    newer = Carried("/else", {"info": 2}, ({"id": 3, "name": "thin"},), {"z": {"id": 5}})
    both = done.carried.merged(newer)
    assert both.root is None
    assert both.top["info"] == 2
    assert set(both.images) == {*done.carried.images, "z"}
    export = content_of(done, {})
    names = [c.name for c in read_back(replace(export, carried=both)).categories]
    assert names.count("Mushroom") == 1


def read_back(content: Content):
    from spinegui.storage.exchange.coco_export import to_dataset

    return to_dataset(content)[0]


def test_that_images_of_one_name_in_other_folders_stay_apart(tmp_path):
    done = import_coco(write_dataset(tmp_path), tmp_path / "images", target())
    refs = (
        replace(done.images[0], path="/data/one/a.tif"),
        replace(done.images[1], path="/data/two/a.tif"),
    )
    dataset = read_back(Content("p", 0, AT, refs, {"x": Annotation("x")}))
    assert [i.file_name for i in dataset.images] == ["one/a.tif", "two/a.tif"]
