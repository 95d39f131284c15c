"""What runs and what ran: progress with time left, curves, log, stop early and cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from spinegui.gui.language import tr
from spinegui.gui.panels.job_card import JobCard

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.batch.card import BatchCard
    from spinegui.gui.running_jobs import RunningJob, RunningJobs

Card: TypeAlias = "JobCard | BatchCard"
MAX_CARDS = 20
REFRESH_MS = 50


class JobsPanel(QScrollArea):
    """One card a job, newest first."""

    def __init__(
        self, jobs: RunningJobs, batch_card: Callable[[RunningJob, RunningJobs], Card]
    ) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._cards: dict[str, Card] = {}
        self._batch_card = batch_card
        body = QWidget(self)
        self._layout = QVBoxLayout(body)
        self._layout.setContentsMargins(8, 8, 8, 8)
        self._layout.setSpacing(8)
        self._empty = QLabel(tr("Detections and trainings appear here while they run."), body)
        self._empty.setObjectName("hint")
        self._empty.setWordWrap(True)
        self._layout.addWidget(self._empty)
        self._layout.addStretch(1)
        self.setWidget(body)
        self._stale: dict[str, Card] = {}
        self._pause = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._pause.timeout.connect(self._refresh_stale)
        self._jobs = jobs
        jobs.changed.connect(self._on_changed)

    def card(self, job_id: str) -> Card | None:
        return self._cards.get(job_id)

    def _on_changed(self, job: RunningJob) -> None:
        card = self._cards.get(job.id)
        if card is not None and card.job is not job:
            self._forget(job.id)  # the same job taken up again
            card = None
        if card is None:
            make = JobCard if job.batch is None else self._batch_card
            card = self._cards[job.id] = make(job, self._jobs)
            # What waits stands below what runs.
            self._layout.insertWidget(1 if job.is_waiting else 0, card)
            self._empty.hide()
            self._forget_oldest()
        # A quick training speaks hundreds of times a second; nobody reads that fast.
        self._stale[job.id] = card
        if job.is_over:
            self._refresh_stale()
        elif not self._pause.isActive():
            self._pause.start()

    def _refresh_stale(self) -> None:
        stale, self._stale = self._stale, {}
        for card in stale.values():
            card.refresh()

    def _forget_oldest(self) -> None:
        over = [key for key, card in self._cards.items() if card.job.is_over]
        for key in over[: max(0, len(self._cards) - MAX_CARDS)]:
            self._forget(key)

    def _forget(self, job_id: str) -> None:
        card = self._cards.pop(job_id)
        self._stale.pop(job_id, None)
        self._layout.removeWidget(card)
        card.hide()
        card.deleteLater()
