"""Sets how many raters make a consensus, and says how many spines have one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from spinegui.domain.consensus import Quorum, consensus
from spinegui.gui.dialogs.sheet import words
from spinegui.gui.language import ntr, tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spinegui.domain.detection import Detection

MOST_RATERS = 50


class ConsensusStrip(QWidget):
    """One line. No vote is changed by it: a consensus is read from the votes, again each time."""

    quorum_chosen = Signal(object)  # Quorum | None

    def __init__(self, parent: QWidget, quorum: Quorum | None, *, is_read_only: bool) -> None:
        super().__init__(parent)
        self.applied = QCheckBox(tr("Consensus of at least"), self)
        self.applied.setChecked(quorum is not None)
        self.applied.setToolTip(
            tr("Show the consensus in the table of spines and write it into exports; votes stay")
        )
        self.votes = QSpinBox(self)
        self.votes.setRange(1, MOST_RATERS)
        self.votes.setValue((quorum or Quorum()).votes)
        self.votes.setAccessibleName(tr("Raters that must agree"))
        for control in (self.applied, self.votes):
            control.setEnabled(not is_read_only)
            if is_read_only:
                control.setToolTip(tr("The project is open read-only"))
        self.outcome = words("", "quiet", wrap=False)
        row, layout = QHBoxLayout(), QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        row.setSpacing(8)
        row.addWidget(self.applied)
        row.addWidget(self.votes)
        row.addWidget(words(tr("raters, and more than half of them"), wrap=False))
        row.addStretch(1)
        layout.addLayout(row)
        layout.addWidget(self.outcome)
        self.applied.toggled.connect(lambda _on: self._choose())
        self.votes.valueChanged.connect(lambda _value: self._choose())

    @property
    def quorum(self) -> Quorum:
        """What is set, applied or not."""
        return Quorum(self.votes.value())

    def show_outcome(self, detections: Iterable[Detection]) -> None:
        """Say how many of the spines that somebody labelled have a consensus."""
        found = [consensus(d, self.quorum) for d in detections if d.is_visible and d.votes]
        with_one = sum(c.label is not None for c in found)
        self.outcome.setText(
            ntr(
                "Reached on {reached} of {n} labelled spine",
                "Reached on {reached} of {n} labelled spines",
                len(found),
                reached=with_one,
            )
        )

    def _choose(self) -> None:
        self.quorum_chosen.emit(self.quorum if self.applied.isChecked() else None)
