"""The running job in the status bar: what it is, how far, how long; a click opens its card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QToolButton, QWidget

from spinegui.gui.language import tr
from spinegui.gui.panels.job_card import describe
from spinegui.gui.style.icons import icon
from spinegui.jobs.spec import JobKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.running_jobs import RunningJob, RunningJobs

SHOW_AFTER_MS = 300
REFRESH_MS = 100
BAR_WIDTH = 96


class JobStrip(QWidget):
    """Shows the newest job that runs, once it has taken a moment."""

    def __init__(self, jobs: RunningJobs, open_card: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("job_strip")
        self._jobs = jobs
        self._open_card = open_card
        self._job: RunningJob | None = None
        self.text = QPushButton(self)
        self.text.setFlat(True)
        self.text.setToolTip(tr("Show it in the jobs panel"))
        self.text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.text.clicked.connect(open_card)
        self.bar = QProgressBar(self)
        self.bar.setFixedWidth(BAR_WIDTH)
        self.bar.setTextVisible(False)
        self.cancel = QToolButton(self)
        self.cancel.setIcon(icon("ph.x"))
        self.cancel.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cancel.setToolTip(tr("Cancel; nothing of it is kept"))
        self.cancel.setAccessibleName(tr("Cancel the job"))
        self.cancel.clicked.connect(self._on_cancel_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(4)
        for widget in (self.text, self.bar, self.cancel):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self._delay = QTimer(self, singleShot=True, interval=SHOW_AFTER_MS)
        self._delay.timeout.connect(self._on_delay_over)
        self._pause = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._pause.timeout.connect(self._refresh)
        jobs.busy_changed.connect(self._on_busy_changed)
        jobs.changed.connect(self._on_changed)
        self.hide()

    def _on_busy_changed(self) -> None:
        before = self._job
        busy = [job for job in self._jobs.all if not job.is_over]
        self._job = next((job for job in busy if not job.is_waiting), None)
        if self._job is not None and self._job is not before and self._job.kind is JobKind.TRAIN:
            self._open_card()  # somebody has just started it and wants to see it go
        if self._job is None:
            self._delay.stop()
            self.hide()
            return
        self.cancel.setEnabled(True)
        self._refresh()
        if self.isHidden():
            self._delay.start()

    def _on_changed(self, job: RunningJob) -> None:
        # A quick training speaks hundreds of times a second; nobody reads that fast.
        if job is self._job and not self._pause.isActive():
            self._pause.start()

    def _refresh(self) -> None:
        job = self._job
        if job is None:
            return
        progress = job.progress
        # A range of nothing makes the bar run to and fro: work whose end nobody knows.
        self.bar.setRange(0, progress.total if progress else 0)
        self.bar.setValue(progress.done if progress else 0)
        self.text.setText(f"{job.title} · {describe(job)}")

    def _on_delay_over(self) -> None:
        self.setVisible(self._job is not None)

    def _on_cancel_clicked(self) -> None:
        if self._job is not None:
            self._jobs.give_up(self._job)
            self.cancel.setEnabled(False)
