"""The list of what waits in the queue: class, reason, score; the current item marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)
from typing_extensions import override

from spinegui.gui.language import tr
from spinegui.gui.panels.row_table import RowTable
from spinegui.gui.panels.state_dots import class_icon
from spinegui.gui.style.tokens import ROW_HEIGHT_PX

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from spinegui.domain.detection import Detection
    from spinegui.gui.queue.sources import QueueItem
    from spinegui.gui.workspace import Workspace

Index = QModelIndex | QPersistentModelIndex
ID_ROLE = Qt.ItemDataRole.UserRole
SCORE_ROLE = Qt.ItemDataRole.UserRole + 1
SCORE_WIDTH = 40
MARK_WIDTH = 3
_FEW = 3


class ItemModel(QAbstractListModel):
    """The table model: one row an item that waits."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._rows: list[QueueItem] = []

    def show(self, items: list[QueueItem]) -> None:
        """Show these items; where one left or came, only that row does: the list stays still."""
        old = self._rows
        at = next(
            (i for i, (a, b) in enumerate(zip(old, items, strict=False)) if a is not b),
            min(len(old), len(items)),
        )
        gone = len(old) - len(items)
        if 0 < gone <= _FEW and old[at + gone :] == items[at:]:
            self.beginRemoveRows(QModelIndex(), at, at + gone - 1)
            self._rows = items
            self.endRemoveRows()
        elif 0 < -gone <= _FEW and items[at - gone :] == old[at:]:
            self.beginInsertRows(QModelIndex(), at, at - gone - 1)
            self._rows = items
            self.endInsertRows()
        elif items != old:
            self.beginResetModel()
            self._rows = items
            self.endResetModel()

    def row_of(self, detection_id: str) -> int:
        return next((i for i, r in enumerate(self._rows) if r.detection_id == detection_id), -1)

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        item = self._rows[index.row()]
        if role == ID_ROLE:
            return item.detection_id
        if role == Qt.ItemDataRole.DisplayRole:
            return " · ".join(item.reasons)
        document = self._workspace.document
        detection = (
            document.annotation(item.image_id).detections.get(item.detection_id)
            if document
            else None
        )
        return self._about(item, detection, role) if detection else None

    def _about(self, item: QueueItem, detection: Detection, role: int) -> object:
        document = self._workspace.document
        assert document is not None
        score = "–" if detection.score is None else f"{detection.score:.2f}"
        found = document.label_set.find(detection.label)
        if role == SCORE_ROLE:
            return score
        if role == Qt.ItemDataRole.DecorationRole:
            return class_icon(found.letter, found.colour) if found else None
        image = document.images[item.image_id].name
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join((*item.reasons, image))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            name = tr(found.name) if found else tr("no class")
            return ", ".join((name, score, *item.reasons, image))
        return None


class ItemDelegate(QStyledItemDelegate):
    """Draws the score at the right, and a bar at the left of the item the queue stands at."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.current = ""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        narrow = QStyleOptionViewItem(option)
        narrow.rect = option.rect.adjusted(4, 0, -SCORE_WIDTH - 4, 0)
        palette = option.palette
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, palette.color(QPalette.ColorRole.Highlight))
        super().paint(painter, narrow, index)
        if index.data(ID_ROLE) == self.current:
            mark = QRect(option.rect.topLeft(), QSize(MARK_WIDTH, option.rect.height()))
            painter.fillRect(mark, palette.color(QPalette.ColorRole.Accent))
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(option.rect.adjusted(0, 0, -10, 0), align, index.data(SCORE_ROLE) or "")


class ItemList(RowTable):
    """Choosing a row, by mouse or arrow key, goes to the item.

    A table of one column: a list view would lay thousands of rows out anew after each decision.
    """

    chosen = Signal(str)

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._is_following = False
        self.model_ = ItemModel(workspace)
        self.delegate = ItemDelegate(self)
        self.setObjectName("queue")
        self.setAccessibleName(tr("Review queue"))
        self.setModel(self.model_)
        self.setItemDelegate(self.delegate)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setIconSize(QSize(16, 16))
        self.horizontalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT_PX)
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def show_items(self, items: list[QueueItem], current: str) -> None:
        """Show what waits, with the current item marked and in sight."""
        self._is_following = True
        self.model_.show(items)
        self.delegate.current = current
        index = self.model_.index(self.model_.row_of(current))
        flags = QItemSelectionModel.SelectionFlag
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect)
            self.scrollTo(index)
        elif self.selectionModel().hasSelection():
            self.selectionModel().clear()
        self.viewport().update()
        self._is_following = False

    def _on_current_changed(self, current: QModelIndex) -> None:
        detection_id = current.data(ID_ROLE)
        if detection_id and not self._is_following:
            self.chosen.emit(str(detection_id))
