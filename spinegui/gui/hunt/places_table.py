"""A short table of places to look at; the row that is chosen is brought before the eye."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView
from typing_extensions import override

from spinegui.gui.panels.row_table import RowTable
from spinegui.gui.style.tokens import ROW_HEIGHT_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QIcon

Index = QModelIndex | QPersistentModelIndex
MOST_ROWS = 7
_HEADER_PX = 26
_PADDING_PX = 24
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Row(NamedTuple):
    """One place: what names it, its words by column, a sign before them, what the tooltip says."""

    key: str
    words: tuple[str, ...]
    icon: QIcon | None = None
    tip: str = ""


class PlacesModel(QAbstractTableModel):
    """The table model: rows as they are given."""

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        self._titles = tuple(titles)
        self.rows: list[Row] = []

    def show(self, rows: Sequence[Row], titles: Sequence[str]) -> None:
        self.beginResetModel()
        self.rows, self._titles = list(rows), tuple(titles)
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._titles)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._titles):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return (_RIGHT if section else _LEFT) if role == Qt.ItemDataRole.TextAlignmentRole else None

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return row.words[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip or None
        return row.icon if role == Qt.ItemDataRole.DecorationRole and not column else None


class PlacesTable(RowTable):
    """As tall as its rows, up to some; then it scrolls."""

    chosen = Signal(str)

    def __init__(self, name: str, titles: Sequence[str]) -> None:
        super().__init__()
        self.places = PlacesModel(titles)
        self.setModel(self.places)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        header.setFixedHeight(_HEADER_PX)
        self.setIconSize(QSize(16, 16))
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.clicked.connect(lambda index: self.chosen.emit(self.places.rows[index.row()].key))

    def show_rows(self, rows: Sequence[Row], titles: Sequence[str]) -> None:
        """Show these rows; the current one stays current where it is still there."""
        current = self.current
        with QSignalBlocker(self.selectionModel()):
            self.places.show(rows, titles)
        self._fit_columns(titles)
        self.point_at(current)
        shown = min(len(rows), MOST_ROWS)
        self.setFixedHeight(_HEADER_PX + shown * ROW_HEIGHT_PX + 2)
        self.setVisible(bool(rows))

    def _fit_columns(self, titles: Sequence[str]) -> None:
        """Give the numbers as much room as they need, and the first column the rest."""
        header = self.horizontalHeader()
        for column, title in enumerate(titles):
            words = [title, *(row.words[column] for row in self.places.rows)]
            width = max(self.fontMetrics().horizontalAdvance(text) for text in words)
            is_first = column == 0
            mode = QHeaderView.ResizeMode.Stretch if is_first else QHeaderView.ResizeMode.Fixed
            header.setSectionResizeMode(column, mode)
            header.resizeSection(column, width + _PADDING_PX)

    @property
    def current(self) -> str:
        """The key of the current row, "" without one."""
        row = self.currentIndex().row()
        return self.places.rows[row].key if 0 <= row < len(self.places.rows) else ""

    def point_at(self, key: str) -> None:
        """Make a row current without choosing it; "" or an unknown one makes none."""
        at = next((i for i, row in enumerate(self.places.rows) if row.key == key), -1)
        with QSignalBlocker(self.selectionModel()):
            self.setCurrentIndex(self.places.index(at, 0))
        self.viewport().update()

    def _on_current_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self.places.rows[current.row()].key)
