"""What stands in the list's place when nothing waits: what was done, or how to fill the queue."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from spinegui.domain.detection import ReviewState
from spinegui.gui.language import ntr, tr
from spinegui.gui.queue.choice import IMAGE
from spinegui.gui.queue.round import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QAction

    from spinegui.domain.detection import Detection
    from spinegui.gui.action_set import ActionSet
    from spinegui.gui.queue.review_queue import ReviewQueue
    from spinegui.gui.workspace import Workspace

MOST_STEPS = 2


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the spines of a round."""

    accepted: int = 0
    labelled: int = 0
    relabelled: int = 0
    rejected: int = 0

    @property
    def decided(self) -> int:
        return self.accepted + self.labelled + self.relabelled + self.rejected


def tally(detections: Iterable[Detection]) -> Tally:
    """Count decided spines: relabelled where the model had named another class."""
    counts = {"accepted": 0, "labelled": 0, "relabelled": 0, "rejected": 0}
    for detection in detections:
        if detection.state is ReviewState.REJECTED:
            counts["rejected"] += 1
        elif detection.label != detection.model_label:
            counts["relabelled" if detection.model_label else "labelled"] += 1
        else:
            counts["accepted"] += 1
    return Tally(**counts)


def tally_of(workspace: Workspace, queue: ReviewQueue) -> Tally:
    """Return what became of the round that is walked now."""
    document = workspace.document
    if document is None:
        return Tally()
    found = (
        document.annotation(item.image_id).detections.get(item.detection_id)
        for item in queue.round.done()
    )
    return tally(d for d in found if d is not None)


def tally_text(counts: Tally) -> str:
    """Return "150 accepted · 30 relabelled · 20 rejected", without what did not happen."""
    parts = (
        (counts.accepted, ntr("{n} accepted", "{n} accepted", counts.accepted)),
        (counts.labelled, ntr("{n} labelled", "{n} labelled", counts.labelled)),
        (counts.relabelled, ntr("{n} relabelled", "{n} relabelled", counts.relabelled)),
        (counts.rejected, ntr("{n} rejected", "{n} rejected", counts.rejected)),
    )
    return " · ".join(text for n, text in parts if n)


class SummaryPage(QWidget):
    """One heading, a few figures, and the one or two steps that make sense now."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions: ActionSet | None = None
        self.title = QLabel(self)
        self.title.setProperty("tone", "title")
        self.text = QLabel(self)
        self.text.setObjectName("hint")
        for label in (self.title, self.text):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.buttons = tuple(_StepButton(self) for _ in range(MOST_STEPS))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addStretch(1)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addSpacing(8)
        steps = QHBoxLayout()
        steps.setSpacing(8)
        steps.addStretch(1)
        for button in self.buttons:
            steps.addWidget(button)
        steps.addStretch(1)
        layout.addLayout(steps)
        layout.addStretch(2)

    def show_actions(self, actions: ActionSet) -> None:
        self._actions = actions

    def show_state(self, workspace: Workspace, queue: ReviewQueue) -> None:
        """Say where an empty queue stands."""
        counts = tally_of(workspace, queue)
        later = queue.round.count(Place.LATER)
        if workspace.document is None:
            self._say(tr("No project is open"), "", ("open_images",))
        elif counts.decided or later:
            lines = [tally_text(counts), _pace_text(queue)]
            if later:
                lines.append(
                    ntr("{n} spine put off for later", "{n} spines put off for later", later)
                )
            self._say(_done_title(counts), "\n".join(filter(None, lines)), _steps(queue, later))
        else:
            empty = queue.choice.source.empty
            self._say(empty.title, empty.text, empty.action_ids)

    def _say(self, title: str, text: str, action_ids: tuple[str, ...]) -> None:
        self.title.setText(title)
        self.text.setText(text)
        for button, action_id in zip_longest(self.buttons, action_ids[:MOST_STEPS]):
            button.offer(self._actions[action_id] if self._actions and action_id else None)


class _StepButton(QPushButton):
    """Offers one action in its own words."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._action: QAction | None = None
        self.clicked.connect(self._on_clicked)

    def offer(self, action: QAction | None) -> None:
        self._action = action
        self.setVisible(action is not None)
        if action is not None:
            self.setText(action.text())
            self.setEnabled(action.isEnabled())
            self.setToolTip(action.toolTip())

    def _on_clicked(self) -> None:
        if self._action is not None:
            self._action.trigger()


def _done_title(counts: Tally) -> str:
    return ntr("{n} spine decided", "{n} spines decided", counts.decided)


def _pace_text(queue: ReviewQueue) -> str:
    """Return "in 23 min, 9 a minute", as far as there was time to measure."""
    minutes = queue.pace.worked_s / 60
    pace = queue.pace.per_minute
    if pace is None:
        return ""
    if minutes < 1:
        return tr("in under a minute")
    return tr("in {minutes:.0f} min, {pace:.0f} a minute", minutes=minutes, pace=pace)


def _steps(queue: ReviewQueue, later: int) -> tuple[str, ...]:
    """Return the next sensible steps as action ids, the likeliest first."""
    if later:
        return ("queue_again",)
    if queue.choice.reach == IMAGE:
        return ("hunt", "next_unreviewed")
    return ("hunt", "retrain")
