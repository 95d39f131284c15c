"""A row of labels with their counts; a click shows only the spines of that label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget
from typing_extensions import override

from spinegui.domain.crop_list import NO_LABEL
from spinegui.domain.labels import SPINE_CLASSES, UNSURE
from spinegui.gui.language import tr
from spinegui.gui.panels.state_dots import class_icon

if TYPE_CHECKING:
    from collections import Counter

    from PySide6.QtGui import QResizeEvent

    from spinegui.domain.labels import LabelSet

ALL = "*"


class Chips(QWidget):
    """One chip a label, one for all, and one for spines without label where there are any."""

    chosen = Signal(object)  # label, None for all

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QPushButton] = {}
        self._names: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addStretch(1)
        # A narrow window takes the names away, not the chips.
        self._row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumWidth(1)
        self.set_labels(SPINE_CLASSES)

    def button(self, label: str | None) -> QPushButton:
        """Return the chip of a label, of all with None."""
        return self._buttons[ALL if label is None else label]

    def set_labels(self, labels: LabelSet) -> None:
        """Offer these classes; all are chosen."""
        for old in self._buttons.values():
            self._group.removeButton(old)
            self._row.removeWidget(old)
            old.hide()  # at once: its count may be what a blind session hides
            old.deleteLater()
        self._buttons = {}
        self._add(ALL, tr("All"))
        for each in (*labels.classes, UNSURE):
            chip = self._add(each.id, each.name)
            chip.setIcon(class_icon(each.letter, each.colour))
        self._add(NO_LABEL, tr("No label"))
        self._buttons[ALL].setChecked(True)

    def show_counts(self, counts: Counter[str]) -> None:
        for key, chip in self._buttons.items():
            n = counts.total() if key == ALL else counts[key]
            self._counts[key] = n
            chip.setAccessibleName(tr("{label}: {n} spines", label=self._names[key], n=n))
            chip.setToolTip(
                tr("Show all spines")
                if key == ALL
                else tr("Show only these: {label}", label=self._names[key].lower())
            )
            if key == NO_LABEL:
                chip.setVisible(n > 0 or chip.isChecked())
        self._write()

    def _write(self) -> None:
        """Write names and counts, or counts alone where names have no room."""
        self._set_texts(with_names=True)
        if self._row.sizeHint().width() > self.width():
            self._set_texts(with_names=False)

    def _set_texts(self, *, with_names: bool) -> None:
        for key, chip in self._buttons.items():
            name = self._names[key] if with_names or chip.icon().isNull() else ""
            chip.setText(f"{name}  {self._counts.get(key, 0)}".strip())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._write()

    def check(self, label: str | None) -> None:
        """Show which label is chosen, without a signal."""
        self.button(label).setChecked(True)

    def _add(self, key: str, name: str) -> QPushButton:
        chip = QPushButton(self)
        chip.setObjectName("chip")
        chip.setCheckable(True)
        chip.setIconSize(QSize(16, 16))
        # A click must leave the keys to the grid; Tab still comes here.
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.clicked.connect(lambda: self.chosen.emit(None if key == ALL else key))
        self._group.addButton(chip)
        self._row.insertWidget(self._row.count() - 1, chip)
        self._buttons[key] = chip
        self._names[key] = name
        return chip
