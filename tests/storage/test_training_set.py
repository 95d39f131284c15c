from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from spinegui.domain.annotation import Annotation, ImageChannel, ImageState, ReviewedRegion
from spinegui.domain.detection import Detection, Origin, ReviewState, Vote
from spinegui.domain.edits import apply
from spinegui.domain.geometry import Box
from spinegui.domain.image_ref import Calibration, PixelSize
from spinegui.domain.joining import merge
from spinegui.domain.split import Part
from spinegui.storage.exchange.coco import CocoError, read_coco
from spinegui.storage.exchange.coco_export import export_coco
from spinegui.storage.exchange.content import Content
from spinegui.storage.training_set import (
    LabelledBox,
    RejectedBox,
    TrainingSet,
    TrainingSetError,
    check_apart,
    from_coco,
    from_project,
    off_spines,
    read_training_set,
    write_training_set,
)
from tests.support.datasets import AT, coco_json, image_ref, write_dataset, write_image
from tests.support.shared_data import shared_data

if TYPE_CHECKING:
    from pathlib import Path

ACCEPTED, REJECTED, PREDICTED = (
    ReviewState.ACCEPTED, ReviewState.REJECTED, ReviewState.PREDICTED,
)  # fmt: skip


def detection(i: int, image_id: str, **fields: object) -> Detection:
    y = 6 * (i % 6)  # apart from the others
    return Detection(f"d{i}", image_id, Box(i, y, i + 5, y + 6), **fields)


@pytest.fixture
def content(tmp_path: Path) -> Content:
    """Three images: reviewed with every kind of detection, a region only, nothing at all."""
    refs = tuple(
        image_ref(write_image(tmp_path / "images" / f"{name}.tif", shape=shape, seed=i), name)
        for i, (name, shape) in enumerate(
            {"full": (40, 60), "part": (3, 40, 60), "none": (40, 60)}.items()
        )
    )
    kinds = [
        detection(0, "full", votes=(Vote("ana", "thin", AT),)),
        detection(1, "full", origin=Origin.MODEL, class_scores=(("stubby", 0.9),)),
        detection(2, "full", origin=Origin.MODEL, state=REJECTED),
        detection(3, "full", origin=Origin.USER, state=REJECTED),
        detection(4, "full", origin=Origin.MODEL, state=PREDICTED, score=0.9),
        detection(5, "full", votes=(Vote("ana", "unsure", AT),)),
    ]
    region = ReviewedRegion("r", "part", Box(0, 0, 20, 20), (0, 1))
    annotations = {
        "full": Annotation("full", {d.id: d for d in kinds}, state=ImageState("full", True)),
        "part": Annotation(
            "part", {}, {"r": region},
            calibration=Calibration("part", PixelSize(0.1, 0.2, 1.0, "user")),
        ),
        "none": Annotation(
            "none", {"x": detection(9, "none", origin=Origin.MODEL, state=PREDICTED, score=0.9)}
        ),
    }  # fmt: skip
    return Content("p", 1, AT, refs, annotations)


ALL_TRAIN = dict.fromkeys(("full", "part", "none"), Part.TRAIN)


def test_that_the_channel_people_looked_at_goes_along(content, tmp_path):
    looked_in = ImageChannel("part", 2)
    part = replace(content.annotations["part"], image_channel=looked_in)
    content = replace(content, annotations={**content.annotations, "part": part})
    training = from_project(content, parts=ALL_TRAIN)
    assert [image.channel for image in training.images] == [0, 2]
    path = write_training_set(training, tmp_path, tmp_path)
    assert [i.channel for i in read_training_set(path, tmp_path).images] == [0, 2]
    export_coco(content, tmp_path / "out.json")
    assert [image.channel for image in read_coco(tmp_path / "out.json").images] == [0, 2, 0]


@pytest.mark.parametrize("channel", [-1, 1.5, True, "1"])
def test_that_a_channel_that_is_none_is_refused(tmp_path, channel):
    data = coco_json()
    data["images"][0]["spinegui"] = {"channel": channel}
    (tmp_path / "a.json").write_text(json.dumps(data))
    with pytest.raises(CocoError, match="channel"):
        read_coco(tmp_path / "a.json")


