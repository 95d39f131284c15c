"""The truth of synthetic images as a COCO document, as evaluation and training read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from spinegui.domain.labels import SPINE_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from spinegui.synthesis.scene import SyntheticImage
    from spinegui.synthesis.truth import TrueSpine

PATH_STEP = 10
"""One in ten points of a shaft's path is written: one a µm."""

CATEGORY_IDS = {label: i for i, label in enumerate(SPINE_CLASSES.ids, start=1)}


def coco_document(images: Iterable[tuple[str, str, SyntheticImage]]) -> dict[str, Any]:
    """Return the COCO document of (file name, split, image) triples.

    An image carries `stack`, `depth` and `z_step_um` if it is one, `pixel_um`, `split`, `seed` and
    the shafts' paths (x, y, z). An annotation of a stack carries `z`, `z_range` and `head_est`
    (x, y, z); one of a 2D image is placed by its box alone. Spines that nobody could mark are not
    annotations: they stand in the list `ignored`, in the same form.
    """
    document: dict[str, Any] = {
        "info": {"description": "Synthetic dendrites with known spines", "boxes": "xywh, float px"},
        "categories": [{"id": i, "name": label} for label, i in CATEGORY_IDS.items()],
        "images": [],
        "annotations": [],
        "ignored": [],
    }
    next_id = 1
    for image_id, (file_name, split, image) in enumerate(images, start=1):
        document["images"].append(_image_entry(image_id, file_name, split, image))
        areas = np.bincount(image.spine_mask.max(axis=0).ravel(), minlength=len(image.spines) + 1)
        for spine, area in zip(image.spines, areas[1:], strict=True):
            entry = _annotation(next_id, image_id, spine, image.settings.is_stack)
            entry["area"] = float(area) or round(spine.box.area, 2)
            document["ignored" if spine.is_hidden else "annotations"].append(entry)
            next_id += 1
    return document


def only_split(document: dict[str, Any], split: str) -> dict[str, Any]:
    """Return the part of a document that is about the images of one split; ids stay."""
    images = [entry for entry in document["images"] if entry["split"] == split]
    kept = {entry["id"] for entry in images}
    parts = {
        key: [entry for entry in document[key] if entry["image_id"] in kept]
        for key in ("annotations", "ignored")
    }
    return {**document, "images": images, **parts}


def _image_entry(
    image_id: int, file_name: str, split: str, image: SyntheticImage
) -> dict[str, Any]:
    settings = image.settings
    entry: dict[str, Any] = {
        "id": image_id,
        "file_name": file_name,
        "width": settings.width,
        "height": settings.height,
        "pixel_um": settings.pixel_um,
        "split": split,
        "seed": image.seed,
        "shafts": [_thinned(path).round(3).tolist() for path in image.shafts],
    }
    if settings.is_stack:
        entry |= {"stack": file_name, "depth": settings.n_z, "z_step_um": settings.z_step_um}
    return entry


def _thinned(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return x, y, z (m, 3) of every tenth point and the last of a z, y, x path."""
    keep = np.unique(np.append(np.arange(0, len(path), PATH_STEP), len(path) - 1))
    result: NDArray[np.float64] = path[keep][:, ::-1]
    return result


def _annotation(
    annotation_id: int, image_id: int, spine: TrueSpine, is_stack: bool
) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": annotation_id,
        "image_id": image_id,
        "category_id": CATEGORY_IDS[spine.label],
        "bbox": [round(v, 3) for v in spine.box.as_xywh()],
        "iscrowd": 0,
        "visibility": round(spine.visibility, 3),
        "shaft": spine.shaft,
        "morphometry": {
            "length_um": round(spine.length_um, 4),
            "head_width_um": round(spine.head_width_um, 4),
            "neck_width_um": round(spine.neck_width_um, 4),
            "neck_length_um": round(spine.neck_length_um, 4),
            "volume_um3": round(spine.volume_um3, 5),
        },
    }
    if is_stack:
        entry["z"] = round(spine.z, 3)
        entry["z_range"] = list(spine.z_range)
        entry["head_est"] = [round(v, 3) for v in spine.head]
        entry["base_est"] = [round(v, 3) for v in spine.base]
    return entry
