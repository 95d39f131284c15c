"""Short work in the status bar: what it is, how far it is, how long it takes, Cancel."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from spinegui.gui.language import tr
from spinegui.gui.panels.job_card import format_seconds
from spinegui.gui.style.icons import icon
from spinegui.jobs.eta import TimeLeft

if TYPE_CHECKING:
    from spinegui.gui.background import Background, Task

SHOW_AFTER_MS = 400
BAR_WIDTH = 120


class TaskStrip(QWidget):
    """Shows the oldest task that is not done, once it has taken a moment."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("task_strip")
        self._tasks: list[Task[object]] = []
        self._time_left = TimeLeft()
        self.text = QLabel(self)
        self.bar = QProgressBar(self)
        self.bar.setFixedWidth(BAR_WIDTH)
        self.bar.setTextVisible(False)
        self.cancel = QToolButton(self)
        self.cancel.setIcon(icon("x"))
        self.cancel.setAutoRaise(True)
        self.cancel.setToolTip(tr("Cancel"))
        self.cancel.setAccessibleName(tr("Cancel"))
        self.cancel.clicked.connect(self._on_cancel_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(8)
        layout.addWidget(self.text)
        layout.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.cancel)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SHOW_AFTER_MS)
        self._delay.timeout.connect(self._on_delay_over)
        background.started.connect(self._on_started)
        self.hide()

    def _on_started(self, task: Task[object]) -> None:
        self._tasks.append(task)
        task.finished.connect(self._on_finished)
        if len(self._tasks) == 1:
            self._begin(task)

    def _begin(self, task: Task[object]) -> None:
        self._time_left = TimeLeft()
        self.cancel.setEnabled(not task.is_cancelled)
        self._say(0, 0, "")
        # Tasks run one after the other: what reports is the oldest. A method of ours, which Qt
        # lets go of with us, for a report may come when the window is gone.
        task.progressed.connect(self._say)
        if self.isHidden():
            self._delay.start()

    def _say(self, done: int, total: int, text: str) -> None:
        if not self._tasks:
            return
        task = self._tasks[0]
        # A range of nothing makes the bar run to and fro: work whose end nobody knows.
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        left = self._time_left.update(done, total, stage=task.title, now=time.monotonic())
        parts = [task.title]
        if total and text:
            parts.append(text)
        if total and left is not None:
            parts.append(tr("{format_seconds} left", format_seconds=format_seconds(left)))
        self.text.setText(" · ".join(parts))

    def _on_finished(self) -> None:
        self._tasks.pop(0)
        if self._tasks:
            self._begin(self._tasks[0])
        else:
            self._delay.stop()
            self.hide()

    def _on_delay_over(self) -> None:
        self.setVisible(bool(self._tasks))

    def _on_cancel_clicked(self) -> None:
        if self._tasks:
            self._tasks[0].cancel()
            self.cancel.setEnabled(False)
            self.text.setText(tr("Cancelling"))
