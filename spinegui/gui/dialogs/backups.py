"""Choosing an earlier state of a project from its rolling backups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem
from typing_extensions import override

from spinegui.gui.dialogs.sheet import Sheet, words
from spinegui.gui.language import later, tr
from spinegui.gui.style.tokens import ROW_HEIGHT_PX

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from PySide6.QtWidgets import QWidget

    from spinegui.storage.backups import Backup

SIZE = (560, 420)
HEADERS = (later("Saved"), later("Made"), later("Images"), later("Edits"), later("Size (kB)"))
REASONS = {
    "open": later("when opened"),
    "hourly": later("while working"),
    "migration": later("before an update"),
    "restore": later("before a restore"),
}


class BackupsSheet(Sheet):
    """A table of states, newest first; one is restored."""

    chosen = Signal(object)  # Backup

    def __init__(self, parent: QWidget, name: str, backups: Sequence[Backup]) -> None:
        super().__init__(parent, "backups", tr("Restore backup"))
        self._backups = tuple(backups)
        self.table = QTableWidget(len(backups), len(HEADERS), self)
        self.table.setObjectName("backup_table")
        self.table.setAccessibleName(tr("Backups"))
        self._fill()
        text = tr(
            "{name} goes back to the chosen state. What it holds now is kept in a file "
            "beside it, so nothing is lost.",
            name=name,
        )
        self.body.addWidget(words(text))
        self.body.addWidget(self.table, 1)
        self.add_buttons(tr("Restore this state"))
        self.table.selectRow(0)
        self.table.doubleClicked.connect(lambda _index: self.accept())
        self.resize(*SIZE)
        self.table.setFocus()

    def _fill(self) -> None:
        table = self.table
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, text in enumerate(map(tr, HEADERS)):
            item = QTableWidgetItem(text)
            item.setTextAlignment(right if column >= 2 else left)
            table.setHorizontalHeaderItem(column, item)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT_PX)
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        # Lines the cells up with the header's own padding.
        table.setStyleSheet("QTableView::item { padding: 0 8px; }")
        for row, backup in enumerate(self._backups):
            for column, text in enumerate(cells(backup)):
                item = QTableWidgetItem(text)
                if column >= 2:
                    item.setTextAlignment(right)
                table.setItem(row, column, item)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for column in range(len(HEADERS)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)

    @override
    def accept(self) -> None:
        row = self.table.currentRow()
        if row >= 0:
            super().accept()
            self.chosen.emit(self._backups[row])


def cells(backup: Backup) -> tuple[str, ...]:
    """Return one backup as the table's texts."""
    try:
        kb = f"{backup.path.stat().st_size / 1000:,.0f}"
    except OSError:  # removed since the list was made; restoring it will say so
        kb = "missing"
    reason = tr(REASONS.get(backup.reason, backup.reason))
    return local_time(backup.at), reason, str(backup.n_images), str(backup.n_edits), kb


def local_time(at: datetime) -> str:
    """Return a time as the reader's clock and language write it."""
    local = at.astimezone()
    day = QLocale().toString(
        QDate(local.year, local.month, local.day), QLocale.FormatType.ShortFormat
    )
    return f"{day} {local:%H:%M:%S}"
