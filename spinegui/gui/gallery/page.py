"""The gallery's page: chips and choices, the grid or words where there is nothing, its scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from spinegui.domain.crop_list import Wanted
from spinegui.gui.canvas.empty_state import EmptyState
from spinegui.gui.gallery.chips import Chips
from spinegui.gui.gallery.contents import Order
from spinegui.gui.gallery.grid import SIDES
from spinegui.gui.language import later, ntr, tr
from spinegui.gui.style.icons import icon
from spinegui.gui.style.tokens import CANVAS

if TYPE_CHECKING:
    from spinegui.gui.gallery.grid import Grid

WANTED = {
    Wanted.ALL: later("Predictions and decided"),
    Wanted.PREDICTIONS: later("Predictions only"),
    Wanted.DECIDED: later("Decided only"),
    Wanted.REJECTED: later("Rejected"),
}
ORDERS = {
    Order.SCORE: later("Score"),
    Order.OUTLIER: later("Unlike its label"),
    Order.SIMILARITY: later("Like the selected one"),
    Order.SIZE: later("Size"),
    Order.IMAGE: later("Image"),
}
SLIDER_WIDTH = 120
NARROWEST = 72


class GalleryPage(QWidget):
    """Lays out; its signals say what was asked for."""

    project_chosen = Signal(bool)
    wanted_chosen = Signal(object)
    order_chosen = Signal(object)
    reverse_toggled = Signal(bool)
    fit_toggled = Signal(bool)

    def __init__(self, grid: Grid, progress: QWidget) -> None:
        super().__init__()
        self.grid = grid
        self.progress = progress
        self.chips = Chips(self)
        self._build_choices()
        self._build_scale()
        self.count = QLabel(self)
        self.count.setProperty("tone", "quiet")
        self.scale = QLabel(self)
        self.scale.setProperty("tone", "quiet")
        self.empty = EmptyState(self)
        self.empty.setAutoFillBackground(True)
        self.empty.setStyleSheet(f"EmptyState {{ background: {CANVAS}; }}")
        self.empty.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._body = QStackedWidget(self)
        self._body.addWidget(grid)
        self._body.addWidget(self.empty)
        self._lay_out()
        self._listen()

    def show_empty(self, is_empty: bool) -> None:
        """Put words in the grid's place, or the grid again."""
        self._body.setCurrentWidget(self.empty if is_empty else self.grid)

    @property
    def is_empty(self) -> bool:
        return self._body.currentWidget() is self.empty

    def show_count(self, n: int, n_chosen: int, floor: float | None) -> None:
        """Say how many are shown and picked, and from which score up predictions are."""
        parts = [ntr("{n} spine", "{n} spines", n)]
        if n_chosen:
            parts.append(tr("{n} selected", n=n_chosen))
        if floor is not None:
            parts.append(tr("score ≥ {score:.2f}", score=floor))
        self.count.setText(" · ".join(parts))

    def show_scale(self, text: str) -> None:
        self.scale.setText(text)

    def _build_choices(self) -> None:
        self.where = self._choice(tr("Where from"), tr("Which images the spines come from"))
        for name, is_project in ((tr("This image"), False), (tr("Whole project"), True)):
            self.where.addItem(name, is_project)
        self.wanted = self._choice(tr("Which spines"), tr("Which spines are shown"))
        for wanted, name in WANTED.items():
            self.wanted.addItem(tr(name), wanted)
        self.order = self._choice(tr("Sort by"), tr("What the crops are sorted by"))
        for order, name in ORDERS.items():
            self.order.addItem(tr(name), order)
        self.reverse = self._button("ph.sort-ascending", tr("Reverse the order"))

    def _build_scale(self) -> None:
        self.fit = self._button("ph.arrows-out-simple", "")
        self.fit.setAccessibleName(tr("Scale each spine to its cell"))
        self.fit.setToolTip(
            tr("Scale each spine to its cell; off, all have the same scale and sizes compare")
        )
        self.side_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.side_slider.setRange(*SIDES)
        self.side_slider.setValue(self.grid.side)
        self.side_slider.setFixedWidth(SLIDER_WIDTH)
        self.side_slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.side_slider.setAccessibleName(tr("Size of the crops"))
        self.side_slider.setToolTip(tr("Size of the crops  (Ctrl+wheel)"))

    def _choice(self, name: str, tip: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setToolTip(tip)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.setMinimumWidth(NARROWEST)
        return box

    def _button(self, icon_name: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(icon_name))
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(name)
        button.setToolTip(name)
        return button

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.chips, 1)
        second.addWidget(self.where)
        second.addWidget(self.wanted)
        second.addSpacing(8)
        second.addWidget(QLabel(tr("Sort by"), self))
        second.addWidget(self.order)
        second.addWidget(self.reverse)
        second.addStretch(1)
        for row in (first, second):
            row.setSpacing(8)
        head = QVBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.setSpacing(8)
        head.addLayout(first)
        head.addLayout(second)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self._body, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 4, 12, 4)
        foot.setSpacing(8)
        foot.addWidget(self.count)
        foot.addWidget(self.progress)
        foot.addStretch(1)
        for widget in (self.scale, self.fit, self.side_slider):
            foot.addWidget(widget)
        whole.addLayout(foot)

    def _listen(self) -> None:
        self.where.activated.connect(lambda: self.project_chosen.emit(self.where.currentData()))
        self.wanted.activated.connect(
            lambda: self.wanted_chosen.emit(Wanted(self.wanted.currentData()))
        )
        self.order.activated.connect(
            lambda: self.order_chosen.emit(Order(self.order.currentData()))
        )
        self.reverse.toggled.connect(self.reverse_toggled)
        self.fit.toggled.connect(self.fit_toggled)
        self.side_slider.valueChanged.connect(self.grid.set_side)
        self.grid.side_changed.connect(self.side_slider.setValue)
