"""Finding spines: the warm worker detects, the answer joins the user's decisions as one edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.gui.job_folders import new_job_folder, seal_job
from spinegui.gui.language import ntr, tr
from spinegui.jobs.events import Failed
from spinegui.jobs.payloads import DetectPayload, ImageInput
from spinegui.jobs.results import ResultError
from spinegui.jobs.spec import JobKind
from spinegui.storage.model_manifest import ModelStoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from spinegui.domain.edits import Edit
    from spinegui.gui.batch.batches import Batches
    from spinegui.gui.document import Document
    from spinegui.gui.flows.models import Models
    from spinegui.gui.merging import Merging
    from spinegui.gui.notices import Notices
    from spinegui.gui.running_jobs import RunningJobs
    from spinegui.gui.workspace import Workspace
    from spinegui.jobs.events import ImageDone, TerminalEvent


MIN_SCORE = 0.05
"""Fainter candidates cost time to classify and are never looked at on the screen."""


class DetectJobs:
    """Makes the job folders of detections, an image a job."""

    def __init__(self, workspace: Workspace, models: Models) -> None:
        self._workspace = workspace
        self._models = models

    def prepare(self, document: Document, image_id: str) -> tuple[Path, int]:
        """Seal a job for one image; returns its folder and the channel it looks in.

        Raises OSError where the disk refuses, and ModelStoreError.
        """
        image = self._input(document, image_id)
        payload = DetectPayload(
            images=(image,),
            detector=str(self._models.active("detector").folder),
            classifier=str(self._models.active("classifier").folder),
            min_score=MIN_SCORE,
        )
        folder = new_job_folder(JobKind.DETECT)
        seal_job(folder, JobKind.DETECT, payload.to_json())
        return folder, image.channel

    def _input(self, document: Document, image_id: str) -> ImageInput:
        ref, view = document.images[image_id], self._workspace.view
        is_shown = image_id == self._workspace.image_id
        channel = view.channel if is_shown else document.annotation(image_id).channel
        return ImageInput(
            path=ref.path,
            pixel_size=document.pixel_size(image_id),
            channel=min(channel, ref.n_channels - 1),
            sha256=ref.sha256,
        )


class Detect:
    """Detects on images of the open project; every decision stays as it is."""

    def __init__(
        self,
        workspace: Workspace,
        notices: Notices,
        jobs: RunningJobs,
        prepared: DetectJobs,
        merging: Merging,
        batches: Batches,
    ) -> None:
        self._workspace = workspace
        self._notices = notices
        self._jobs = jobs
        self._prepared = prepared
        self._merging = merging
        self._batches = batches
        # An answer for a project that is no longer open could go nowhere.
        workspace.document_changed.connect(self._on_document_changed)

    def _on_document_changed(self, _document: object) -> None:
        self._jobs.cancel(JobKind.DETECT)

    def run_on_shown(self) -> None:
        """Detect on the shown image."""
        if self._workspace.image_id:
            self.run([self._workspace.image_id])

    def run(self, image_ids: Sequence[str]) -> None:
        """Detect on these images; each one's result is shown, and can be undone, as it arrives."""
        document = self._workspace.document
        if document is None or not image_ids:
            return
        if len(image_ids) > 1:
            self._batches.start(image_ids)
            return
        image_id = image_ids[0]
        try:
            folder, channel = self._prepared.prepare(document, image_id)
        except (OSError, ModelStoreError) as err:
            self._notices.error(tr("The detection could not be started"), str(err))
            return

        def take(event: ImageDone) -> None:
            self._merging.take(document, image_id, event.path, channel, self._say, self._refuse)

        title = tr("Detect on {name}", name=document.images[image_id].name)
        self._jobs.start(folder, JobKind.DETECT, title, on_image=take, on_end=self._end)

    def _say(self, count: int, _edit: Edit) -> None:
        found = ntr("{n} spine", "{n} spines", count)
        self._notices.toast(tr("{found} found on this image.", found=found))

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, ResultError):
            self._notices.error(tr("The detection's answer could not be read"), str(error))

    def _end(self, event: TerminalEvent) -> None:
        if isinstance(event, Failed):
            self._notices.error(tr("The detection failed"), f"{event.what} {event.what_to_do}")
