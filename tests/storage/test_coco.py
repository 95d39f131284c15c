from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from spinegui.storage.exchange.coco import (
    CocoError,
    read_coco,
    resolve_below,
    to_json,
    write_coco,
)
from tests.support.datasets import coco_json, write_dataset, write_image

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def written(tmp_path: Path):
    def write(text: str | dict) -> Path:
        path = tmp_path / "in.json"
        path.write_text(text if isinstance(text, str) else json.dumps(text))
        return path

    return write


def test_that_a_file_comes_back_as_it_was_with_fields_nobody_knows(written, tmp_path):
    value = coco_json()
    write_coco(read_coco(written(value)), tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text()) == value


def test_that_a_box_over_the_edge_is_kept(written):
    assert read_coco(written(coco_json())).annotations[0].box.x0 == -2.13


def test_that_spine_counts_for_detection_only(written):
    labels = read_coco(written(coco_json())).labels()
    assert labels == {3: "mushroom", 7: "ball", 8: None}


def test_that_stack_fields_are_understood(written, tmp_path):
    value = coco_json()
    value["images"][0] |= {
        "stack": "s/a.tif", "roi_mask": "r/a.tif", "pixel_um": 0.12, "z_step_um": 1.0,
        "reviewed_regions": [{"bbox": [0, 0, 9, 9], "z_range": [1, 3]}, [1, 2, 3, 4]],
    }  # fmt: skip
    value["annotations"][0] |= {"z": 3.5, "z_range": [2, 5], "head_est": [1.0, 2.0, 3.0]}
    dataset = read_coco(written(value))
    image, annotation = dataset.images[0], dataset.annotations[0]
    assert image.pixels == "s/a.tif"
    assert image.pixel_size.z_um == 1.0
    assert [r.z_range for r in image.reviewed_regions] == [(1, 3), None]
    assert (annotation.z, annotation.z_range, annotation.head.z) == (3.5, (2, 5), 3.0)
    write_coco(dataset, tmp_path / "out.json")
    assert to_json(read_coco(tmp_path / "out.json")) == to_json(dataset)


def test_that_an_existing_file_is_kept_unless_told_otherwise(written, tmp_path):
    dataset = read_coco(written(coco_json()))
    with pytest.raises(FileExistsError):
        write_coco(dataset, tmp_path / "in.json", overwrite=False)


def with_annotation(**fields: object) -> dict:
    base = {"id": 1, "image_id": 5, "category_id": 3, "bbox": [1, 2, 3, 4]}
    return coco_json(annotations=[base | fields])


def with_image(**fields: object) -> dict:
    value = coco_json(annotations=[])
    value["images"] = [{"id": 5, "file_name": "a.tif", "width": 60, "height": 40} | fields]
    return value


def with_review(**fields: object) -> dict:
    return with_annotation(spinegui={"origin": "user", "state": "accepted"} | fields)


