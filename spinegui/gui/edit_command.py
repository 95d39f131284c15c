"""The window's one undo command: an edit forwards, its inverse backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QUndoCommand
from typing_extensions import override

from spinegui.domain.edits import inverse

if TYPE_CHECKING:
    from spinegui.domain.edits import Edit
    from spinegui.gui.document import Document

CommitKind = Literal["do", "undo", "redo"]


class EditCommand(QUndoCommand):
    """An edit on the undo stack. `is_replayed` while a project's history is put back on it."""

    def __init__(self, document: Document, edit: Edit) -> None:
        super().__init__(edit.title)
        self._document = document
        self._edit = edit
        self._is_first = True
        self.is_replayed = False

    @override
    def redo(self) -> None:
        kind: CommitKind = "do" if self._is_first else "redo"
        self._is_first = False
        self._step(self._edit, kind)

    @override
    def undo(self) -> None:
        self._step(inverse(self._edit), "undo")

    def _step(self, edit: Edit, kind: CommitKind) -> None:
        if self.is_replayed:
            return
        if kind != "do" and edit.image_ids:
            self._document.images_requested.emit(edit.image_ids)
        self._document.perform(edit, kind)
