"""The table model of a batch: a row an image, with what it waits for or came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from spinegui.gui.batch.entries import EntryState
from spinegui.gui.language import ntr, tr
from spinegui.gui.style.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.batch.batch import Batch
    from spinegui.gui.batch.entries import Entry

Index = QModelIndex | QPersistentModelIndex
IMAGE, RESULT = range(2)
ICONS = {
    EntryState.WAITING: "ph.circle-dashed",
    EntryState.RUNNING: "ph.play",
    EntryState.DONE: "ph.check",
    EntryState.FAILED: "ph.warning",
    EntryState.CANCELLED: "ph.x",
}


class BatchModel(QAbstractTableModel):
    """Follows the batch's entries, which keep their order."""

    def __init__(self, batch: Batch) -> None:
        super().__init__()
        self._batch = batch
        batch.moved.connect(self._on_moved)

    def _on_moved(self, index: int) -> None:
        last = len(self._batch.entries) - 1
        first, last = (index, index) if index >= 0 else (0, last)
        self.dataChanged.emit(self.index(first, IMAGE), self.index(last, RESULT))

    def entry(self, row: int) -> Entry:
        return self._batch.entries[row]

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._batch.entries)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else RESULT + 1

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry, is_name = self.entry(index.row()), index.column() == IMAGE
        answers: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda: entry.name if is_name else said(entry),
            Qt.ItemDataRole.ToolTipRole: lambda: f"{entry.name}\n{said(entry)}",
            Qt.ItemDataRole.DecorationRole: lambda: icon(ICONS[entry.state]) if is_name else None,
            Qt.ItemDataRole.ForegroundRole: lambda: _colour(entry),
        }
        answer = answers.get(role)
        return None if answer is None else answer()


def _colour(entry: Entry) -> QColor | None:
    is_quiet = entry.state in {EntryState.WAITING, EntryState.CANCELLED}
    role = QPalette.ColorRole.PlaceholderText
    return QApplication.palette().color(role) if is_quiet else None


def said(entry: Entry) -> str:
    """Return how an image stands, in the reader's words."""
    match entry.state:
        case EntryState.WAITING:
            return tr("Waiting")
        case EntryState.RUNNING:
            return tr("Running")
        case EntryState.CANCELLED:
            return tr("Cancelled")
        case EntryState.FAILED:
            return entry.sentence
        case EntryState.DONE:
            return ntr("{n} spine", "{n} spines", entry.n_spines)
