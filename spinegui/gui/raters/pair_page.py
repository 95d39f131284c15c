"""Two raters' labels against each other; the spines of a chosen cell are shown below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from spinegui.gui.dialogs.sheet import words
from spinegui.gui.dialogs.spot_list import SpotList
from spinegui.gui.language import tr
from spinegui.gui.plots.confusion import ConfusionMatrix, Wording
from spinegui.gui.raters.figures import pair_text
from spinegui.gui.raters.rater_spots import confusion_of, describe_pair

if TYPE_CHECKING:
    from spinegui.domain.rater_report import RaterReport
    from spinegui.gui.confusion import Cell, Confusion
    from spinegui.gui.dialogs.spot_list import CutsPictures
    from spinegui.gui.document import Document
    from spinegui.gui.plots.cell_grid import GridCell

LIST_HEIGHT = 126


class PairPage(QWidget):
    """Begins with what the two confuse most."""

    def __init__(self, parent: QWidget, cut: CutsPictures) -> None:
        super().__init__(parent)
        self.matrix: ConfusionMatrix | None = None
        self._cell: Cell | None = None
        self.title = words("", "heading")
        self.sentence = words("")
        self.hint = words("", "quiet")
        self.spots = SpotList(self, cut)
        self.spots.setAccessibleName(tr("Spines of the chosen cell"))
        self.spots.setMinimumHeight(LIST_HEIGHT)
        self._place = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addLayout(self._place)
        layout.addWidget(self.sentence)
        layout.addWidget(self.hint)
        layout.addWidget(self.spots, 1)

    def show_pair(self, document: Document, report: RaterReport, pair: GridCell | None) -> None:
        """Show two raters, or one before and again; None shows what will be here."""
        if self.matrix is not None:
            self._place.removeWidget(self.matrix)
            self.matrix.deleteLater()
            self.matrix = None
        if pair is None:
            self.title.setText(tr("Two raters"))
            self.sentence.setText(tr("Spines that two raters labelled are compared here."))
            self.hint.setText("")
            self.spots.show_spots(())
            return
        names = _names(*pair)
        self.title.setText(tr("{a} down, {b} across", a=names[0], b=names[1]))
        self.sentence.setText(pair_text(report, *pair))
        confusion = confusion_of(document, report, *pair)
        wording = Wording(names[0], names[1], lambda found, cell: describe_pair(found, cell, names))
        title = tr("{a} and {b}", a=names[0], b=names[1])
        self.matrix = ConfusionMatrix(self, title, confusion, wording)
        self.matrix.cell_chosen.connect(lambda cell: self._show_cell(names, cell))
        self._place.addWidget(self.matrix, 0, Qt.AlignmentFlag.AlignLeft)
        self._show_cell(names, self._kept(confusion))

    def _kept(self, confusion: Confusion) -> Cell | None:
        """Return the cell that was looked at, else that of the most frequent disagreement."""
        if self._cell is not None and confusion.count(*self._cell):
            return self._cell
        cells = sorted(confusion.spots, key=lambda c: (c[0] != c[1], confusion.count(*c)))
        return cells[-1] if cells else None

    def _show_cell(self, names: tuple[str, str], cell: Cell | None) -> None:
        assert self.matrix is not None
        self._cell = cell
        self.matrix.choose(cell)
        confusion = self.matrix.confusion
        self.hint.setText("" if cell is None else f"{describe_pair(confusion, cell, names)}.")
        self.spots.show_spots(() if cell is None else confusion.spots.get(cell, ()))


def _names(a: str, b: str) -> tuple[str, str]:
    if a == b:
        return tr("{name} before", name=a), tr("{name} blind", name=a)
    return a, b
