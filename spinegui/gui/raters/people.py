"""Who works on a project: the user of now, and everybody who edited or voted before."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from spinegui.domain.ratings import raters_of
from spinegui.gui.answers import Answers
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from spinegui.gui.document import Document
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace

MAX_NAME = 60


class People(QObject):
    """Knows who can be switched to, and switches."""

    changed = Signal()

    def __init__(self, workspace: Workspace, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._notices = notices
        self._answers = Answers(self)
        self._editors: tuple[str, ...] = ()
        workspace.document_changed.connect(self._on_document_changed)
        workspace.user_changed.connect(self.changed)

    @property
    def user(self) -> str:
        """Who makes the edits now."""
        document = self._workspace.document
        return document.user if document else self._workspace.settings.user

    def known(self) -> tuple[str, ...]:
        """Return who worked on the project, by name; labels of an imported file are nobody's."""
        document = self._workspace.document
        voters = raters_of(document.recorded.values()) if document else ()
        people = {n for n in (*self._editors, *voters) if not _is_file(n)} | {self.user}
        return tuple(sorted(people, key=str.casefold))

    def switch_to(self, name: str) -> None:
        """Let that person make the edits from now on."""
        name = " ".join(name.split())[:MAX_NAME]
        if not name or name == self.user:
            return
        self._workspace.settings.user = name
        document = self._workspace.document
        if document is None:
            self.changed.emit()
        else:
            document.switch_user(name)
        self._notices.toast(tr("{name} labels from now on.", name=name))

    def _on_document_changed(self, document: Document | None) -> None:
        self._editors = ()
        self.changed.emit()
        if document is not None:
            self._answers.when(document.project.past.users(), self._take, lambda _error: None)

    def _take(self, editors: tuple[str, ...]) -> None:
        self._editors = editors
        self.changed.emit()


def _is_file(name: str) -> bool:
    return PurePath(name).suffix.lower() == ".json"
