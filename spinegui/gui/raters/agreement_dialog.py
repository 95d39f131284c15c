"""How far the raters agree: a matrix of pairs, all together, and the spines of two who differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from spinegui.domain.ratings import Basis
from spinegui.gui.dialogs.sheet import words
from spinegui.gui.language import later, tr
from spinegui.gui.manual.asking import give_help_key
from spinegui.gui.raters import figures
from spinegui.gui.raters.kappa_matrix import KappaMatrix
from spinegui.gui.raters.pair_page import PairPage

if TYPE_CHECKING:
    from spinegui.domain.rater_report import RaterReport
    from spinegui.gui.dialogs.spot_list import CutsPictures
    from spinegui.gui.document import Document
    from spinegui.gui.plots.cell_grid import GridCell
    from spinegui.gui.raters.consensus_strip import ConsensusStrip

SIZE = QSize(1040, 700)
MATRIX_HEIGHT = 300
BASES = {
    Basis.HAND: later("Labels given by hand"),
    Basis.BLIND: later("Blind labels only"),
    Basis.ALL: later("All labels, accepted ones too"),
}
NOTHING_YET = later(
    "Agreement needs two raters on the same spines. Switch the user and label again, best in a "
    "blind session, or end one that is on."
)


class AgreementDialog(QDialog):
    """Stays beside the image, so that a click on a spine shows it there."""

    choice_changed = Signal()
    spot_chosen = Signal(object)  # SpineSpot
    copy_requested = Signal()
    save_requested = Signal()
    switch_requested = Signal()

    def __init__(
        self, parent: QWidget, document: Document, cut: CutsPictures, consensus: ConsensusStrip
    ) -> None:
        super().__init__(parent)
        self.setObjectName("agreement")
        give_help_key(self)
        self.setWindowTitle(tr("Agreement between raters"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.resize(SIZE)
        self._document = document
        self._pair: GridCell | None = None
        self.report: RaterReport | None = None
        self.matrix: KappaMatrix | None = None
        self.basis = QComboBox(self)
        for basis, text in BASES.items():
            self.basis.addItem(tr(text), basis)
        self.basis.setAccessibleName(tr("Which labels count"))
        self.unsure = QCheckBox(tr("“Unsure” is a class of its own"), self)
        self.unsure.setToolTip(tr("Else a spine that a rater was unsure of is left out for them"))
        self.pair = PairPage(self, cut)
        self.pair.spots.spot_chosen.connect(self.spot_chosen)
        self.consensus = consensus
        self.together = words("")
        self.classes = words("", "quiet")
        self.method = words("", "quiet")
        self._matrix_area = _scrolled(self)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._figures_page())
        self._pages.addWidget(self._empty_page())
        self._lay_out()
        self.basis.currentIndexChanged.connect(lambda _index: self.choice_changed.emit())
        self.unsure.toggled.connect(lambda _on: self.choice_changed.emit())

    @property
    def chosen_basis(self) -> Basis:
        return Basis(self.basis.currentData())

    def show_report(self, report: RaterReport) -> None:
        """Show these figures; the pair that was looked at stays, where it is still there."""
        self.report = report
        has_any = bool(report.within) or any(found.n for found in report.pairs.values())
        self._pages.setCurrentIndex(0 if has_any or len(report.raters) > 1 else 1)
        for button in (self.copy_button, self.save_button):
            button.setEnabled(has_any)
            button.setToolTip("" if has_any else tr("There are no figures yet"))
        if not report.raters:
            return
        self.matrix = KappaMatrix(self, report)
        self.matrix.cell_chosen.connect(self._on_pair_chosen)
        self._matrix_area.setWidget(self.matrix)
        size = self.matrix.sizeHint()
        self.matrix.resize(size)
        self._matrix_area.setFixedHeight(min(size.height() + 4, MATRIX_HEIGHT))
        self.together.setText(figures.together_text(report))
        self.classes.setText(figures.classes_text(report) if report.together.n else "")
        self.method.setText(figures.method_text(report) if report.together.n else "")
        self._show_pair()

    def _show_pair(self) -> None:
        report = self.report
        assert report is not None
        if self._pair is None or report.of(*self._pair) is None:
            self._pair = _most_at_odds(report)
        if self.matrix is not None:
            self.matrix.choose(self._pair)
        self.pair.show_pair(self._document, report, self._pair)

    def _on_pair_chosen(self, pair: GridCell) -> None:
        self._pair = pair
        self._show_pair()

    # -- laying out --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.copy_button = QPushButton(tr("Copy"), self)
        self.copy_button.clicked.connect(self.copy_requested)
        self.save_button = QPushButton(tr("Save as CSV…"), self)
        self.save_button.clicked.connect(self.save_requested)
        close = QPushButton(tr("Close"), self)
        close.clicked.connect(self.close)
        for button in (self.copy_button, self.save_button, close):
            button.setAutoDefault(False)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.basis)
        top.addWidget(self.unsure)
        top.addStretch(1)
        bottom = QHBoxLayout()
        bottom.setSpacing(8)
        bottom.addWidget(self.copy_button)
        bottom.addWidget(self.save_button)
        bottom.addStretch(1)
        bottom.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.consensus)
        layout.addLayout(bottom)

    def _figures_page(self) -> QWidget:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(words(tr("Pairs of raters: Cohen’s κ and n"), "heading"))
        left.addWidget(self._matrix_area)
        left.addWidget(
            words(tr("On the diagonal, each rater blind against what they said before."), "quiet")
        )
        left.addSpacing(8)
        left.addWidget(words(tr("All raters together"), "heading"))
        for label in (self.together, self.classes, self.method):
            left.addWidget(label)
        left.addStretch(1)
        page = QWidget(self)
        both = QHBoxLayout(page)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(24)
        both.addLayout(left, 2)
        both.addWidget(self.pair, 3)
        return page

    def _empty_page(self) -> QWidget:
        page = QWidget(self)
        text = words(tr(NOTHING_YET), "quiet")
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        button = QPushButton(tr("Switch user"), page)
        button.setAutoDefault(False)
        button.clicked.connect(self.switch_requested)
        layout = QVBoxLayout(page)
        layout.setSpacing(12)
        layout.addStretch(1)
        layout.addWidget(text)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        return page


def _scrolled(parent: QWidget) -> QScrollArea:
    area = QScrollArea(parent)
    area.setWidgetResizable(False)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def _most_at_odds(report: RaterReport) -> GridCell | None:
    """Return the pair that agrees least: that is what one looks for."""
    found = {pair: a for pair, a in report.pairs.items() if a.n}
    if found:
        return min(found, key=lambda pair: (found[pair].kappa is None, found[pair].kappa or 0.0))
    return next(((rater, rater) for rater in report.within), None)
