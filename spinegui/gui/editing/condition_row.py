"""One condition of a batch edit as a row: what is looked at, below or above, and the value."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QToolButton, QWidget

from spinegui.domain.conditions import (
    Condition,
    LabelCondition,
    Measure,
    NumberCondition,
    StateCondition,
)
from spinegui.domain.detection import ReviewState
from spinegui.domain.labels import UNSURE
from spinegui.gui.language import later, tr
from spinegui.gui.style.icons import icon

if TYPE_CHECKING:
    from spinegui.domain.labels import LabelSet

LABEL, STATE = "label", "state"


class _Number(NamedTuple):
    """How a measure is asked for."""

    words: str
    unit: str
    first: float
    most: float
    step: float
    decimals: int


NUMBERS = {
    Measure.LONGER_UM: _Number(later("Longer side"), " µm", 0.3, 100, 0.05, 2),
    Measure.SHORTER_UM: _Number(later("Shorter side"), " µm", 0.3, 100, 0.05, 2),
    Measure.LONGER_PX: _Number(later("Longer side"), " px", 6, 10_000, 1, 1),
    Measure.SHORTER_PX: _Number(later("Shorter side"), " px", 4, 10_000, 1, 1),
    Measure.SCORE: _Number(later("Score"), "", 0.3, 1, 0.05, 2),
    Measure.SHARE: _Number(later("Share of its class"), "", 0.5, 1, 0.05, 2),
    Measure.OVERLAP: _Number(later("Overlap with another"), "", 0.3, 1, 0.05, 2),
    Measure.EDGE_PX: _Number(later("Distance to the image's edge"), " px", 2, 10_000, 1, 1),
    Measure.SLICES: _Number(later("Slices"), "", 2, 1000, 1, 0),
}
STATES = {ReviewState.PREDICTED: later("Predicted"), ReviewState.ACCEPTED: later("Accepted")}


class ConditionRow(QWidget):
    """Says `changed` with every turn of a control, and `removed` where it is to go."""

    changed = Signal()
    removed = Signal()

    def __init__(self, parent: QWidget, labels: LabelSet, *, is_calibrated: bool) -> None:
        super().__init__(parent)
        self.what = QComboBox(self)
        self.what.setAccessibleName(tr("What the condition is about"))
        for measure, number in NUMBERS.items():
            self.what.addItem(tr(number.words) + _in_brackets(number.unit), measure)
        self.what.addItem(tr("Class"), LABEL)
        self.what.addItem(tr("State"), STATE)
        self.how = QComboBox(self)
        self.how.setAccessibleName(tr("How it is compared"))
        self.number = QDoubleSpinBox(self)
        self.number.setAccessibleName(tr("Value"))
        self.number.setKeyboardTracking(True)
        self.choice = QComboBox(self)
        self.choice.setAccessibleName(tr("Value"))
        self._labels = labels
        self.remove = QToolButton(self)
        self.remove.setIcon(icon("ph.x"))
        self.remove.setAutoRaise(True)
        self.remove.setToolTip(tr("Remove this condition"))
        self.remove.setAccessibleName(tr("Remove this condition"))
        self._lay_out()
        self.what.currentIndexChanged.connect(self._on_what_changed)
        for signal in (self.how.currentIndexChanged, self.choice.currentIndexChanged):
            signal.connect(lambda _index: self.changed.emit())
        self.number.valueChanged.connect(lambda _value: self.changed.emit())
        self.remove.clicked.connect(self.removed)
        first = Measure.LONGER_UM if is_calibrated else Measure.LONGER_PX
        self.what.setCurrentIndex(self.what.findData(first))
        self._on_what_changed()

    def condition(self) -> Condition:
        """Return what the row says."""
        what, is_first = self.what.currentData(), self.how.currentIndex() == 0
        if what == LABEL:
            return LabelCondition(self.choice.currentData(), is_wanted=is_first)
        if what == STATE:
            return StateCondition(ReviewState(self.choice.currentData()))
        return NumberCondition(Measure(what), is_below=is_first, value=self.number.value())

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.what, 3)
        row.addWidget(self.how, 1)
        row.addWidget(self.number, 2)
        row.addWidget(self.choice, 2)
        row.addWidget(self.remove)

    def _on_what_changed(self, _index: int = 0) -> None:
        what = self.what.currentData()
        for widget in (self.how, self.number, self.choice):
            widget.blockSignals(True)
        self.how.clear()
        self.choice.clear()
        is_number = what in NUMBERS
        if is_number:
            self.how.addItems([tr("below"), tr("above")])
            number = NUMBERS[what]
            self.number.setDecimals(number.decimals)
            self.number.setRange(0, number.most)
            self.number.setSingleStep(number.step)
            self.number.setSuffix(number.unit)
            self.number.setValue(number.first)
        elif what == LABEL:
            self.how.addItems([tr("is"), tr("is not")])
            for each in (*self._labels.classes, UNSURE):
                self.choice.addItem(each.name, each.id)
            self.choice.addItem(tr("No label"), None)
        else:
            self.how.addItems([tr("is")])
            for state, text in STATES.items():
                self.choice.addItem(tr(text), state)
        self.number.setVisible(is_number)
        self.choice.setVisible(not is_number)
        for widget in (self.how, self.number, self.choice):
            widget.blockSignals(False)
        self.changed.emit()


def _in_brackets(unit: str) -> str:
    return f" ({unit.strip()})" if unit else ""
