"""Asks the warm worker for the class of one box, beside everything else that it does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from spinegui.gui.job_folders import new_job_folder, remove_job, seal_job
from spinegui.jobs.events import Cancelled, Done, Failed
from spinegui.jobs.payloads import ClassifyPayload
from spinegui.jobs.results import CLASSIFIED_NAME, ResultError, load_class_scores
from spinegui.jobs.spec import JobKind
from spinegui.storage.exchange.coco import write_coco
from spinegui.storage.exchange.coco_values import (
    CHANNEL,
    DETECTION_ONLY,
    CocoAnnotation,
    CocoCategory,
    CocoDataset,
    CocoImage,
)
from spinegui.storage.model_manifest import ModelStoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.domain.detection import Detection
    from spinegui.domain.image_ref import ImageRef, PixelSize
    from spinegui.engine.handle import JobHandle
    from spinegui.gui.engine_bridge import EngineBridge
    from spinegui.gui.flows.models import Models
    from spinegui.jobs.events import Event

ClassScores = tuple[tuple[str, float], ...]
_BOXES = "boxes.json"


class ClassQuestion(QObject):
    """Questions under way. An answer may never come: whoever asks sets a limit of their own."""

    def __init__(self, bridge: EngineBridge, models: Models, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._models = models
        self._asked: dict[str, tuple[JobHandle, Path, str]] = {}
        self._answers: dict[str, Callable[[ClassScores, str], object]] = {}
        # Queued even from our own thread: a job that cannot start fails inside `submit_warm`.
        bridge.job_event.connect(self._on_job_event, Qt.ConnectionType.QueuedConnection)

    def ask(
        self,
        detection: Detection,
        image: ImageRef,
        pixel_size: PixelSize | None,
        channel: int,
        answer: Callable[[ClassScores, str], object],
    ) -> str:
        """Ask for a detection's class; `answer` gets probabilities, none where there are none.

        With them comes the name of the model. Returns the question's id, "" where it could not be
        asked; then `answer` is not called.
        """
        try:
            model = self._models.active("classifier")
            folder = new_job_folder(JobKind.CLASSIFY)
            # A job follows no link out of its images' folder; this one is the person's own.
            path = Path(image.path).resolve()
            dataset = _dataset(detection, (image, path.name), pixel_size, channel)
            write_coco(dataset, folder / _BOXES)
            payload = ClassifyPayload(_BOXES, str(path.parent), str(model.folder))
            seal_job(folder, JobKind.CLASSIFY, payload.to_json())
        except (OSError, ModelStoreError):  # a box without a class is still worth having
            return ""
        self._answers[folder.name] = answer
        self._asked[folder.name] = (self._bridge.submit_warm(folder), folder, model.name)
        return folder.name

    def withdraw(self, question: str) -> None:
        """Ask no longer: `answer` is not called any more."""
        if self._answers.pop(question, None) is not None:
            self._asked[question][0].cancel()

    def _on_job_event(self, event: Event) -> None:
        if event.job_id not in self._asked or not isinstance(event, Done | Failed | Cancelled):
            return
        _, folder, model = self._asked.pop(event.job_id)
        answer = self._answers.pop(event.job_id, None)
        scores: ClassScores = ()
        if isinstance(event, Done):
            try:
                scores = load_class_scores(Path(event.result_dir) / CLASSIFIED_NAME)[0]
            except (ResultError, IndexError):
                scores = ()
        remove_job(folder)
        if answer is not None:
            answer(scores, model)


def _dataset(
    detection: Detection, at: tuple[ImageRef, str], size: PixelSize | None, channel: int
) -> CocoDataset:
    """Return a dataset of this one box; `at` is its image and the name of the image's file."""
    image, name = at
    own: dict[str, object] = {CHANNEL: channel} if channel else {}
    if size is not None:
        own |= {"pixel_size_source": size.source, "pixel_y_um": size.y_um}
    entry = CocoImage(
        id=1,
        file_name=name,
        stack=name if image.is_stack else None,
        pixel_um=size.x_um if size else None,
        z_step_um=size.z_um if size else None,
        own=own,
    )
    spine = CocoAnnotation(1, 1, 1, detection.box, detection.z, detection.z_range)
    return CocoDataset((entry,), (spine,), (CocoCategory(1, DETECTION_ONLY),))
