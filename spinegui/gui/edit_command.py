"""The window's one undo command, an edit forwards and its inverse backwards; a stack of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QUndoCommand
from typing_extensions import override

from spinegui.domain.edits import inverse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QUndoStack

    from spinegui.domain.edits import Edit
    from spinegui.gui.document import Document
    from spinegui.storage.rows import HistoryEntry

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


def fill(stack: QUndoStack, document: Document, history: Iterable[HistoryEntry]) -> None:
    """Fill an empty undo stack with what earlier sessions did, without doing it again."""
    done: list[EditCommand] = []
    undone: list[EditCommand] = []
    for entry in history:
        (undone if entry.undone else done).append(EditCommand(document, entry.edit))
    commands = [*done, *undone]
    for command in commands:
        command.is_replayed = True
        stack.push(command)
    stack.setIndex(len(done))
    for command in commands:
        command.is_replayed = False
