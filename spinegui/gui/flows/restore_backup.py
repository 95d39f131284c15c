"""Going back to an earlier state of a project; the present one is kept beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.gui.dialogs.backups import BackupsSheet, local_time
from spinegui.gui.language import tr
from spinegui.storage.backups import restore

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from spinegui.gui.background import Task
    from spinegui.gui.flows.open_project import OpenProject
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace
    from spinegui.storage.backups import Backup


class RestoreBackup:
    """Shows the backups of the open project and puts one in its place."""

    def __init__(
        self,
        parent: QWidget,
        workspace: Workspace,
        notices: Notices,
        open_project: OpenProject,
    ) -> None:
        self._parent = parent
        self._workspace = workspace
        self._notices = notices
        self._open_project = open_project

    def run(self) -> None:
        document = self._workspace.document
        if document is None:
            return
        project = document.project
        found = project.backups()
        if not found:
            self._notices.toast(
                tr("No backup yet: the first is made when the project is next opened.")
            )
        elif project.read_only:
            self._notices.toast(
                tr("The project is open read-only. Take it over to restore a backup.")
            )
        else:
            sheet = BackupsSheet(self._parent, project.path.name, found)
            sheet.chosen.connect(lambda backup: self._restore(project.path, backup))
            sheet.open()

    def _restore(self, path: Path, backup: Backup) -> None:
        # Nobody may have a project open while its file is replaced, this window included.
        if not self._open_project.close_current():
            return
        user = self._workspace.settings.user

        def work(_task: Task[Path | None]) -> Path | None:
            return restore(path, backup.path, user=user)

        def show(kept: Path | None) -> None:
            text = tr("Restored as of {local_time}.", local_time=local_time(backup.at))
            if kept is not None:
                text += tr(" The state before is kept beside it.")
            self._open_project.run(path, then=lambda: self._notices.toast(text))

        def fail(error: Exception) -> None:
            self._notices.error(tr("The backup could not be restored"), str(error))
            self._open_project.run(path)

        self._workspace.background.start(tr("Restoring a backup"), work, show, fail)