def test_that_only_what_people_decided_is_trained_on(content):
    full, part = from_project(content, parts=ALL_TRAIN).images
    assert [(p.box.x0, p.label, p.is_persons_label) for p in full.positives] == [
        (0, "thin", True), (1, "stubby", False), (5, None, True),
    ]  # fmt: skip
    assert [n.box.x0 for n in full.negatives] == [2]
    assert full.reviewed_regions is None
    assert (part.stack, part.pixel_size.y_um) == (True, 0.2)
    assert part.covers(5, 5, 1)
    assert not part.covers(5, 5, 2)
    assert not part.covers(30, 5, 1)


@pytest.mark.parametrize("boxes", [
    (Box(30, 20, 40, 30), Box(31, 20, 41, 30)),  # two copies on one spine
    (Box(30, 20, 40, 30), Box(38, 20, 48, 30)),  # each holds a part of it
])  # fmt: skip
def test_that_what_merging_left_on_a_spine_teaches_nothing_wrong(content, tmp_path, boxes):
    both = [
        Detection(f"m{i}", "full", box, origin=Origin.MODEL, state=PREDICTED, score=0.9 - i / 10)
        for i, box in enumerate(boxes)
    ]
    full = content.annotations["full"]
    shown = {"full": replace(full, detections={**full.detections, **{d.id: d for d in both}})}
    content = replace(content, annotations={**content.annotations, **apply(shown, merge(both))})
    training = from_project(content, parts=ALL_TRAIN)
    path = write_training_set(training, tmp_path, tmp_path)
    for image in (training.images[0], read_training_set(path, tmp_path).images[0]):
        assert any(p.box.contains(34, 25) for p in image.positives)
        assert [n.box.x0 for n in image.negatives] == [2], "what was rejected elsewhere stays"


def test_that_a_rejected_box_in_other_slices_than_a_spine_s_is_a_negative():
    spine = LabelledBox(Box(0, 0, 10, 10), 3.0, (2, 4))
    above, beside, through = (
        RejectedBox(Box(0, 0, 10, 10), 7.0, (6, 8)),
        RejectedBox(Box(6, 0, 16, 10), 3.0, (2, 4)),
        RejectedBox(Box(4, 0, 14, 10)),
    )
    assert off_spines((above, beside, through), (spine,)) == (above, beside)
    assert off_spines((through,), ()) == (through,)


def test_that_an_image_without_spines_teaches_that_all_of_it_is_background(content, tmp_path):
    none = replace(
        content.annotations["none"], state=ImageState("none", is_reviewed=True, has_no_spines=True)
    )
    content = replace(content, annotations={**content.annotations, "none": none})
    training = from_project(content, parts=ALL_TRAIN)
    path = write_training_set(training, tmp_path, tmp_path)
    for image in (training.images[2], read_training_set(path, tmp_path).images[2]):
        assert (image.positives, image.reviewed_regions) == ((), None)
        assert image.covers(30, 30, 0)


def test_that_a_training_set_survives_its_file(content, tmp_path):
    training = from_project(content, parts=ALL_TRAIN)
    path = write_training_set(training, tmp_path, tmp_path / "images")
    back = read_training_set(path, tmp_path / "images")
    assert back.held_out == training.held_out
    for old, new in zip(training.images, back.images, strict=True):
        regions = old.reviewed_regions and tuple(
            replace(r, image_id=new.reviewed_regions[0].image_id) for r in old.reviewed_regions
        )
        assert replace(old, reviewed_regions=regions) == new
    assert json.loads(path.read_text())["images"][0]["file_name"] == "full.tif"


def test_that_images_outside_the_root_are_found_too(content, tmp_path):
    (tmp_path / "job").mkdir()
    path = write_training_set(
        from_project(content, parts=ALL_TRAIN), tmp_path / "job", tmp_path / "job"
    )
    assert len(read_training_set(path, tmp_path / "job").images) == 2


