"""The confusion matrices of two models; the spines of a chosen cell are shown below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from spinegui.gui.confusion import is_right
from spinegui.gui.dialogs.sheet import words
from spinegui.gui.dialogs.spot_list import MOST_SHOWN, SpotList
from spinegui.gui.language import later, tr
from spinegui.gui.plots.confusion import ConfusionMatrix, describe

if TYPE_CHECKING:
    from spinegui.gui.comparison_data import Compared
    from spinegui.gui.confusion import Cell, Confusion
    from spinegui.gui.dialogs.spot_list import CutsPictures

LIST_HEIGHT = 126
HOW = later("Click a number to see the spines behind it.")


class ConfusionPage(QWidget):
    """Before on the left, after on the right, with the same rows and columns."""

    def __init__(
        self, parent: QWidget, compared: Compared, names: tuple[str, str], cut: CutsPictures
    ) -> None:
        super().__init__(parent)
        self.before = ConfusionMatrix(self, names[0], compared.before)
        self.after = ConfusionMatrix(self, names[1], compared.after)
        self.hint = words(tr(HOW), "quiet")
        self.spots = SpotList(self, cut)
        self.spots.setMinimumHeight(LIST_HEIGHT)
        both = QHBoxLayout()
        both.setSpacing(32)
        sides = ((tr("Before: "), self.before, names[0]), (tr("After: "), self.after, names[1]))
        for word, matrix, name in sides:
            both.addLayout(_titled(f"{word}{name}, n = {matrix.confusion.n}", matrix))
            matrix.cell_chosen.connect(lambda cell, chosen=matrix: self._on_chosen(chosen, cell))
        both.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 0)
        layout.setSpacing(8)
        layout.addLayout(both)
        layout.addWidget(self.hint)
        layout.addWidget(self.spots, 1)
        self._show_worst(compared.after)

    def _show_worst(self, confusion: Confusion) -> None:
        """Begin with the new model's most frequent mistake: that is what one looks for."""
        wrong = [cell for cell in confusion.spots if not is_right(cell)]
        if wrong:
            self._on_chosen(self.after, max(wrong, key=lambda cell: confusion.count(*cell)))

    def _on_chosen(self, matrix: ConfusionMatrix, cell: Cell) -> None:
        other = self.before if matrix is self.after else self.after
        other.choose(None)
        matrix.choose(cell)
        found = matrix.confusion.spots.get(cell, ())
        when = tr("Before") if matrix is self.before else tr("After")
        more = (
            tr(" The first {MOST_SHOWN} are shown.", MOST_SHOWN=MOST_SHOWN)
            if len(found) > MOST_SHOWN
            else ""
        )
        self.hint.setText(f"{when}: {describe(matrix.confusion, cell)}.{more}")
        self.spots.show_spots(found)


def _titled(title: str, widget: QWidget) -> QVBoxLayout:
    label = QLabel(title)
    label.setObjectName("panel_title")
    layout = QVBoxLayout()
    layout.setSpacing(4)
    layout.addWidget(label)
    layout.addWidget(widget)
    layout.addStretch(1)
    layout.setAlignment(widget, Qt.AlignmentFlag.AlignLeft)
    return layout
