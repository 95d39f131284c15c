"""Exporting what is saved: the corrected dataset as COCO, or a table of spines."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from spinegui.gui.document import SaveState
from spinegui.gui.language import ntr, tr
from spinegui.storage.exchange.coco_export import export_coco
from spinegui.storage.exchange.project_content import content_of
from spinegui.storage.exchange.table import export_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from spinegui.gui.background import Task
    from spinegui.gui.document import Document
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace
    from spinegui.storage.exchange.content import Content


class Exporting:
    """Asks where to, writes beside the window, tells where it is."""

    def __init__(self, parent: QWidget, workspace: Workspace, notices: Notices) -> None:
        self._parent = parent
        self._workspace = workspace
        self._notices = notices

    def coco(self) -> None:
        """Ask for a file and write the corrected dataset."""
        self._ask(tr("Export COCO dataset"), tr("COCO dataset (*.json)"), "json", _write_coco)

    def table(self) -> None:
        """Ask for a file and write one row a spine."""
        self._ask(tr("Export spine table"), tr("Table (*.csv)"), "csv", _write_table)

    def _ask(
        self, title: str, names: str, suffix: str, write: Callable[[Content, Path], None]
    ) -> None:
        document = self._workspace.document
        if document is None:
            return
        dialog = QFileDialog(self._parent, title, self._workspace.settings.last_folder, names)
        dialog.setObjectName("export_file")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(f"{document.project.path.stem}.{suffix}")
        # The dialog asks before it lets a file be replaced.
        dialog.fileSelected.connect(lambda file: self._when_saved(document, Path(file), write))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _when_saved(
        self, document: Document, path: Path, write: Callable[[Content, Path], None]
    ) -> None:
        """Write once every correction is in the project, so that file and project agree."""
        if document.save_state is SaveState.FAILED:
            self._notices.error(
                tr("Nothing was exported"),
                tr("The last corrections are not saved yet. Press Retry above the image first."),
            )
        elif document.save_state is SaveState.SAVING:
            again = partial(self._when_saved, document, path, write)

            def on_state(state: SaveState, _error: str) -> None:
                if state is not SaveState.SAVING:
                    document.save_state_changed.disconnect(on_state)
                    again()

            document.save_state_changed.connect(on_state)
        else:
            self._write(document, path, write)

    def _write(
        self, document: Document, path: Path, write: Callable[[Content, Path], None]
    ) -> None:
        self._workspace.settings.last_folder = str(path.parent)

        def work(task: Task[int]) -> int:
            task.step(0, 0, path.name)
            content = content_of(document.project)
            task.step(0, 0, path.name)
            write(content, path)
            return sum(len(content.detections(image)) for image in content.images)

        def show(count: int) -> None:
            spines = ntr("{n} spine", "{n} spines", count)
            self._notices.toast(
                tr("{spines} exported to {name}.", spines=spines, name=path.name),
                tr("Show in folder"),
                partial(show_folder, path),
            )

        def fail(error: Exception) -> None:
            self._notices.error(
                tr("The export could not be written"),
                tr(
                    "{error}. Choose another folder, or free some space, and try again.",
                    error=error,
                ),
            )

        self._workspace.background.start(tr("Exporting {name}", name=path.name), work, show, fail)


def show_folder(path: Path) -> None:
    """Open the folder that a file lies in."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _write_coco(content: Content, path: Path) -> None:
    export_coco(content, path, overwrite=True)


def _write_table(content: Content, path: Path) -> None:
    export_table(content, path, overwrite=True)