def test_that_a_changed_image_is_refused(content, tmp_path):
    path = write_training_set(from_project(content, parts=ALL_TRAIN), tmp_path, tmp_path)
    write_image(tmp_path / "images" / "full.tif", seed=77)
    with pytest.raises(TrainingSetError, match=r"full\.tif is not the image"):
        read_training_set(path, tmp_path)
    assert read_training_set(path, tmp_path, verify=False).images
    (tmp_path / "images" / "full.tif").unlink()
    with pytest.raises(TrainingSetError, match="Bring the image back"):
        read_training_set(path, tmp_path)


def test_that_held_out_images_are_left_out_and_named(content):
    parts = {"full": Part.TEST, "part": Part.TRAIN, "none": Part.VALIDATION}
    training = from_project(content, parts=parts)
    shas = {image.id: image.sha256 for image in content.images}
    assert [image.sha256 for image in training.images] == [shas["part"]]
    assert training.held_out == {shas["full"], shas["none"]}
    test = from_project(content, parts=parts, part=Part.TEST)
    assert [image.sha256 for image in test.images] == [shas["full"]]


def test_that_a_held_out_image_is_refused_wherever_it_comes_in(content, tmp_path):
    training = from_project(content, parts=ALL_TRAIN)
    image = training.images[0]
    for name in (image.sha256, image.group):
        with pytest.raises(TrainingSetError, match=r"full\.tif is held out"):
            TrainingSet(training.images, frozenset({name}))
    path = write_training_set(training, tmp_path, tmp_path)
    value = json.loads(path.read_text())
    value["spinegui"]["held_out"] = [image.sha256]
    path.write_text(json.dumps(value))
    with pytest.raises(TrainingSetError, match="held out"):
        read_training_set(path, tmp_path)


def test_that_a_group_of_a_held_out_image_is_refused(content):
    groups = {"full": "animal 1", "part": "animal 1"}
    parts = {"full": Part.TEST, "part": Part.TRAIN}
    with pytest.raises(TrainingSetError, match=r"part\.tif is held out"):
        from_project(content, parts=parts, groups=groups)


def test_that_nothing_reviewed_is_said(content):
    with pytest.raises(TrainingSetError, match="was reviewed yet"):
        from_project(content, parts={"none": Part.TRAIN})


def test_that_a_coco_file_becomes_a_training_set(tmp_path):
    training = from_coco(write_dataset(tmp_path), tmp_path / "images")
    first, second = training.images
    assert [p.label for p in first.positives] == ["mushroom", "ball"]
    assert [p.label for p in second.positives] == [None]
    assert training.label_ids == ("mushroom", "ball")
    assert (first.group, second.group) == ("series 9", second.sha256)
    assert (training.n_positives, training.n_negatives) == (3, 0)


def test_that_training_and_validation_share_no_image_and_no_group(tmp_path):
    training = from_coco(write_dataset(tmp_path), tmp_path / "images")
    with pytest.raises(TrainingSetError, match=r"a\.tif is in the training set"):
        check_apart(training, TrainingSet(training.images[:1]))
    other = replace(training.images[0], sha256="0" * 64)
    with pytest.raises(TrainingSetError, match="another image of its group"):
        check_apart(training, TrainingSet((other,)))
    check_apart(TrainingSet(training.images[:1]), TrainingSet(training.images[1:]))


def test_that_files_that_are_no_training_set_are_refused(tmp_path):
    path = write_dataset(tmp_path)
    with pytest.raises(TrainingSetError, match="is not a training set"):
        read_training_set(path, tmp_path / "images")
    path.write_text("{")
    with pytest.raises(TrainingSetError, match="cannot be used"):
        read_training_set(path, tmp_path / "images")
    path.write_text(json.dumps(coco_json(images=[], annotations=[])))
    with pytest.raises(TrainingSetError, match="lists no images"):
        from_coco(path, tmp_path / "images")


def test_that_the_shared_sets_are_read_and_kept_apart():
    folder = shared_data() / "meng_classes"
    training, validation = (from_coco(folder / f"{s}.json", folder) for s in ("train", "val"))
    assert (len(training.images), training.n_positives) == (66, 423)
    check_apart(training, validation)
    stacks = shared_data() / "rr30a_3d"
    image = from_coco(stacks / "val.json", stacks).images[0]
    assert image.stack
    assert image.roi_mask.is_file()
    assert image.positives[0].head is not None
