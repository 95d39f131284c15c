"""The sample: files that any program reads, truth that fits them, the same bytes every time."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

from spinegui.domain.labels import SPINE_CLASSES
from spinegui.imaging.opening import open_image
from spinegui.synthesis.image_file import SynthesisError, write_image
from spinegui.synthesis.sample import HELD_OUT, SAMPLE, TRAIN, SampleImage, make_sample
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import STACK, TINY

if TYPE_CHECKING:
    from pathlib import Path

SMALL_STACK = replace(STACK, width=96, height=80, n_z=6, n_branches=0)
RECIPES = (
    SampleImage("a.tif", TRAIN, 1, TINY),
    SampleImage("b.tif", TRAIN, 2, SMALL_STACK),
    SampleImage("c.tif", HELD_OUT, 3, replace(TINY, bit_depth=12)),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return make_sample(tmp_path_factory.mktemp("sample"))


def test_that_a_written_stack_reads_back_with_its_calibration(tmp_path: Path):
    image = make_image(2, SMALL_STACK)
    write_image(tmp_path / "s.tif", image)
    with open_image(tmp_path / "s.tif") as source:
        assert (source.n_z, source.height, source.width) == (6, 80, 96)
        assert np.array_equal(source.volume(), image.pixels)
        assert source.pixel_size is not None
        assert source.pixel_size.x_um == pytest.approx(SMALL_STACK.pixel_um, rel=1e-5)
        assert source.pixel_size.z_um == pytest.approx(SMALL_STACK.z_step_um)


def test_that_a_written_frame_carries_micrometres_as_imagej_writes_them(tmp_path: Path):
    image = make_image(2, TINY)
    write_image(tmp_path / "f.tif", image)
    with tifffile.TiffFile(tmp_path / "f.tif") as file:
        assert file.imagej_metadata is not None
        assert file.imagej_metadata["unit"] == "um"
    with open_image(tmp_path / "f.tif") as source:
        assert np.array_equal(source.plane(), image.pixels[0])
        assert source.pixel_size is not None
        assert source.pixel_size.z_um is None


def test_that_the_same_recipes_give_the_same_bytes(tmp_path: Path):
    first = make_sample(tmp_path / "a", recipes=RECIPES)
    second = make_sample(tmp_path / "b", recipes=RECIPES)
    for one, two in zip((*first.images, first.truth), (*second.images, second.truth), strict=True):
        assert one.read_bytes() == two.read_bytes()


def test_that_progress_is_told_image_by_image(tmp_path: Path):
    heard: list[tuple[int, int]] = []
    make_sample(tmp_path, recipes=RECIPES, on_progress=lambda *step: heard.append(step))
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_that_stacks_carry_heads_and_frames_only_boxes(tmp_path: Path):
    sample = make_sample(tmp_path, recipes=RECIPES)
    document = json.loads(sample.truth.read_text())
    stacks = {entry["id"] for entry in document["images"] if "stack" in entry}
    assert stacks == {2}
    for entry in document["annotations"]:
        is_in_stack = entry["image_id"] in stacks
        assert ("head_est" in entry) == ("z" in entry) == is_in_stack
        assert entry["iscrowd"] == 0
        assert entry["area"] > 0
        assert set(entry["morphometry"]) >= {"length_um", "head_width_um", "volume_um3"}


def test_that_hidden_spines_are_kept_apart_from_the_annotations(tmp_path: Path):
    sample = make_sample(tmp_path, recipes=RECIPES)
    document = json.loads(sample.truth.read_text())
    for number, recipe in enumerate(RECIPES, start=1):
        image = make_image(recipe.seed, recipe.settings)
        listed = [a for a in document["annotations"] if a["image_id"] == number]
        ignored = [a for a in document["ignored"] if a["image_id"] == number]
        assert len(listed) == len(image.visible)
        assert len(ignored) == len(image.spines) - len(image.visible)


def test_that_each_split_has_a_document_of_its_own_with_the_same_ids(tmp_path: Path):
    sample = make_sample(tmp_path, recipes=RECIPES)
    truth, train, held_out = (
        json.loads(path.read_text()) for path in (sample.truth, sample.train, sample.held_out)
    )
    assert [i["file_name"] for i in train["images"]] == ["a.tif", "b.tif"]
    assert [i["file_name"] for i in held_out["images"]] == ["c.tif"]
    assert train["annotations"] + held_out["annotations"] == truth["annotations"]
    assert [p.name for p in sample.train_images] == ["a.tif", "b.tif"]
    assert [p.name for p in sample.held_out_images] == ["c.tif"]


def test_that_a_folder_that_cannot_be_made_is_said_plainly(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SynthesisError, match="Choose another place"):
        make_sample(tmp_path / "file" / "sample", recipes=RECIPES)


def test_that_an_image_that_cannot_be_written_is_said_plainly(tmp_path: Path):
    (tmp_path / "a.tif").mkdir()
    with pytest.raises(SynthesisError, match="could not be written"):
        make_sample(tmp_path, recipes=RECIPES[:1])


def test_that_the_shipped_sample_has_stacks_and_all_classes_in_both_splits(whole):
    document = json.loads(whole.truth.read_text())
    per_image = Counter(a["image_id"] for a in document["annotations"])
    assert all(20 <= per_image[i["id"]] <= 45 for i in document["images"])
    for split in (TRAIN, HELD_OUT):
        images = {i["id"]: i for i in document["images"] if i["split"] == split}
        assert any("stack" in i for i in images.values())
        found = {a["category_id"] for a in document["annotations"] if a["image_id"] in images}
        assert len(found) == len(SPINE_CLASSES.ids)


def test_that_the_shipped_samples_images_all_know_their_pixel_size(whole):
    assert len(whole.images) == len(SAMPLE)
    for path in whole.images:
        with open_image(path) as source:
            assert source.pixel_size is not None
            assert (source.pixel_size.z_um is not None) == (source.n_z > 1)