HUGE = 10**400
BAD = {
    "unknown category": (with_annotation(category_id=99), "unknown category, 99"),
    "unknown image": (with_annotation(image_id="nope"), "unknown image, nope"),
    "zero width": (with_annotation(bbox=[1, 2, 0, 4]), "no area"),
    "negative height": (with_annotation(bbox=[1, 2, 3, -4]), "no area"),
    "lost width": (with_annotation(bbox=[1e300, 2, 3, 4]), "no area"),
    "five numbers": (with_annotation(bbox=[1, 2, 3, 4, 5]), "list of 4 numbers"),
    "text in box": (with_annotation(bbox=[1, 2, 3, "4"]), "not a number"),
    "true in box": (with_annotation(bbox=[1, 2, 3, True]), "not a number"),
    "huge integer": (with_annotation(bbox=[1, 2, 3, HUGE]), "usable size"),
    "outside": (with_annotation(bbox=[600, 2, 3, 4]), "wholly outside"),
    "no id": (with_annotation(id=None), '"id" is not'),
    "z text": (with_annotation(z="deep"), '"z" is not a number'),
    "z range backwards": (with_annotation(z_range=[5, 2]), "first and a last slice"),
    "head of two": (with_annotation(head_est=[1, 2]), "list of 3 numbers"),
    "own state": (with_review(state="maybe"), "review state"),
    "own votes": (with_review(votes=[{"rater": 3}]), '"rater" is not a text'),
    "same annotation id": (
        coco_json(
            annotations=[{"id": 1, "image_id": 5, "category_id": 3, "bbox": [1, 2, 3, 4]}] * 2
        ),
        "Two entries of kind annotation have the id 1",
    ),
    "same image id": (
        coco_json(images=[{"id": 5, "file_name": "a.tif"}, {"id": 5, "file_name": "b.tif"}]),
        "Two entries of kind image",
    ),
    "same category id": (
        coco_json(categories=[{"id": 3, "name": "a"}, {"id": 3, "name": "b"}]),
        "Two entries of kind category",
    ),
    "parent": (with_image(file_name="../a.tif"), "leads out"),
    "parent inside": (with_image(file_name="x/../../a.tif"), "leads out"),
    "absolute": (with_image(file_name="/etc/passwd"), "leads out"),
    "drive": (with_image(file_name="C:\\a.tif"), "leads out"),
    "backslashes": (with_image(file_name="x\\..\\..\\a.tif"), "leads out"),
    "share": (with_image(file_name="\\\\host\\share\\a.tif"), "leads out"),
    "stack path": (with_image(stack="../a.tif"), "leads out"),
    "mask path": (with_image(roi_mask="/a.tif"), "leads out"),
    "nul": (with_image(file_name="a\0.tif"), "not a file name"),
    "no name": (with_image(file_name=""), '"file_name" is not a text'),
    "zero size": (with_image(width=0), "positive number"),
    "pixel size": (with_image(pixel_um=-1), "between 0 and 100"),
    "z step": (with_image(z_step_um=1e6), "between 0 and 100"),
    "region": (with_image(reviewed_regions=[{"bbox": [0, 0, 0, 0]}]), "no area"),
    "regions": (with_image(reviewed_regions=7), "not a list"),
    "not an object": ("[1, 2]", "not an object"),
    "no images": ('{"annotations": [], "categories": []}', '"images" is not a list'),
    "image no object": (coco_json(images=[3]), "Image no. 1 is not an object"),
    "nan": ('{"images": [NaN]}', "NaN, which is not a number"),
    "infinity": ('{"images": [-Infinity]}', "not a number"),
    "overflow": ('{"images": [1e999]}', "too large"),
    "nested": ("[" * 200_000, "nested too deeply"),
    "long number": ("[" + "9" * 5000 + "]", "too long"),
    "cut off": ('{"images": [', "not JSON"),
    "empty": ("", "not JSON"),
}


@pytest.mark.parametrize("case", BAD)
def test_that_a_bad_file_gets_one_sentence(written, case):
    value, message = BAD[case]
    with pytest.raises(CocoError, match=message) as caught:
        read_coco(written(value))
    assert str(caught.value).startswith("in.json cannot be used as a COCO dataset. ")
    assert str(caught.value).endswith("Mend the file and try again.")


def test_that_files_over_the_limit_binary_files_and_missing_files_are_refused(written, tmp_path):
    with pytest.raises(CocoError, match="limit"):
        read_coco(written(coco_json()), max_bytes=100)
    (tmp_path / "b.json").write_bytes(bytes(range(256)))
    with pytest.raises(CocoError, match="UTF-8"):
        read_coco(tmp_path / "b.json")
    with pytest.raises(CocoError, match="cannot be read"):
        read_coco(tmp_path / "none.json")


def test_that_names_resolve_below_their_folder_only(tmp_path):
    write_dataset(tmp_path)
    root = tmp_path / "images"
    assert resolve_below(root, "sub\\b.tif") == root / "sub" / "b.tif"
    with pytest.raises(CocoError, match="no image"):
        resolve_below(root, "c.tif")
    with pytest.raises(CocoError, match="leads out"):
        resolve_below(root, "../truth.json")
    outside = write_image(tmp_path / "outside.tif")
    (root / "link.tif").symlink_to(outside)
    with pytest.raises(CocoError, match="is a link that leads out"):
        resolve_below(root, "link.tif")
