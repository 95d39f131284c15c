"""A small annotated dataset and predictions on it, with figures that can be told by hand."""

from __future__ import annotations

import numpy as np

from spinegui.domain.predictions import Predictions
from spinegui.storage.exchange.coco_reading import dataset_from_json

IDS = ("mushroom", "thin")
PLACES = [(10, 10), (30, 10), (50, 10), (10, 30), (30, 30)]
CATEGORIES = [
    {"id": 1, "name": "mushroom"}, {"id": 2, "name": "thin"}, {"id": 3, "name": "ball"},
    {"id": 4, "name": "spine"},
]  # fmt: skip


def dataset_of(n_images: int = 2, **image_fields: object):
    """Five spines an image, 6 px wide: mushroom, thin, ball, unlabelled, mushroom."""
    images = [
        {"id": i, "file_name": f"{i}.tif", "width": 60, "height": 40, **image_fields}
        for i in range(n_images)
    ]
    annotations = [
        {"id": 10 * i + k, "image_id": i, "category_id": c, "bbox": [x - 3, y - 3, 6, 6]}
        for i in range(n_images)
        for k, ((x, y), c) in enumerate(zip(PLACES, (1, 2, 3, 4, 1), strict=True))
    ]
    return dataset_from_json(
        {"images": images, "annotations": annotations, "categories": CATEGORIES}
    )


def predictions_at(
    places: list[tuple[float, float]], scores: list[float], labels: str = "", model: str = "m"
) -> Predictions:
    boxes = np.array([(x - 4, y - 4, x + 4, y + 4) for x, y in places], float).reshape(-1, 4)
    said = np.array([[1.0, 0.0] if c == "m" else [0.1, 0.9] for c in labels]).reshape(-1, 2)
    if not labels:
        return Predictions.build(model, boxes, np.array(scores))
    return Predictions.build(model, boxes, np.array(scores), class_ids=IDS, class_scores=said)
