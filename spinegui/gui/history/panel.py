"""The history panel: the edit log as a list, its filters, and what can be done with an edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from spinegui.gui.history.filters import Filters
from spinegui.gui.history.log_model import IMAGE, SPINES, WHAT, WHEN, WHO, Heading, LogModel
from spinegui.gui.language import later, ntr, tr
from spinegui.gui.style.icons import icon
from spinegui.gui.style.tokens import ROW_HEIGHT_PX

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from spinegui.gui.history.edit_log import EditLog
    from spinegui.gui.workspace import Workspace
    from spinegui.storage.log_reading import EditSummary

TYPING_PAUSE_MS = 150
NOTHING_YET = later(
    "Every label, box and decision will be listed here, newest first, as you make it."
)
BLIND = later("In a blind session the history is hidden: it would tell what others said.")
NOTHING_FOUND = later("No edit fits these filters.")


class HistoryPanel(QWidget):
    """Lists the log while it is in sight. `looked_at` asks for an edit's moment."""

    chosen = Signal(object)  # EditSummary | None
    looked_at = Signal(object)  # EditSummary
    menu_requested = Signal(object, QPoint)  # EditSummary, global position
    item_left = Signal()

    def __init__(self, workspace: Workspace, log: EditLog) -> None:
        super().__init__()
        self._workspace = workspace
        self.log = log
        self.model = LogModel(log, self._image_name)
        self.filters = Filters(self)
        self.item_bar, self.item_text = self._build_item_bar()
        self.table = self._build_table()
        self.empty = QLabel(self)
        self.empty.setObjectName("hint")
        self.empty.setWordWrap(True)
        self.empty.setContentsMargins(16, 16, 16, 16)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.summary = QLabel(self)
        self.summary.setObjectName("hint")
        self._lay_out()
        self._typing = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._typing.timeout.connect(self._apply_filter)
        self._listen()
        self._refresh()

    def _build_item_bar(self) -> tuple[QFrame, QLabel]:
        bar = QFrame(self)
        bar.setObjectName("banner")
        text = QLabel(bar)
        text.setWordWrap(True)
        leave = QToolButton(bar)
        leave.setIcon(icon("ph.x"))
        leave.setAutoRaise(True)
        leave.setToolTip(tr("Show the whole history"))
        leave.setAccessibleName(tr("Show the whole history"))
        leave.clicked.connect(self.show_log)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 4, 8, 4)
        row.addWidget(text, 1)
        row.addWidget(leave)
        bar.hide()
        return bar, text

    def _build_table(self) -> QTableView:
        table = QTableView(self)
        table.setObjectName("history")
        table.setAccessibleName(tr("History"))
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.setMinimumHeight(4 * ROW_HEIGHT_PX)
        rows = table.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT_PX)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(36)
        header.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        advance = table.fontMetrics().horizontalAdvance
        for column, sample in (
            (WHEN, "00:00"),
            (WHO, "maria"),
            (IMAGE, "dendr"),
            (SPINES, "0000"),
        ):
            # What was done is what one reads; the tooltips have all of the rest.
            name = self.model.headerData(column, Qt.Orientation.Horizontal)
            room = max(advance(sample), header.fontMetrics().horizontalAdvance(str(name)))
            table.setColumnWidth(column, room + 20)
        return table

    def _lay_out(self) -> None:
        self._middle = QStackedLayout()
        self._middle.addWidget(self.table)
        self._middle.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.filters)
        layout.addWidget(self.item_bar)
        layout.addLayout(self._middle, 1)
        self.below = layout

    def _listen(self) -> None:
        model, table = self.model, self.table
        self.filters.changed.connect(self._typing.start)
        self.log.users_changed.connect(lambda: self.filters.show_users(self.log.users))
        self.log.failed.connect(self._on_failed)
        self._workspace.image_changed.connect(self._apply_filter)
        model.modelReset.connect(self._refresh)
        model.rowsInserted.connect(self._on_rows_inserted)
        table.selectionModel().currentRowChanged.connect(self._on_current_changed)
        table.activated.connect(self._on_activated)
        table.customContextMenuRequested.connect(self._on_menu_requested)

    def _image_name(self, image_id: str) -> str:
        document = self._workspace.document
        ref = document.images.get(image_id) if document else None
        return ref.name.rsplit(".", 1)[0] if ref else ""

    # -- what is shown -----------------------------------------------------------------------

    @property
    def current(self) -> EditSummary | None:
        """The edit of the chosen row."""
        return self.model.edit_at(self.table.currentIndex().row())

    def show_item(self, name: str, edits: tuple[EditSummary, ...], told: dict[int, str]) -> None:
        """Show the history of one spine, named so."""
        self.item_text.setText(name)
        self.item_bar.show()
        self.filters.hide()
        self.model.show_item(edits, told)

    def show_log(self) -> None:
        """Show the whole log again."""
        if self.item_bar.isVisibleTo(self):
            self.item_bar.hide()
            self.filters.show()
            self.model.show_log()
            self.item_left.emit()

    def choose(self, seq: int) -> None:
        """Make the row of an edit the current one, where it is listed."""
        row = self.model.row_of(seq)
        if row >= 0:
            index = self.model.index(row, 0)
            self.table.setCurrentIndex(index)
            self.table.scrollTo(index)
        else:
            self.table.setCurrentIndex(QModelIndex())

    def _apply_filter(self, _cause: object = None) -> None:
        self.model.set_filter(self.filters.wanted(self._workspace.image_id))

    def _refresh(self) -> None:
        model = self.model
        self._span_headings(0, len(model.lines) - 1)
        # A column that would say the same in each row only takes room from what was done.
        is_one_image = model.is_of_item or model.filter.image_id is not None
        self.table.setColumnHidden(IMAGE, is_one_image)
        self.table.setColumnHidden(SPINES, model.is_of_item)
        self._say_how_many()
        self.chosen.emit(self.current)

    def _on_rows_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._span_headings(first, last)
        self._say_how_many()

    def _span_headings(self, first: int, last: int) -> None:
        for row in range(first, last + 1):
            if isinstance(self.model.lines[row], Heading):
                self.table.setSpan(row, 0, 1, SPINES + 1)

    def _say_how_many(self) -> None:
        count = self.model.n_edits
        self._middle.setCurrentWidget(self.table if count else self.empty)
        is_filtered = self.model.filter.is_on
        nothing = NOTHING_FOUND if is_filtered and self.log.edits else NOTHING_YET
        self.empty.setText(tr(BLIND if self.log.is_hidden else nothing))
        text = ntr("{n} edit", "{n} edits", count)
        if not self.log.is_whole and self.log.edits and self.item_bar.isHidden():
            text = tr("{edits} and older ones", edits=text)
        self.summary.setText(text if count else "")

    def _on_failed(self, sentences: str) -> None:
        self.empty.setText(sentences)
        self._middle.setCurrentWidget(self.empty)

    # -- hands -------------------------------------------------------------------------------

    def _on_current_changed(self, index: QModelIndex, _before: QModelIndex) -> None:
        self.chosen.emit(self.model.edit_at(index.row()))

    def _on_activated(self, index: QModelIndex) -> None:
        edit = self.model.edit_at(index.row())
        if edit is not None:
            self.looked_at.emit(edit)

    def _on_menu_requested(self, position: QPoint) -> None:
        edit = self.model.edit_at(self.table.indexAt(position).row())
        if edit is not None:
            self.menu_requested.emit(edit, self.table.viewport().mapToGlobal(position))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.log.wake()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.log.sleep()
