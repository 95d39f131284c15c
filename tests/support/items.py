"""Hypothesis strategies for domain values."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from spinegui.domain.annotation import ImageChannel, ImageState, ReviewedRegion
from spinegui.domain.detection import Detection, How, Origin, ReviewState, Vote
from spinegui.domain.geometry import Box, Point3
from spinegui.domain.image_ref import Calibration, PixelSize

coordinates = st.floats(-50, 2000, allow_nan=False, width=32)
sizes = st.floats(0.5, 300, allow_nan=False, width=32)
boxes = st.builds(Box.from_xywh, coordinates, coordinates, sizes, sizes)
points = st.builds(Point3, coordinates, coordinates, st.floats(0, 60, width=32))
labels = st.sampled_from(["mushroom", "thin", "stubby", "filopodia", "unsure"])
votes = st.lists(
    st.builds(
        Vote,
        rater=st.sampled_from(["ana", "bo", "cy"]),
        label=labels,
        at=st.datetimes().map(lambda d: d.isoformat(timespec="milliseconds")),
        how=st.sampled_from(How),
        session=st.sampled_from(["", "2026-01-01T00:00:00.000Z"]),
    ),
    max_size=3,
    unique_by=lambda vote: (vote.rater, vote.session),
).map(tuple)
z_ranges = st.none() | st.tuples(st.integers(0, 30), st.integers(0, 8)).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)
class_scores = st.just(()) | st.lists(st.floats(0, 1, width=32), min_size=4, max_size=4).map(
    lambda p: tuple(zip(("mushroom", "thin", "stubby", "filopodia"), p, strict=True))
)
extras = st.just("") | st.dictionaries(st.text(max_size=5), st.integers(), max_size=2).map(
    json.dumps
)


def detections(image_id: str = "image", ids: st.SearchStrategy[str] | None = None):
    return st.builds(
        Detection,
        id=st.uuids().map(lambda u: u.hex) if ids is None else ids,
        image_id=st.just(image_id),
        box=boxes,
        z=st.none() | st.floats(0, 60, width=32),
        z_range=z_ranges,
        head=st.none() | points,
        base=st.none() | points,
        origin=st.sampled_from(Origin),
        state=st.sampled_from(ReviewState),
        score=st.none() | st.floats(0, 1, width=32),
        class_scores=class_scores,
        votes=votes,
        model=st.none() | st.just("classical"),
        proposed_box=st.none() | boxes,
        extra=extras,
    )


def regions(image_id: str = "image"):
    return st.builds(
        ReviewedRegion,
        id=st.uuids().map(lambda u: u.hex),
        image_id=st.just(image_id),
        box=boxes,
        z_range=z_ranges,
        is_unaided=st.booleans(),
    )


def image_states(image_id: str = "image"):
    return st.sampled_from(
        (
            ImageState(image_id),
            ImageState(image_id, is_reviewed=True),
            ImageState(image_id, is_reviewed=True, has_no_spines=True),
        )
    )


def calibrations(image_id: str = "image"):
    size = st.floats(0.015625, 5, width=32)
    pixel_sizes = st.builds(
        PixelSize, x_um=size, y_um=size, z_um=st.none() | size, source=st.just("user")
    )
    return st.builds(Calibration, image_id=st.just(image_id), pixel_size=pixel_sizes)


def image_channels(image_id: str = "image"):
    return st.builds(ImageChannel, image_id=st.just(image_id), channel=st.integers(0, 5))


def items(image_id: str = "image"):
    return st.one_of(
        detections(image_id),
        regions(image_id),
        image_states(image_id),
        image_channels(image_id),
        calibrations(image_id),
    )
