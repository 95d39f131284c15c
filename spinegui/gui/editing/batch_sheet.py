"""Batch edit: say which spines, see how many and which they are, then do one thing with all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from spinegui.domain.labels import UNSURE
from spinegui.gui.dialogs.sheet import Sheet, words
from spinegui.gui.dialogs.spot_list import MOST_SHOWN, SpotList
from spinegui.gui.editing.condition_row import ConditionRow
from spinegui.gui.language import ntr, tr
from spinegui.gui.style.icons import icon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spinegui.domain.conditions import Condition
    from spinegui.domain.labels import LabelSet
    from spinegui.gui.dialogs.spot_list import CutsPictures
    from spinegui.gui.spots import Spot

MOST_ROWS = 6
_LIST_HEIGHT = 260


class BatchSheet(Sheet):
    """Shows conditions and what they mean; says `changed`, and which verb was pressed."""

    changed = Signal()
    rejected_all = Signal()
    accepted_all = Signal()
    labelled_all = Signal(str)
    spot_chosen = Signal(object)  # Spot

    def __init__(
        self, parent: QWidget, labels: LabelSet, cut: CutsPictures, *, is_calibrated: bool
    ) -> None:
        super().__init__(parent, "batch_edit", tr("Batch edit"))
        self.setMinimumWidth(560)
        self._labels = labels
        self._is_calibrated = is_calibrated
        self.rows: list[ConditionRow] = []
        self.scope = QComboBox(self)
        self.scope.setAccessibleName(tr("On which images"))
        self.scope.addItems([tr("On this image"), tr("On all images")])
        self.scope.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.count = words("", "title", wrap=False)
        self.count.setAccessibleName(tr("How many spines are meant"))
        self.note = words("", "quiet")
        self.spots = SpotList(self, cut)
        self.spots.setAccessibleName(tr("The spines that are meant"))
        self.spots.setMinimumHeight(_LIST_HEIGHT)
        self.spots.spot_chosen.connect(self.spot_chosen)
        self._build()
        self.add_row()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(row.condition() for row in self.rows)

    @property
    def is_on_all(self) -> bool:
        return self.scope.currentIndex() == 1

    def add_row(self) -> None:
        """Add a condition, which has to hold too."""
        row = ConditionRow(self, self._labels, is_calibrated=self._is_calibrated)
        row.changed.connect(self.changed)
        row.removed.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._row_area.addWidget(row)
        self._after_rows_changed()

    def show_found(self, spots: Sequence[Spot], n: int, n_images: int) -> None:
        """Show what is meant: pictures of the first ones, and how many they are in all."""
        text = ntr("{n} spine", "{n} spines", n)
        if n and self.is_on_all:
            text = tr(
                "{spines} on {images}",
                spines=text,
                images=ntr("{n} image", "{n} images", n_images),
            )
        self.count.setText(text if n else tr("No spine is meant"))
        self.note.setText(
            tr("The first {most} are shown.", most=MOST_SHOWN)
            if n > MOST_SHOWN
            else tr("Outlined on the image, too. Click one to see it there.")
            if n
            else tr("Other values, or fewer conditions, mean more.")
        )
        self.spots.show_spots(spots)
        for button in self._verbs:
            button.setEnabled(n > 0)
            button.setToolTip("" if n else tr("No spine is meant"))

    def _build(self) -> None:
        top = QHBoxLayout()
        top.addWidget(words(tr("Spines for which all of this is true"), "quiet", wrap=False), 1)
        top.addWidget(self.scope)
        self.body.addLayout(top)
        self._row_area = QVBoxLayout()
        self._row_area.setSpacing(8)
        self.body.addLayout(self._row_area)
        self.add = QPushButton(tr("Add condition"), self)
        self.add.setIcon(icon("ph.plus"))
        self.add.setAutoDefault(False)
        self.add.clicked.connect(self.add_row)
        self.body.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.count)
        self.body.addWidget(self.note)
        self.body.addWidget(self.spots, 1)
        self.body.addLayout(self._verb_row())

    def _verb_row(self) -> QHBoxLayout:
        self.reject_button = QPushButton(tr("Reject"), self)
        self.reject_button.clicked.connect(self.rejected_all)
        self.accept_button = QPushButton(tr("Accept"), self)
        self.accept_button.clicked.connect(self.accepted_all)
        self.label_choice = QComboBox(self)
        self.label_button = QPushButton(tr("Label as"), self)
        self.label_button.clicked.connect(
            lambda: self.labelled_all.emit(self.label_choice.currentData())
        )
        self.label_choice.setAccessibleName(tr("The class to label them as"))
        for each in (*self._labels.classes, UNSURE):
            self.label_choice.addItem(tr(each.name), each.id)
        self.close_button = QPushButton(tr("Close"), self)
        self.close_button.clicked.connect(self.close)
        self._verbs = (self.reject_button, self.accept_button, self.label_button)
        for button in (*self._verbs, self.close_button):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (*self._verbs, self.label_choice):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.close_button)
        return row

    def _remove(self, row: ConditionRow) -> None:
        self.rows.remove(row)
        self._row_area.removeWidget(row)
        row.deleteLater()
        self._after_rows_changed()

    def _after_rows_changed(self) -> None:
        for row in self.rows:
            row.remove.setVisible(len(self.rows) > 1)
        self.add.setEnabled(len(self.rows) < MOST_ROWS)
        self.changed.emit()
