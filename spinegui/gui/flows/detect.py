"""Finding spines: the warm worker detects, the answer joins the user's decisions as one edit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.domain.predictions import merge_predictions
from spinegui.gui.flows.review import new_id
from spinegui.gui.job_folders import new_job_folder, seal_job
from spinegui.jobs.events import Done, Failed
from spinegui.jobs.payloads import DetectPayload, ImageInput
from spinegui.jobs.results import ResultError, load_predictions
from spinegui.jobs.spec import JobKind
from spinegui.storage.exchange.content import SCORE_CUT
from spinegui.storage.model_manifest import ModelStoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spinegui.gui.document import Document
    from spinegui.gui.flows.models import Models
    from spinegui.gui.notices import Notices
    from spinegui.gui.running_jobs import RunningJobs
    from spinegui.gui.workspace import Workspace
    from spinegui.jobs.events import ImageDone, TerminalEvent


MIN_SCORE = 0.05
"""Fainter candidates cost time to classify and are never looked at on the screen."""


class Detect:
    """Detects on images of the open project; every decision stays as it is."""

    def __init__(
        self, workspace: Workspace, notices: Notices, jobs: RunningJobs, models: Models
    ) -> None:
        self._workspace = workspace
        self._notices = notices
        self._jobs = jobs
        self._models = models
        # An answer for a project that is no longer open could go nowhere.
        workspace.document_changed.connect(self._on_document_changed)

    def _on_document_changed(self, _document: object) -> None:
        self._jobs.cancel(JobKind.DETECT)

    def run_on_shown(self) -> None:
        """Detect on the shown image."""
        if self._workspace.image_id:
            self.run([self._workspace.image_id])

    def run_on_all(self) -> None:
        """Detect on every image that is not reviewed yet."""
        document = self._workspace.document
        if document is None:
            return
        open_ids = [i for i in document.images if not document.annotation(i).is_reviewed]
        if open_ids:
            self.run(open_ids)
        else:
            self._notices.toast("Every image is reviewed; there is nothing to detect on.")

    def run(self, image_ids: Sequence[str]) -> None:
        """Detect on these images; each one's result is shown, and can be undone, as it arrives."""
        document = self._workspace.document
        if document is None or not image_ids:
            return
        inputs = [self._input(document, image_id) for image_id in image_ids]
        try:
            folder = self._job_folder(inputs)
        except (OSError, ModelStoreError) as err:
            self._notices.error("The detection could not be started", str(err))
            return
        count = len(image_ids)
        name = document.images[image_ids[0]].name if count == 1 else f"{count} images"
        channels = [i.channel for i in inputs]
        asked = tuple(zip(image_ids, channels, strict=True))
        merge = _Merge(document, asked, self._notices)
        self._jobs.start(
            folder, JobKind.DETECT, f"Detect on {name}", on_image=merge.take, on_end=merge.end
        )

    def _job_folder(self, inputs: Sequence[ImageInput]) -> Path:
        payload = DetectPayload(
            images=tuple(inputs),
            detector=str(self._models.active("detector").folder),
            classifier=str(self._models.active("classifier").folder),
            min_score=MIN_SCORE,
        )
        folder = new_job_folder(JobKind.DETECT)
        seal_job(folder, JobKind.DETECT, payload.to_json())
        return folder

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


class _Merge:
    """Brings one detection's answers into the document that asked for them."""

    def __init__(
        self, document: Document, asked: tuple[tuple[str, int], ...], notices: Notices
    ) -> None:
        self._document = document
        self._asked = asked  # image id and channel, in the order of the job
        self._notices = notices
        self._found: list[int] = []

    def take(self, event: ImageDone) -> None:
        try:
            predictions = load_predictions(Path(event.path))
        except ResultError as err:
            self._notices.error("The detection's answer could not be read", str(err))
            return
        image_id, channel = self._asked[event.index]
        edit = merge_predictions(
            self._document.recorded_annotation(image_id),
            predictions,
            new_id=new_id,
            channel=channel,
        )
        # A second detection with the same model has nothing to change.
        if not edit.changes or self._document.push(edit):
            self._found.append(int((predictions.scores >= SCORE_CUT).sum()))

    def end(self, event: TerminalEvent) -> None:
        if isinstance(event, Failed):
            self._notices.error("The detection failed", f"{event.what} {event.what_to_do}")
        elif isinstance(event, Done) and self._found:
            count = len(self._found)
            where = "this image" if len(self._asked) == 1 else f"{count} images"
            self._notices.toast(f"{sum(self._found)} spines found on {where}.")
