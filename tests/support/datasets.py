"""Small datasets and projects, built by hand."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import numpy as np
import tifffile

from spinegui.domain.image_ref import ImageRef
from spinegui.storage.exchange.coco_import import ImportTarget
from spinegui.storage.files import sha256_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AT = "2026-01-02T03:04:05Z"


def write_image(path: Path, *, shape: tuple[int, ...] = (40, 60), seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    tifffile.imwrite(path, rng.integers(0, 255, shape, dtype=np.uint8), photometric="minisblack")
    return path


def image_ref(path: Path, image_id: str) -> ImageRef:
    """What imaging says of these images, without reading them through it."""
    pixels = tifffile.imread(path)
    n_z = pixels.shape[0] if pixels.ndim == 3 else 1
    height, width = pixels.shape[-2:]
    size, sha = path.stat().st_size, sha256_of(path)
    return ImageRef(
        image_id, str(path), sha, size, width, height, n_z, 1, 1, "uint8", "ZYX"[-pixels.ndim :],
        None,
    )  # fmt: skip


def counter(prefix: str = "n") -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"{prefix}{next(numbers)}"


def target(
    images: tuple[ImageRef, ...] = (), annotations: dict | None = None, prefix: str = "n"
) -> ImportTarget:
    return ImportTarget(images, annotations or {}, image_ref, counter(prefix), AT)


def coco_json(**changes: object) -> dict[str, object]:
    """Two images, two classes, fields that nobody here knows, and a box over the edge."""
    return {
        "info": {"description": "made by hand", "answer": 42},
        "licenses": [{"id": 1, "name": "CC0"}],
        "categories": [
            {"id": 3, "name": "Mushroom", "supercategory": "spine"},
            {"id": 7, "name": "ball"},
            {"id": 8, "name": "spine"},
        ],
        "images": [
            {"id": 5, "file_name": "a.tif", "width": 60, "height": 40, "series": 9},
            {"id": 6, "file_name": "sub/b.tif", "width": 60, "height": 40, "pixel_um": 0.1},
        ],
        "annotations": [
            {"id": 11, "image_id": 5, "category_id": 3, "bbox": [-2.13, 4.2, 16.27, 9.1],
             "segmentation": [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]], "area": 100.5, "rater": "x"},
            {"id": 12, "image_id": 5, "category_id": 7, "bbox": [30.1, 20.2, 5.3, 6.4]},
            {"id": 13, "image_id": 6, "category_id": 8, "bbox": [10, 10, 4, 4], "tip": [1, 2]},
        ],
    } | changes  # fmt: skip


def write_dataset(folder: Path, value: dict[str, object] | None = None) -> Path:
    write_image(folder / "images" / "a.tif", seed=1)
    write_image(folder / "images" / "sub" / "b.tif", seed=2)
    path = folder / "truth.json"
    path.write_text(json.dumps(coco_json() if value is None else value))
    return path
