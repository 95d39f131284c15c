"""The shafts of the shown image: traced by the worker once, then kept while the project is open."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Signal

from spinegui.gui.job_folders import new_job_folder, remove_job, seal_job
from spinegui.gui.language import tr
from spinegui.jobs.events import Done, Failed
from spinegui.jobs.payloads import ImageInput, ShaftsPayload
from spinegui.jobs.results import ResultError, load_lines
from spinegui.jobs.spec import JobKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from spinegui.gui.running_jobs import RunningJobs
    from spinegui.gui.workspace import Workspace
    from spinegui.jobs.events import ImageDone, TerminalEvent

    Lines: TypeAlias = tuple[NDArray[np.float64], ...]


MOST_KEPT = 200
"""Of so many images the lines are kept, the last ones."""


class ShaftTracing(QObject):
    """Asks for centre lines and keeps them by image, channel, time and pixel size."""

    changed = Signal()

    def __init__(self, workspace: Workspace, jobs: RunningJobs, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._jobs = jobs
        self._known: dict[ImageInput, Lines] = {}
        self._asked: ImageInput | None = None
        self.error = ""
        workspace.document_changed.connect(self._on_document_changed)

    @property
    def lines(self) -> Lines | None:
        """The centre lines of the shown image, None while nobody traced them."""
        image = self._input()
        return self._known.get(image) if image is not None else None

    @property
    def is_running(self) -> bool:
        return self._asked is not None

    def ask(self) -> None:
        """Trace the shown image, unless that was done or is under way."""
        image = self._input()
        if image is None or image in self._known or image == self._asked:
            return
        if self._asked is not None:
            self._asked = None
            self._jobs.cancel(JobKind.SHAFTS)
        self.error = ""
        try:
            folder = new_job_folder(JobKind.SHAFTS)
            seal_job(folder, JobKind.SHAFTS, ShaftsPayload((image,)).to_json())
        except OSError as err:
            self.error = tr("The shafts could not be traced: {why}", why=err)
            self.changed.emit()
            return
        self._asked = image
        self._jobs.start(
            folder,
            JobKind.SHAFTS,
            tr("Trace shafts of {name}", name=Path(image.path).name),
            on_image=partial(self._take, image),
            on_end=partial(self._end, image, folder),
        )
        self.changed.emit()

    def _take(self, image: ImageInput, event: ImageDone) -> None:
        try:
            self._known[image] = load_lines(Path(event.path))
            for old in list(self._known)[:-MOST_KEPT]:
                del self._known[old]
        except ResultError as err:
            self.error = str(err)

    def _end(self, image: ImageInput, folder: Path, event: TerminalEvent) -> None:
        if isinstance(event, Failed):
            self.error = f"{event.what} {event.what_to_do}"
        elif not isinstance(event, Done) and image == self._asked:
            self.error = tr("The tracing was cancelled.")
        if image == self._asked:
            self._asked = None
        remove_job(folder)
        self.changed.emit()

    def _input(self) -> ImageInput | None:
        document, ref, view = self._workspace.document, self._workspace.image, self._workspace.view
        if document is None or ref is None:
            return None
        return ImageInput(
            path=ref.path,
            pixel_size=document.pixel_size(ref.id),
            channel=min(view.channel, ref.n_channels - 1),
            time=min(view.time, ref.n_times - 1),
            sha256=ref.sha256,
        )

    def _on_document_changed(self, _document: object) -> None:
        self._asked = None
        self._known.clear()
        self._jobs.cancel(JobKind.SHAFTS)
