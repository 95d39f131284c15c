"""Choosing files: open, start, copy and restore projects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from spinegui.gui.language import later, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from spinegui.gui.flows.open_images import OpenImages
    from spinegui.gui.flows.open_project import OpenProject
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace

IMAGES = later("Microscope images (*.tif *.tiff *.lsm);;All files (*)")
PROJECTS = later("Spinegui projects (*.spine)")


class Files:
    """Asks for a path without blocking the window, then starts the story that needs it."""

    def __init__(
        self,
        parent: QWidget,
        workspace: Workspace,
        notices: Notices,
        open_images: OpenImages,
        open_project: OpenProject,
    ) -> None:
        self._parent = parent
        self._workspace = workspace
        self._notices = notices
        self._open_images = open_images
        self._open_project = open_project

    def open_images(self) -> None:
        dialog = self._dialog(tr("Open images"), tr(IMAGES))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._ask(dialog, self._open_images.run)

    def open_folder(self) -> None:
        self.ask_folder(tr("Open folder"), self._open_images.run)

    def ask_folder(self, title: str, act: Callable[[list[Path]], object]) -> None:
        """Ask for a folder, then do something with it."""
        dialog = self._dialog(title, "")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._ask(dialog, act)

    def open_project(self) -> None:
        dialog = self._dialog(tr("Open project"), tr(PROJECTS))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._ask(dialog, lambda paths: self._open_project.run(paths[0]))

    def new_project(self) -> None:
        dialog = self._dialog(tr("New project"), tr(PROJECTS))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("spine")
        self._ask(dialog, lambda paths: self._open_project.run(paths[0], create=True))

    def save_copy(self) -> None:
        dialog = self._dialog(tr("Save project copy"), tr(PROJECTS))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("spine")
        self._ask(dialog, lambda paths: self._copy_to(paths[0]))

    def say_where_saved(self) -> None:
        document = self._workspace.document
        if document is not None:
            self._notices.toast(
                tr("Every correction is saved in {path}.", path=document.project.path)
            )

    def _copy_to(self, path: Path) -> None:
        document = self._workspace.document
        if document is None:
            return
        project = document.project
        self._workspace.background.start(
            tr("Saving a copy"),
            lambda _task: project.backup(path).result(),
            lambda _result: self._notices.toast(
                tr("A copy of the project is in {path}.", path=path)
            ),
            lambda error: self._notices.error(tr("The copy could not be written"), str(error)),
        )

    def _dialog(self, title: str, name_filter: str) -> QFileDialog:
        dialog = QFileDialog(self._parent, title, self._workspace.settings.last_folder)
        if name_filter:
            dialog.setNameFilter(name_filter)
        return dialog

    def _ask(self, dialog: QFileDialog, then: Callable[[list[Path]], object]) -> None:
        def take(files: list[str]) -> None:
            paths = [Path(f) for f in files]
            self._workspace.settings.last_folder = str(paths[0].parent)
            then(paths)

        dialog.filesSelected.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
