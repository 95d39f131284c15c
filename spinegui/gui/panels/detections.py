"""The table of spines on the shown image, its selection linked with the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    QTimer,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from spinegui.domain.image_ref import Calibration
from spinegui.gui.language import tr
from spinegui.gui.panels.row_table import RowTable
from spinegui.gui.panels.spine_columns import ColumnChoice, columns_for
from spinegui.gui.panels.state_dots import class_icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.domain.detection import Detection
    from spinegui.domain.edits import Edit
    from spinegui.domain.labels import LabelSet
    from spinegui.gui.view_state import View
    from spinegui.gui.workspace import Workspace

Index = QModelIndex | QPersistentModelIndex
ID_ROLE = Qt.ItemDataRole.UserRole
SORT_ROLE = Qt.ItemDataRole.UserRole + 1
AT_ONCE = 1000
"""An edit of more changes is listed in a step of its own."""
AFTER_THE_IMAGE_MS = 30
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class DetectionsModel(QAbstractTableModel):
    """The table model: the shown detections in reading order."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._rows: list[Detection] = []
        self._row_of: dict[str, int] = {}
        self.columns = columns_for(is_stack=False, pixel=None)

    def reload(self) -> None:
        """Read everything again, as for another image."""
        self.beginResetModel()
        self._rows = self._workspace.shown_detections()
        self._row_of = {d.id: row for row, d in enumerate(self._rows)}
        document, image = self._workspace.document, self._workspace.image
        if document is not None and image is not None:
            pixel = document.pixel_size(image.id)
            quorum = document.quorum if document.blind is None else None
            self.columns = columns_for(is_stack=image.is_stack, pixel=pixel, quorum=quorum)
        self.endResetModel()

    def follow_edit(self) -> bool:
        """Take over what an edit changed; False where rows came, went or moved: then `reload`."""
        rows = self._workspace.shown_detections()
        if len(rows) != len(self._rows):
            return False
        pairs = enumerate(zip(self._rows, rows, strict=True))
        changed = [row for row, (old, new) in pairs if old is not new]
        if any(rows[row].id != self._rows[row].id for row in changed):
            return False
        self._rows = rows
        if changed:
            last = len(self.columns) - 1
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], last))
        return True

    def row_of(self, detection_id: str) -> int:
        return self._row_of.get(detection_id, -1)

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and section < len(self.columns):
            if role == Qt.ItemDataRole.DisplayRole:
                return self.columns[section].title
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if self.columns[section].is_number else LEFT
        return None

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        detection, column = self._rows[index.row()], self.columns[index.column()]
        answers: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda: column.text(detection),
            Qt.ItemDataRole.TextAlignmentRole: lambda: RIGHT if column.is_number else None,
            Qt.ItemDataRole.DecorationRole: lambda: self._icon(detection, index.column()),
            SORT_ROLE: lambda: column.sort(detection),
            ID_ROLE: lambda: detection.id,
        }
        answer = answers.get(role)
        return None if answer is None else answer()

    def _icon(self, detection: Detection, column: int) -> object:
        if column:
            return None
        document = self._workspace.document
        labels: LabelSet | None = document.label_set if document else None
        found = labels.find(detection.label) if labels else None
        return class_icon(found.letter, found.colour) if found else None


class DetectionsPanel(QWidget):
    """Table of spines; choosing a row selects the spine and brings it into the picture."""

    def __init__(self, workspace: Workspace, reveal: Callable[[Detection], object]) -> None:
        super().__init__()
        self._workspace = workspace
        self._reveal = reveal
        self._is_following = False
        self.model = DetectionsModel(workspace)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(SORT_ROLE)
        self.table = self._build_table()
        self._choice = ColumnChoice(self.table, workspace.settings)
        self.summary = QLabel(self)
        self.summary.setObjectName("hint")
        self.summary.setContentsMargins(12, 4, 12, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.summary)
        workspace.image_changed.connect(self.reload)
        workspace.labels_changed.connect(self.reload)
        # An edit of thousands is listed in a step of its own: one that held all would be felt.
        self._soon = QTimer(self, singleShot=True, interval=AFTER_THE_IMAGE_MS)
        self._soon.timeout.connect(self.reload)
        workspace.edited.connect(self._on_edited)
        workspace.looked_back.connect(self.reload)
        workspace.view_state.changed.connect(self._on_view_changed)
        workspace.selection.changed.connect(self._follow_selection)
        self.table.selectionModel().selectionChanged.connect(self._on_rows_chosen)
        self.reload()

    def _build_table(self) -> QTableView:
        table = RowTable(self)
        table.setObjectName("detections")
        table.setAccessibleName(tr("Spines"))
        table.setModel(self._sorted)
        table.setSortingEnabled(True)
        table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(24)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(40)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        return table

    def _on_edited(self, edit: Edit) -> None:
        if self._workspace.image_id not in edit.image_ids:
            return
        if len(edit.changes) > AT_ONCE:
            self._soon.start()
            return
        rescaled = any(isinstance(change.item, Calibration) for change in edit.changes)
        if rescaled or not self.model.follow_edit():
            self.reload()
        else:
            self._summarise()

    def reload(self, _cause: object = None) -> None:
        self._is_following = True
        self.model.reload()
        self._is_following = False
        self._follow_selection()
        self._summarise()
        self._choice.show(self.model.columns)

    def _on_view_changed(self, old: View, new: View) -> None:
        if (old.threshold, old.decided_only) != (new.threshold, new.decided_only):
            self.reload()

    def _on_rows_chosen(self) -> None:
        if self._is_following:
            return
        rows = self.table.selectionModel().selectedRows()
        ids = [str(row.data(ID_ROLE)) for row in rows]
        detections = self._workspace.annotation.detections
        if len(ids) == 1 and ids[0] in detections:
            self._workspace.show_detection(detections[ids[0]])
            self._reveal(detections[ids[0]])
        else:
            self._workspace.selection.replace(ids)

    def _follow_selection(self) -> None:
        """Show the selection that was made elsewhere, without making one here."""
        self._is_following = True
        chosen = QItemSelection()
        rows = [self.model.row_of(i) for i in self._workspace.selection.ids]
        indexes = [self._sorted.mapFromSource(self.model.index(r, 0)) for r in rows if r >= 0]
        for index in indexes:
            chosen.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        model = self.table.selectionModel()
        if indexes:
            # The arrow keys go on from here.
            model.setCurrentIndex(indexes[-1], flags.NoUpdate)
        model.select(chosen, flags.ClearAndSelect | flags.Rows)
        if indexes:
            self.table.scrollTo(indexes[-1])
        self._is_following = False

    def _summarise(self) -> None:
        shown = self._workspace.shown_detections()
        if not self._workspace.image_id:
            self.summary.setText(tr("No spines yet."))
        elif not shown:
            self.summary.setText(tr("No spines on this image yet."))
        elif self._workspace.blind is not None:
            open_ones = sum(map(self._workspace.is_open, shown))
            self.summary.setText(
                tr("{n} spines, {k} labelled", n=len(shown), k=len(shown) - open_ones)
            )
        else:
            decided = self._workspace.n_decided()
            self.summary.setText(
                tr("{len} spines, {decided} decided", len=len(shown), decided=decided)
            )
