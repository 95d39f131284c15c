"""The detect job: one file of predictions an image, in order, each told as it is ready."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.imaging.source import ImageReadError
from spinegui.jobs.payloads import DetectPayload
from spinegui.jobs.results import predictions_name, save_predictions
from spinegui.worker.frames import ImageInputError, read_frame
from spinegui.worker.inference import Pipeline
from spinegui.worker.reporter import OneOfMany

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from spinegui.backends.base import Reporter
    from spinegui.worker.context import JobContext

_STAGE = "Detect"


class SkippedImagesError(Exception):
    """Some images could not be read; the others are done."""


def run(data: Mapping[str, Any], job: JobContext) -> None:
    """Do it. An image that cannot be read is left out, and the job fails after the others."""
    payload = DetectPayload.from_json(data)
    job.reporter.progress(0, len(payload.images), "Loading the model")
    pipeline = Pipeline.load(
        job.models, Path(payload.detector), Path(payload.classifier) if payload.classifier else None
    )
    skipped: list[Exception] = []
    n = len(payload.images)
    for i, image in enumerate(payload.images):
        job.reporter.check_cancelled()
        inner: Reporter = job.reporter if n == 1 else OneOfMany(job.reporter)
        try:
            frame = read_frame(image, inner)
        except (ImageReadError, ImageInputError) as err:
            skipped.append(err)
            job.reporter.log(str(err))
        else:
            found = pipeline.predict(frame, min_score=payload.min_score, reporter=inner)
            path = job.result_dir / predictions_name(i)
            save_predictions(path, found)
            job.reporter.image_done(i, path)
        if n > 1:
            job.reporter.progress(i + 1, n, _STAGE)
    _raise_for(skipped, n)


def _raise_for(skipped: list[Exception], n: int) -> None:
    if not skipped:
        return
    if n == 1:
        raise skipped[0]
    raise SkippedImagesError(
        f"{len(skipped)} of {n} images could not be used; the others are done. The first: "
        f"{skipped[0]}"
    )
