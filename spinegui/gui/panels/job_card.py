"""One job in the jobs panel: how far it is, its curves, its log, and what can be done with it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
)

from spinegui.gui.language import tr
from spinegui.gui.style.icons import icon
from spinegui.jobs.events import Cancelled, Done, Failed
from spinegui.jobs.spec import JobKind

if TYPE_CHECKING:
    from spinegui.gui.plots.curves import TrainingCurves
    from spinegui.gui.running_jobs import RunningJob, RunningJobs


class JobCard(QFrame):
    """One job: title, bar, time left, buttons, and for a training its curves and log."""

    def __init__(self, job: RunningJob, jobs: RunningJobs) -> None:
        super().__init__()
        self.setObjectName("job_card")
        self.job = job
        self.title = QLabel(job.title, self)
        self.title.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.bar.setRange(0, 0)
        self.state = QLabel(tr("Starting"), self)
        self.state.setObjectName("hint")
        self.state.setWordWrap(True)
        self.stop_button = self._button(
            tr("Stop early"), tr("End the training now and keep the best model so far")
        )
        self.stop_button.clicked.connect(lambda: jobs.stop_early(job))
        self.cancel_button = self._button(
            tr("Cancel"), tr("Give the job up; nothing of it is kept")
        )
        self.cancel_button.clicked.connect(lambda: jobs.give_up(job))
        self.resume_button = self._button(tr("Resume"), tr("Go on from the last checkpoint"))
        self.resume_button.clicked.connect(self._on_resume_clicked)
        self.log, self.log_button = self._build_log()
        self.curves: TrainingCurves | None = None
        self._logged = 0
        self._lay_out()
        self.refresh()

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        return button

    def _on_resume_clicked(self) -> None:
        if self.job.resume is not None:
            self.job.resume()

    def _build_log(self) -> tuple[QPlainTextEdit, QToolButton]:
        log = QPlainTextEdit(self)
        log.setReadOnly(True)
        log.setMaximumBlockCount(2000)
        log.setFixedHeight(120)
        log.hide()
        button = QToolButton(self)
        button.setIcon(icon("ph.list"))
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setToolTip(tr("Show the log"))
        button.setAccessibleName(tr("Show the log"))
        button.toggled.connect(log.setVisible)
        return log, button

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.stop_button)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.resume_button)
        buttons.addStretch(1)
        buttons.addWidget(self.log_button)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(12, 10, 12, 8)
        self._rows.setSpacing(6)
        for widget in (self.title, self.bar, self.state):
            self._rows.addWidget(widget)
        self._rows.addLayout(buttons)
        self._rows.addWidget(self.log)

    def refresh(self) -> None:
        """Show what the job said last."""
        job = self.job
        self.state.setText(describe(job))
        self.bar.setVisible(not job.is_over and not job.is_waiting)
        if job.progress is not None and job.progress.total > 0:
            self.bar.setRange(0, job.progress.total)
            self.bar.setValue(job.progress.done)
        self.cancel_button.setVisible(not job.is_over)
        is_running = not job.is_over and not job.is_waiting
        self.stop_button.setVisible(is_running and job.kind is JobKind.TRAIN)
        self.resume_button.setVisible(job.resume is not None)
        for line in job.log[len(job.log) - (job.n_logged - self._logged) :]:
            self.log.appendPlainText(line)
        self._logged = job.n_logged
        if job.curves:
            self._show_curves()

    def _show_curves(self) -> None:
        if self.curves is None:
            # pyqtgraph is loaded when the first curve needs it, not when the window starts.
            from spinegui.gui.plots.curves import TrainingCurves

            self.curves = TrainingCurves(self)
            self._rows.insertWidget(3, self.curves)
        self.curves.show_curves(self.job.curves)


def describe(job: RunningJob) -> str:
    """Return where the job stands, in the reader's words."""
    if job.ending is not None:
        return _describe_ending(job)
    if job.is_waiting:
        return tr("Waits for the training before it")
    progress = job.progress
    if progress is None:
        return tr("Starting")
    parts = [progress.stage[:1].upper() + progress.stage[1:] or tr("Working")]
    if progress.total > 0:
        parts.append(tr("{done} of {total}", done=progress.done, total=progress.total))
    if progress.seconds_left is not None:
        parts.append(
            tr("{format_seconds} left", format_seconds=format_seconds(progress.seconds_left))
        )
    return " · ".join(parts)


def _describe_ending(job: RunningJob) -> str:
    match job.ending:
        case Failed() as failed:
            return tr("Failed. {what} {what_to_do}", what=failed.what, what_to_do=failed.what_to_do)
        case Cancelled():
            return tr("Cancelled")
        case Done() if job.kind is JobKind.TRAIN:
            return tr("Done in {format_seconds}", format_seconds=format_seconds(job.seconds))
        case _:
            return tr("Done")


def format_seconds(seconds: float) -> str:
    """Return a duration as a person says it: 40 s, 3 min, 1 h 20 min."""
    whole = max(1, math.ceil(seconds))
    if whole < 90:
        return f"{whole} s"
    minutes = math.ceil(whole / 60)
    return (
        tr("{minutes} min", minutes=minutes)
        if minutes < 60
        else tr("{value} h {value_2} min", value=minutes // 60, value_2=minutes % 60)
    )
