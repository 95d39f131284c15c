"""What stands in the image's place while there is no image to show, and the way on from there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.background import Task
    from spinegui.gui.canvas.image_view import Canvas
    from spinegui.gui.flows.display import Display
    from spinegui.gui.workspace import Workspace

PATIENCE_MS = 200


class CanvasStates(QObject):
    """Nothing open, an image whose file is gone, an image that cannot be read."""

    def __init__(
        self,
        canvas: Canvas,
        workspace: Workspace,
        display: Display,
        *,
        open_images: Callable[[], None],
        open_sample: Callable[[], None],
        locate: Callable[[], None],
    ) -> None:
        super().__init__(canvas)
        self._state = canvas.empty_state
        self._workspace = workspace
        self._display = display
        self._open_images = open_images
        self._open_sample = open_sample
        self._locate = locate
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._on_patience_over)
        workspace.image_changed.connect(self._on_image_changed)
        workspace.loader.failed.connect(self._on_failed)
        workspace.background.started.connect(self._on_task_started)
        self._invite()

    def _invite(self) -> None:
        self._state.set_content(
            tr("Open a microscope image"),
            tr("Drop TIFF, OME-TIFF or LSM files here. Every correction is kept as you make it."),
            tr("Open images…"),
            self._open_images,
        )
        self._state.set_second(tr("Or try the sample project"), self._open_sample)

    def _on_task_started(self, task: Task[object]) -> None:
        """While something is made or read that the empty canvas waits for, say so there."""
        if self._workspace.image is None:
            self._state.set_content(task.title, "")
            task.progressed.connect(self._on_task_progressed)
            task.finished.connect(self._on_task_finished)

    def _on_task_progressed(self, done: int, total: int, _text: str) -> None:
        if self._workspace.image is None and total:
            self._state.set_hint(tr("{done} of {total}", done=done, total=total))

    def _on_task_finished(self) -> None:
        if self._workspace.image is None:
            self._invite()

    def _on_image_changed(self, image_id: str) -> None:
        if image_id:
            self._patience.start()
        else:
            self._patience.stop()
            self._invite()

    def _on_patience_over(self) -> None:
        """Take the image before away; one that comes at once replaces it without a flicker."""
        image = self._workspace.image
        if image is not None and self._display.plane is None:
            self._display.show_nothing()
            self._state.set_content(tr("Reading {name}", name=image.name), "")

    def _on_failed(self, sentences: str) -> None:
        image = self._workspace.image
        if image is None:
            return
        self._patience.stop()
        self._display.show_nothing()
        if Path(image.path).exists():
            self._state.set_content(
                tr("{name} cannot be shown", name=image.name),
                sentences,
                tr("Try again"),
                self._try_again,
            )
            self._state.set_second(tr("Locate another copy…"), self._locate)
        else:
            self._state.set_content(
                tr("The file of {name} is not there", name=image.name),
                tr(
                    "It was {shown_path}\nIts boxes and labels are safe in the project.",
                    shown_path=image.shown_path,
                ),
                tr("Locate…"),
                self._locate,
            )
            self._state.set_second(tr("Try again"), self._try_again)

    def _try_again(self) -> None:
        self._workspace.show_image(self._workspace.image_id)
