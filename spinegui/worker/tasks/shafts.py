"""The shafts job: one file of centre lines an image, in order, each told as it is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.backends.classical.centre_lines import trace
from spinegui.jobs.payloads import ShaftsPayload
from spinegui.jobs.results import predictions_name, save_lines
from spinegui.worker.frames import read_frame

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from spinegui.worker.context import JobContext

_STAGE = "Trace shafts"


def run(data: Mapping[str, Any], job: JobContext) -> None:
    """Do it; the first image that cannot be read ends the job. Raises what reading one raises."""
    payload = ShaftsPayload.from_json(data)
    n = len(payload.images)
    for i, image in enumerate(payload.images):
        job.reporter.progress(i, n, _STAGE)
        frame = read_frame(image, job.reporter)
        job.reporter.check_cancelled()
        path = job.result_dir / predictions_name(i)
        save_lines(path, trace(frame))
        job.reporter.image_done(i, path)
        job.reporter.progress(i + 1, n, _STAGE)
