"""What the history is filtered by: text, image, person, kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from spinegui.domain.history import Deed
from spinegui.gui.history.log_model import LogFilter
from spinegui.gui.history.words import deed_names
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Sequence


class Filters(QWidget):
    """A field and three choices; `changed` whenever another filter is wanted."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLineEdit(self)
        self.text.setPlaceholderText(tr("Find in the history"))
        self.text.setAccessibleName(tr("Find in the history"))
        self.text.setClearButtonEnabled(True)
        self.image = self._choice(tr("Image"), tr("Show the edits of all images or of this one"))
        self.image.addItem(tr("All images"), False)
        self.image.addItem(tr("This image"), True)
        self.user = self._choice(tr("Person"), tr("Show the edits of one person"))
        self.kind = self._choice(tr("Kind"), tr("Show one kind of edits"))
        self.kind.addItem(tr("Every kind"), None)
        for deed, name in deed_names().items():
            self.kind.addItem(name, deed)
        self.show_users(())
        layout = QGridLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self.text, 0, 0, 1, 3)
        for column, choice in enumerate((self.image, self.user, self.kind)):
            layout.addWidget(choice, 1, column)
            layout.setColumnStretch(column, 1)
            choice.currentIndexChanged.connect(self.changed)
        self.text.textChanged.connect(self.changed)

    def _choice(self, name: str, tip: str) -> QComboBox:
        choice = QComboBox(self)
        choice.setAccessibleName(name)
        choice.setToolTip(tip)
        choice.setMinimumContentsLength(6)
        choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        return choice

    def show_users(self, users: Sequence[str]) -> None:
        """Offer these people; the one chosen stays chosen while still among them."""
        chosen = self.user.currentData()
        self.user.blockSignals(True)
        self.user.clear()
        self.user.addItem(tr("Everyone"), None)
        for user in users:
            self.user.addItem(user, user)
        self.user.setCurrentIndex(max(0, self.user.findData(chosen)) if chosen else 0)
        self.user.blockSignals(False)

    def wanted(self, shown_image: str) -> LogFilter:
        """Return the filter as it is set, while that image is shown."""
        deed = self.kind.currentData()
        return LogFilter(
            image_id=shown_image if self.image.currentData() else None,
            user=self.user.currentData(),
            deed=None if deed is None else Deed(deed),
            text=self.text.text().strip(),
        )

    def clear(self) -> None:
        """Let everything through."""
        self.text.clear()
        for choice in (self.image, self.user, self.kind):
            choice.setCurrentIndex(0)
