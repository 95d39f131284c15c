"""Small projects, items and edits for the tests of storage and of all that stands on it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from spinegui.domain.annotation import ImageChannel, ImageState, ReviewedRegion
from spinegui.domain.detection import Detection, Origin, ReviewState, Vote
from spinegui.domain.edits import Change, Edit
from spinegui.domain.geometry import Box, Point3
from spinegui.domain.image_ref import Calibration, ImageRef, PixelSize
from spinegui.storage.project import Project

if TYPE_CHECKING:
    from pathlib import Path

_numbers = itertools.count(1)


def image_ref(image_id: str, folder: Path) -> ImageRef:
    size = PixelSize(0.065, 0.065, 0.2, "OME")
    path = str(folder / f"{image_id}.tif")
    return ImageRef(image_id, path, "ab" * 32, 1000, 64, 48, 5, 1, 1, "uint16", "ZYX", size)


def detection(image_id: str = "a", number: int | None = None) -> Detection:
    number = next(_numbers) if number is None else number
    return Detection(f"d{number}", image_id, Box(number, 1, number + 7.5, 9))


def full_detection(image_id: str = "a") -> Detection:
    """A detection with every field set."""
    return Detection(
        id="full",
        image_id=image_id,
        box=Box(0.1, 0.2, 0.3, 0.4),
        z=2.5,
        z_range=(1, 4),
        head=Point3(1, 2, 3),
        base=Point3(4, 5, 6),
        origin=Origin.MODEL,
        state=ReviewState.REJECTED,
        score=1 / 3,
        class_scores=(("thin", 0.75), ("stubby", 0.25)),
        votes=(Vote("Ann µ", "thin", "2026-01-01T00:00:00.000Z"),),
        model="classical",
        proposed_box=Box(0, 0, 1, 1),
        extra='{"iscrowd":0}',
    )


def other_items(
    image_id: str = "a",
) -> list[ReviewedRegion | ImageState | ImageChannel | Calibration]:
    return [
        ReviewedRegion("r1", image_id, Box(0, 0, 5, 5), (0, 2)),
        ReviewedRegion("r2", image_id, Box(0, 0, 5, 5)),
        ImageState(image_id, is_reviewed=True),
        ImageChannel(image_id, 1),
        Calibration(image_id, PixelSize(0.1, 0.1, None, "user")),
    ]


def adding(*items: Detection | ReviewedRegion | ImageState | ImageChannel | Calibration) -> Edit:
    return Edit("Add", tuple(Change(None, item) for item in items))


def make_project(path: Path, *image_ids: str, user: str = "ann") -> Project:
    """A new project with these images (a and b unless named); their files do not exist."""
    project = Project.create(path, user=user)
    refs = [image_ref(image_id, path.parent) for image_id in image_ids or ("a", "b")]
    project.add_images(refs).result()
    return project
