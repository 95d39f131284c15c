from __future__ import annotations

import csv
import io
import json
import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spinegui.domain.annotation import Annotation, ReviewedRegion
from spinegui.domain.detection import Detection, How, Origin, ReviewState, Vote
from spinegui.domain.edits import apply
from spinegui.domain.geometry import Box, Point3
from spinegui.domain.image_ref import ImageRef
from spinegui.storage.exchange.coco import CocoError, read_coco, to_json, write_coco
from spinegui.storage.exchange.coco_export import export_coco
from spinegui.storage.exchange.coco_import import ImportTarget, import_coco
from spinegui.storage.exchange.coco_reading import dataset_from_json
from spinegui.storage.exchange.content import Content
from spinegui.storage.exchange.table import table_text
from tests.support.datasets import AT, coco_json, counter
from tests.support.items import image_states

SIZE = 200
ON_DISK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
names = st.text(string.ascii_letters + string.digits + " _µ-é", min_size=1, max_size=8)
finite = st.floats(allow_nan=False, allow_infinity=False, width=32)
scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | finite | st.text(max_size=5)
anything = st.recursive(
    scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=4), v, max_size=3)
)
unknown = st.dictionaries(names.map("x_{}".format), anything, max_size=3)
labels = st.sampled_from(["mushroom", "thin", "stubby", "filopodia", "ball", "unsure"])
unit = st.floats(0, 1)
boxes = st.builds(
    Box.from_xywh,
    st.floats(-20, SIZE - 1), st.floats(-20, SIZE - 1), st.floats(21, 60), st.floats(21, 60),
)  # fmt: skip
slices = st.tuples(st.integers(0, 5), st.integers(5, 9))


@st.composite
def datasets(draw) -> dict[str, object]:
    entry = lambda **fields: draw(unknown) | fields  # noqa: E731
    images = [
        entry(id=i, file_name=f"{i}.tif", width=SIZE, height=SIZE)
        for i in range(draw(st.integers(1, 3)))
    ]
    categories = [entry(id=i + 1, name=draw(names)) for i in range(draw(st.integers(1, 3)))]
    annotations = [
        entry(
            id=i,
            image_id=draw(st.sampled_from(images))["id"],
            category_id=draw(st.sampled_from(categories))["id"],
            bbox=list(draw(boxes).as_xywh()),
            **draw(st.fixed_dictionaries({}, optional={"z": unit, "z_range": slices.map(list)})),
        )
        for i in range(draw(st.integers(0, 5)))
    ]
    return draw(unknown) | {
        "images": images, "categories": categories, "annotations": annotations,
    }  # fmt: skip


detections = st.builds(
    Detection,
    id=st.uuids().map(str),
    image_id=st.just("i"),
    box=boxes,
    z=st.none() | st.floats(0, 9),
    z_range=st.none() | slices,
    head=st.none() | st.builds(Point3, finite, finite, finite),
    base=st.none() | st.builds(Point3, finite, finite, finite),
    origin=st.sampled_from(Origin),
    state=st.sampled_from(ReviewState),
    score=st.none() | unit,
    class_scores=st.dictionaries(labels, unit, max_size=4).map(lambda d: tuple(d.items())),
    votes=st.lists(
        st.builds(
            Vote, names, labels, st.just(AT), st.sampled_from(How), st.sampled_from(("", AT))
        ),
        max_size=3,
        unique_by=lambda vote: (vote.rater, vote.session),
    ).map(tuple),
    model=st.none() | names,
    proposed_box=st.none() | boxes,
)
IMAGE = ImageRef("i", "/d/i.tif", "ff", 1, SIZE, SIZE, 10, 1, 1, "uint8", "ZYX", None)


@st.composite
def contents(draw) -> Content:
    found = draw(st.lists(detections, max_size=6, unique_by=lambda d: d.id))
    regions = draw(st.lists(st.tuples(boxes, st.none() | slices, st.booleans()), max_size=2))
    annotation = Annotation(
        "i",
        {d.id: d for d in found},
        {f"r{i}": ReviewedRegion(f"r{i}", "i", *each) for i, each in enumerate(regions)},
        draw(image_states("i")),
    )
    return Content("p", 1, AT, (IMAGE,), {"i": annotation})


