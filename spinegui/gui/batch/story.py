"""Batches in the window: all images, a folder, and whether reviewed images are left out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from spinegui.gui.actions import Needs
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from spinegui.gui.desk import Desk
    from spinegui.gui.flows.open_images import Opened


class BatchStory:
    """Starts batches; their cards stand among the jobs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def handlers(self) -> dict[str, Callable[[], object]]:
        return {
            "detect_all": self.detect_all,
            "detect_folder": partial(
                self._desk.files.ask_folder, tr("Detect a folder"), self.detect_folder
            ),
            "skip_reviewed": self._toggle_skip_reviewed,
        }

    def checked(self) -> dict[str, bool]:
        return {"skip_reviewed": self._desk.settings.skips_reviewed}

    def met(self) -> Needs:
        """Say whether a batch may be started."""
        return Needs.NOTHING if self._desk.jobs.is_in_batch() else Needs.NO_BATCH

    def place(self) -> None:
        """Nothing to add: the cards come with the batches."""

    def detect_all(self) -> None:
        """Detect on all images of the project."""
        self._desk.batches.start_on_all()
        self._show_jobs()

    def detect_folder(self, paths: Sequence[Path]) -> None:
        """Take a folder's images into the project, then detect on them."""
        self._desk.open_images.run(paths, then=self._detect_on)

    def _detect_on(self, opened: Opened) -> None:
        skips = self._desk.settings.skips_reviewed
        document = self._desk.workspace.document
        if document is None:
            return
        wanted = [i for i in opened.image_ids if not (skips and document.annotation(i).is_reviewed)]
        if wanted or opened.unreadable:
            self._desk.batches.start(wanted, opened.unreadable)
            self._show_jobs()
        else:
            self._desk.notices.toast(
                tr("Every image of the folder is reviewed; there is nothing to detect on.")
            )

    def _show_jobs(self) -> None:
        if self._desk.jobs.is_in_batch():
            self._desk.window.docks["jobs"].raise_()

    def _toggle_skip_reviewed(self) -> None:
        settings = self._desk.settings
        settings.skips_reviewed = not settings.skips_reviewed
        self._desk.refresh_actions()
