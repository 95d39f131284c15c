"""A batch in the jobs panel: how far it is, each image, pause, cancel, retry, take back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableView,
    QVBoxLayout,
)

from spinegui.gui.batch.entries import EntryState
from spinegui.gui.batch.list_model import IMAGE, RESULT, BatchModel
from spinegui.gui.language import ntr, tr
from spinegui.gui.panels.job_card import format_seconds
from spinegui.gui.style.tokens import ROW_HEIGHT_PX

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.batch.batch import Batch
    from spinegui.gui.batch.batches import Batches
    from spinegui.gui.running_jobs import RunningJob, RunningJobs
    from spinegui.gui.workspace import Workspace

MOST_ROWS = 8
NAME_WIDTH = 150


class BatchCard(QFrame):
    """Title, bar, words, buttons, and the images in a list of their own."""

    def __init__(
        self, job: RunningJob, jobs: RunningJobs, *, batches: Batches, workspace: Workspace
    ) -> None:
        super().__init__()
        del jobs
        assert job.batch is not None
        self.setObjectName("job_card")
        self.job = job
        self._batch: Batch = job.batch
        self._workspace = workspace
        self.title = QLabel(job.title, self)
        self.title.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.state = QLabel(self)
        self.state.setObjectName("hint")
        self.state.setWordWrap(True)
        batch = self._batch
        self.pause_button = self._button(
            tr("Pause"), tr("Finish this image, then wait"), batch.pause
        )
        self.go_on_button = self._button(tr("Go on"), tr("Go on with the next"), batch.start)
        self.cancel_button = self._button(
            tr("Cancel"), tr("Leave the rest out; what is done stays"), batch.cancel
        )
        self.retry_button = self._button("", tr("Try the images again that failed"), batch.retry)
        self.take_back_button = self._button(
            tr("Take back"),
            tr("Undo the whole batch, as one step; what you decided since stays"),
            lambda: batches.take_back(batch),
        )
        self.table = self._build_table()
        self._lay_out()
        self.refresh()

    def _button(self, text: str, tip: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.clicked.connect(lambda _checked=False: act())
        return button

    def _build_table(self) -> QTableView:
        table = QTableView(self)
        table.setAccessibleName(tr("Images of the batch"))
        table.setModel(BatchModel(self._batch))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.horizontalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(RESULT, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(IMAGE, NAME_WIDTH)
        rows = table.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT_PX)
        table.setFixedHeight(min(MOST_ROWS, len(self._batch.entries)) * ROW_HEIGHT_PX + 2)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.clicked.connect(self._on_chosen)
        table.activated.connect(self._on_chosen)
        return table

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for button in (
            self.pause_button,
            self.go_on_button,
            self.cancel_button,
            self.retry_button,
            self.take_back_button,
        ):
            buttons.addWidget(button)
        buttons.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 10, 12, 8)
        rows.setSpacing(6)
        for widget in (self.title, self.bar, self.state):
            rows.addWidget(widget)
        rows.addLayout(buttons)
        rows.addWidget(self.table)

    def refresh(self) -> None:
        """Show how the batch stands."""
        batch = self._batch
        self.state.setText(describe_batch(batch))
        self.bar.setVisible(not batch.is_over)
        self.bar.setRange(0, len(batch.entries))
        self.bar.setValue(batch.n_over)
        self.pause_button.setVisible(not batch.is_over and not batch.is_paused)
        self.go_on_button.setVisible(not batch.is_over and batch.is_paused)
        self.cancel_button.setVisible(not batch.is_over)
        failed = sum(entry.can_retry for entry in batch.entries)
        self.retry_button.setVisible(failed > 0 and batch.is_over)
        self.retry_button.setText(ntr("Retry {n} failed", "Retry {n} failed", failed))
        self.take_back_button.setVisible(
            batch.is_over and any(entry.changes for entry in batch.entries)
        )
        running = [i for i, e in enumerate(batch.entries) if e.state is EntryState.RUNNING]
        if running and not self.table.underMouse():
            self.table.scrollTo(self.table.model().index(running[0], IMAGE))

    def _on_chosen(self, index: QModelIndex) -> None:
        image_id = self._batch.entries[index.row()].image_id
        document = self._workspace.document
        if document is self._batch.document and image_id and image_id != self._workspace.image_id:
            self._workspace.show_image(image_id)


def describe_batch(batch: Batch) -> str:
    """Return where a batch stands, in a sentence or two."""
    done, failed = batch.count(EntryState.DONE), batch.count(EntryState.FAILED)
    spines = sum(entry.n_spines for entry in batch.entries)
    parts = [tr("{done} of {total} done", done=done, total=len(batch.entries))]
    if spines:
        parts.append(ntr("{n} spine", "{n} spines", spines))
    if failed:
        parts.append(ntr("{n} failed", "{n} failed", failed))
    if batch.is_over:
        return " · ".join([tr("Cancelled"), *parts] if batch.is_cancelled else parts)
    if batch.is_pausing:
        parts.insert(0, tr("Pausing after this image"))
    elif batch.is_paused:
        parts.insert(0, tr("Paused"))
    elif batch.seconds_left is not None:
        parts.append(tr("{time} left", time=format_seconds(batch.seconds_left)))
    text = " · ".join(parts)
    return f"{text}\n{batch.why_paused}" if batch.why_paused else text
