"""COCO files: read strictly, written whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from spinegui.domain.detection import How
from spinegui.storage.exchange.coco_reading import check_inside, dataset_from_json
from spinegui.storage.exchange.coco_values import (
    OWN,
    UNAIDED,
    CocoAnnotation,
    CocoCategory,
    CocoDataset,
    CocoImage,
    Review,
)
from spinegui.storage.files import write_whole
from spinegui.storage.strict_json import MAX_JSON_BYTES, StrictJsonError, load_strict

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.domain.annotation import ReviewedRegion
    from spinegui.domain.detection import Vote
    from spinegui.domain.geometry import Box

__all__ = [
    "CocoAnnotation",
    "CocoCategory",
    "CocoDataset",
    "CocoError",
    "CocoImage",
    "Review",
    "read_coco",
    "resolve_below",
    "to_json",
    "write_coco",
]


class CocoError(Exception):
    """A COCO file or an image it names cannot be used; the text says why and what to do."""


def read_coco(
    path: Path, *, max_bytes: int = MAX_JSON_BYTES, any_path: bool = False
) -> CocoDataset:
    """Read and check a COCO file; raises CocoError with one sentence on what is wrong where.

    `any_path` lets file names lead anywhere: only for files that we sealed ourselves.
    """
    try:
        return dataset_from_json(load_strict(path, max_bytes=max_bytes), any_path=any_path)
    except StrictJsonError as err:
        raise CocoError(
            f"{path.name} cannot be used as a COCO dataset. {err} Mend the file and try again."
        ) from err
    except OSError as err:
        raise CocoError(
            f"{path} cannot be read ({err.strerror or err}). Check the path and its permissions."
        ) from err


def write_coco(dataset: CocoDataset, path: Path, *, overwrite: bool = True) -> None:
    """Write a dataset atomically; raises FileExistsError, OSError."""
    text = json.dumps(to_json(dataset), indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(path, text + "\n", overwrite=overwrite)


def resolve_below(root: Path, name: str) -> Path:
    """Return the file `name` below `root`; raises CocoError where it is missing or leads outside.

    Links that leave the folder are refused too: a file from elsewhere must not make us read one.
    """
    try:
        check_inside(name)
    except StrictJsonError as err:
        raise CocoError(f"{err} Mend the dataset's file name.") from err
    path = root.joinpath(*name.replace("\\", "/").split("/"))
    if not path.is_file():
        raise CocoError(
            f"There is no image {name} in {root.absolute()}. Choose the folder it lies in."
        )
    if not path.resolve().is_relative_to(root.resolve()):
        raise CocoError(f"{name} is a link that leads out of {root}. Copy the image there.")
    return path


def to_json(dataset: CocoDataset) -> dict[str, object]:
    """Return the dataset as COCO's JSON object."""
    top: dict[str, object] = {**dataset.extra}
    if dataset.own:
        top[OWN] = dict(dataset.own)
    top["images"] = [_image(image) for image in dataset.images]
    top["categories"] = [{**c.extra, "id": c.id, "name": c.name} for c in dataset.categories]
    top["annotations"] = [_annotation(annotation) for annotation in dataset.annotations]
    return top


def _image(image: CocoImage) -> dict[str, object]:
    entry: dict[str, object] = {"id": image.id, "file_name": image.file_name}
    optional = {
        "width": image.width,
        "height": image.height,
        "stack": image.stack,
        "roi_mask": image.roi_mask,
        "pixel_um": image.pixel_um,
        "z_step_um": image.z_step_um,
        OWN: dict(image.own) or None,
    }
    entry |= {key: value for key, value in optional.items() if value is not None}
    if image.reviewed_regions is not None:
        entry["reviewed_regions"] = [_region(region) for region in image.reviewed_regions]
    return {**image.extra, **entry}


def _region(region: ReviewedRegion) -> dict[str, object]:
    entry: dict[str, object] = {"id": region.id, "bbox": _bbox(region.box)}
    if region.z_range is not None:
        entry["z_range"] = list(region.z_range)
    if region.is_unaided:
        entry[UNAIDED] = True
    return entry


def _annotation(annotation: CocoAnnotation) -> dict[str, object]:
    entry: dict[str, object] = {
        "id": annotation.id,
        "image_id": annotation.image_id,
        "category_id": annotation.category_id,
        "bbox": _bbox(annotation.box),
    }
    optional = {
        "z": annotation.z,
        "z_range": annotation.z_range and list(annotation.z_range),
        "head_est": annotation.head and list(annotation.head),
        "base_est": annotation.base and list(annotation.base),
        OWN: annotation.review and _review(annotation.review),
    }
    entry |= {key: value for key, value in optional.items() if value is not None}
    return {**annotation.extra, **entry}


def _review(review: Review) -> dict[str, object]:
    optional = {
        "id": review.id or None,
        "score": review.score,
        "class_scores": dict(review.class_scores) or None,
        "votes": [_vote(v) for v in review.votes] or None,
        "model": review.model,
        "consensus": review.consensus or None,
        "proposed_bbox": review.proposed_box and _bbox(review.proposed_box),
    }
    entry: dict[str, object] = {"origin": str(review.origin), "state": str(review.state)}
    return entry | {key: value for key, value in optional.items() if value is not None}


def _vote(v: Vote) -> dict[str, str]:
    entry = {"rater": v.rater, "label": v.label, "at": v.at}
    if v.how is not How.HAND:
        entry["how"] = str(v.how)
    if v.session:
        entry["blind_session"] = v.session
    return entry


def _bbox(box: Box) -> list[float]:
    # Nine decimals hide what x1 - x0 lost in the last bits (13.730000000000018) and cost nothing.
    return [round(value, 9) or value for value in box.as_xywh()]
