from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from spinegui.domain.annotation import ImageState
from spinegui.domain.geometry import Box
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.storage import items_json
from tests.support.projects import detection, full_detection, image_ref, other_items


@pytest.mark.parametrize("item", [detection(), full_detection(), *other_items()], ids=repr)
def test_that_an_item_comes_back_equal(item: items_json.Item) -> None:
    text = items_json.item_to_json(item)
    assert items_json.item_from_json(item.kind, text) == item
    assert text.isascii()


def test_that_equal_items_have_equal_text() -> None:
    a = replace(detection(number=1), box=Box(0, 1, 2, 3), z=0)
    b = replace(detection(number=1), box=Box(-0.0, 1.0, 2.0, 3.0), z=-0.0)
    assert a == b
    assert items_json.item_to_json(a) == items_json.item_to_json(b)


def test_that_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        items_json.item_to_json(replace(detection(), score=float("nan")))


@pytest.mark.parametrize("text", ["{}", "[]", "1", '{"id": 1', '{"box": [1, 2]}'])
@pytest.mark.parametrize("kind", ["detection", "region", "image_state", "calibration", "shaft"])
def test_that_text_of_no_item_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        items_json.item_from_json(kind, text)


def test_that_an_image_comes_back_equal() -> None:
    ref = image_ref("a", Path("/data"))
    for sized in (ref, replace(ref, pixel_size=None)):
        assert items_json.image_from_json(items_json.image_to_json(sized, "a.tif")) == (
            sized,
            "a.tif",
        )


@pytest.mark.parametrize("text", ["{}", "3", '{"relative": null, "pixel_size": null}'])
def test_that_text_of_no_image_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Not an image"):
        items_json.image_from_json(text)


def test_that_a_label_set_comes_back_equal() -> None:
    labels = SPINE_CLASSES.with_class("branched")
    value = json.loads(json.dumps(items_json.labels_to_json(labels)))
    assert items_json.labels_from_json(value) == labels
    with pytest.raises(ValueError, match="label set"):
        items_json.labels_from_json([{"id": "x"}])


def test_that_an_image_state_of_an_older_project_is_read_and_written_as_it_was() -> None:
    text = '{"image_id":"i","is_reviewed":true}'
    state = items_json.item_from_json("image_state", text)
    assert state == ImageState("i", is_reviewed=True)
    assert items_json.item_to_json(state) == text