def near(a: Box, b: Box) -> bool:
    return all(abs(u - v) < 1e-6 for u, v in zip(a.as_xyxy(), b.as_xyxy(), strict=True))


@ON_DISK
@given(value=datasets())
def test_that_any_dataset_comes_back_with_all_its_fields(value, tmp_path):
    path = tmp_path / "in.json"
    path.write_text(json.dumps(value))
    write_coco(read_coco(path), tmp_path / "out.json")
    back = json.loads((tmp_path / "out.json").read_text())
    for old, new in zip(value["annotations"], back["annotations"], strict=True):
        old_box, new_box = old.pop("bbox"), new.pop("bbox")
        assert near(Box.from_xywh(*old_box), Box.from_xywh(*new_box))
    assert back == value


@ON_DISK
@given(content=contents())
def test_that_what_a_project_exports_comes_back_the_same(content, tmp_path):
    (tmp_path / "i.tif").touch()
    export_coco(content, tmp_path / "out.json", overwrite=True)
    into = ImportTarget((), {}, lambda _path, _id: IMAGE, counter(), AT)
    done = import_coco(tmp_path / "out.json", tmp_path, into)
    found = apply({}, done.edit).get("i", Annotation("i"))
    wanted = content.detections(IMAGE)
    places = {(d.box, d.z, d.label) for d in wanted}
    assert done.n_detections + done.skipped == len(wanted)
    assert done.n_detections >= len(places) - 1
    for d in wanted:
        back = found.detections.get(d.id)
        if back is None:  # a second one in the same place with the same label
            continue
        assert near(back.box, d.box)
        for name in ("z", "z_range", "head", "base", "origin", "state", "score", "votes", "model"):
            assert getattr(back, name) == getattr(d, name)
        assert dict(back.class_scores) == dict(d.class_scores)
        assert (back.proposed_box is None) == (d.proposed_box is None)
    assert found.is_reviewed == content.annotations["i"].is_reviewed
    assert found.has_no_spines == content.annotations["i"].has_no_spines
    if not found.is_reviewed:
        kinds = [
            sorted((r.z_range or (-1, -1), r.is_unaided) for r in annotation.regions.values())
            for annotation in (found, content.annotations["i"])
        ]
        assert kinds[0] == kinds[1]


@given(content=contents())
@settings(max_examples=60, deadline=None)
def test_that_a_table_has_one_row_a_spine_and_a_value_a_column(content):
    rows = list(csv.DictReader(io.StringIO(table_text(content)), strict=True))
    wanted = content.detections(IMAGE)
    assert [row["spine_id"] for row in rows] == [d.id for d in wanted]
    for row, d in zip(rows, wanted, strict=True):
        assert None not in row
        box = Box.from_xywh(*(float(row[k]) for k in ("x_px", "y_px", "width_px", "height_px")))
        assert all(abs(u - v) < 2e-6 for u, v in zip(box.as_xyxy(), d.box.as_xyxy(), strict=True))
        assert row["label"] == (d.label or "")


@settings(max_examples=200, deadline=None)
@given(value=anything, key=st.sampled_from(["images", "annotations", "categories"]), data=st.data())
def test_that_a_wrong_value_anywhere_is_refused_or_kept_but_never_crashes(value, key, data):
    broken = coco_json()
    entry = data.draw(st.sampled_from(broken[key]))
    fields = [*entry, "z", "z_range", "head_est", "spinegui", "reviewed_regions", "pixel_um"]
    entry[data.draw(st.sampled_from(fields))] = value
    try:
        to_json(dataset_from_json(broken))
    except ValueError as err:
        assert str(err)  # noqa: PT017  either outcome is right, a crash is not


@ON_DISK
@given(raw=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_that_arbitrary_bytes_are_refused_in_a_sentence(raw, tmp_path):
    path = tmp_path / "raw.json"
    path.write_bytes(raw)
    try:
        read_coco(path)
    except CocoError as err:
        assert str(err).startswith("raw.json cannot be used")  # noqa: PT017  as above
    else:
        raise AssertionError("sixty bytes cannot hold a dataset")
