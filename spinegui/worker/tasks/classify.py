"""The classify job: class probabilities for the boxes of a COCO file, as they are given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.detection import ReviewState
from spinegui.jobs.payloads import ClassifyPayload, ImageInput
from spinegui.jobs.results import CLASSIFIED_NAME
from spinegui.storage.exchange.coco import read_coco, resolve_below
from spinegui.storage.files import write_whole
from spinegui.worker.frames import read_frame
from spinegui.worker.inference import class_probabilities

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from spinegui.storage.exchange.coco import CocoAnnotation
    from spinegui.worker.context import JobContext

_STAGE = "Classify"


def run(data: Mapping[str, Any], job: JobContext) -> None:
    """Do it; annotations that a person rejected are left out."""
    payload = ClassifyPayload.from_json(data)
    dataset = read_coco(job.job_dir / payload.coco)
    classifier = job.models.classifier(Path(payload.classifier))
    by_image = dataset.by_image()
    entries: list[dict[str, object]] = []
    for i, image in enumerate(dataset.images):
        job.reporter.check_cancelled()
        spines = [a for a in by_image[image.id] if a.state is not ReviewState.REJECTED]
        if spines:
            path = resolve_below(Path(payload.images_root), image.pixels)
            wanted = ImageInput(str(path), image.pixel_size, image.channel)
            frame = read_frame(wanted, job.reporter)
            boxes, z = _arrays(spines)
            scores = class_probabilities(classifier, frame, boxes, z)
            labels = classifier.model.label_ids
            entries += (_entry(a, labels, row) for a, row in zip(spines, scores, strict=True))
        job.reporter.progress(i + 1, len(dataset.images), _STAGE)
    write_whole(job.result_dir / CLASSIFIED_NAME, json.dumps(entries, indent=1, allow_nan=False))


def _arrays(spines: Sequence[CocoAnnotation]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    boxes = np.array([a.box.as_xyxy() for a in spines], np.float64)
    z = np.array([np.nan if a.z is None else a.z for a in spines], np.float64)
    return boxes, z


def _entry(
    annotation: CocoAnnotation, labels: Sequence[str], scores: NDArray[np.float64]
) -> dict[str, object]:
    best = int(np.argmax(scores))
    return {
        "annotation_id": annotation.id,
        "category_name": labels[best],
        "score": float(scores[best]),
        "category_scores": {c: float(p) for c, p in zip(labels, scores, strict=True)},
    }
