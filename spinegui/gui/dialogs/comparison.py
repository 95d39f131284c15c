"""Before and after: what the new model gained, lost and labels otherwise, with figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from spinegui.gui.dialogs.confusion_page import ConfusionPage
from spinegui.gui.dialogs.figures_table import figures_table
from spinegui.gui.dialogs.spot_list import SpotList
from spinegui.gui.dialogs.verdict import is_better, verdict
from spinegui.gui.language import tr
from spinegui.gui.manual.asking import give_help_key

if TYPE_CHECKING:
    from spinegui.gui.comparison_data import Compared
    from spinegui.gui.dialogs.spot_list import CutsPictures
    from spinegui.gui.spots import Spot

SIZE = QSize(880, 620)


class ComparisonDialog(QDialog):
    """Stays beside the image, so that a click on a difference shows it there."""

    spot_chosen = Signal(object)  # Spot
    decided = Signal(bool)  # promote, or keep the old one

    def __init__(
        self,
        parent: QWidget,
        names: tuple[str, str],
        compared: Compared | None,
        cut: CutsPictures,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("comparison")
        give_help_key(self)
        self.setWindowTitle(tr("Before and after"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self._names = names
        self._cut = cut
        old_name, new_name = names
        self.headline = QLabel(
            tr("{new_name} against {old_name}", new_name=new_name, old_name=old_name), self
        )
        self.headline.setObjectName("headline")
        self.verdict = QLabel(verdict(compared), self)
        self.verdict.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self.headline)
        layout.addWidget(self.verdict)
        self.tabs = QTabWidget(self)
        self.tabs.setVisible(compared is not None)
        self.curves: QWidget | None = None
        if compared is not None:
            self.resize(SIZE)
            self._fill(compared)
            layout.addWidget(self.tabs, 1)
        layout.addLayout(self._buttons(old_name))
        # What the figures do not show to be better is not urged on anybody.
        advised = compared is not None and is_better(compared)
        (self.promote_button if advised else self.keep_button).setDefault(True)

    def _fill(self, compared: Compared) -> None:
        old_name, new_name = self._names
        self.tabs.addTab(figures_table(self, compared, old_name, new_name), tr("Figures"))
        groups = [(tr("Relabelled"), compared.relabelled)]
        if compared.detects:
            groups = [(tr("Gained"), compared.gained), (tr("Lost"), compared.lost), *groups]
        for title, spots in groups:
            page = self._list(spots) if spots else _none(title.lower())
            self.tabs.addTab(page, f"{title} ({len(spots)})")
        self.confusion = ConfusionPage(self, compared, self._names, self._cut)
        self.confusion.spots.spot_chosen.connect(self.spot_chosen)
        self.tabs.addTab(self.confusion, tr("Confusion"))
        place = self.tabs.addTab(QWidget(self), tr("Curves"))
        self.tabs.currentChanged.connect(
            lambda index: self._draw_curves(compared, place) if index == place else None
        )

    def _draw_curves(self, compared: Compared, place: int) -> None:
        """Draw the curves when they are first looked at."""
        if self.curves is None:
            # pyqtgraph takes a moment to load, and not everybody looks at curves.
            from spinegui.gui.dialogs.curves_page import CurvesPage

            curves = self.curves = CurvesPage(self, compared, self._names, self._cut)
            curves.spots.spot_chosen.connect(self.spot_chosen)
            self.tabs.blockSignals(True)
            self.tabs.removeTab(place)
            self.tabs.insertTab(place, self.curves, tr("Curves"))
            self.tabs.setCurrentIndex(place)
            self.tabs.blockSignals(False)

    def _list(self, spots: tuple[Spot, ...]) -> SpotList:
        shown = SpotList(self, self._cut)
        shown.show_spots(spots)
        shown.spot_chosen.connect(self.spot_chosen)
        return shown

    def _buttons(self, old_name: str) -> QHBoxLayout:
        self.promote_button = QPushButton(tr("Promote"), self)
        self.promote_button.setToolTip(tr("Let the new model work from now on; you can go back"))
        self.keep_button = QPushButton(tr("Keep {old_name}", old_name=old_name), self)
        later = QPushButton(tr("Decide later"), self)
        self.promote_button.clicked.connect(lambda: self._decide(promote=True))
        self.keep_button.clicked.connect(lambda: self._decide(promote=False))
        later.clicked.connect(self.close)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(later)
        row.addStretch(1)
        row.addWidget(self.keep_button)
        row.addWidget(self.promote_button)
        return row

    def _decide(self, *, promote: bool) -> None:
        self.decided.emit(promote)
        self.close()


def _none(what: str) -> QLabel:
    label = QLabel(tr("No spine {what}.", what=what))
    label.setObjectName("hint")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
