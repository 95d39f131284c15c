"""What the history is filtered by: text, image, person, kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from spinegui.domain.history import Deed
from spinegui.gui.history.log_model import LogFilter
from spinegui.gui.history.words import deed_names
from spinegui.gui.language import tr
from spinegui.gui.style.icons import icon

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
        self.more = QToolButton(self)
        self.more.setIcon(icon("ph.funnel"))
        self.more.setCheckable(True)
        self.more.setToolTip(tr("Filter by image, person and kind"))
        self.more.setAccessibleName(tr("Filter by image, person and kind"))
        self._lay_out()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(4)
        first.addWidget(self.text, 1)
        first.addWidget(self.more)
        choices = QWidget(self)
        second = QHBoxLayout(choices)
        second.setContentsMargins(0, 0, 0, 0)
        second.setSpacing(4)
        for choice in (self.image, self.user, self.kind):
            second.addWidget(choice, 1)
            choice.currentIndexChanged.connect(self.changed)
        self.text.textChanged.connect(self.changed)
        self.more.toggled.connect(choices.setVisible)
        # A choice out of sight must not go on hiding edits.
        self.more.toggled.connect(lambda is_on: None if is_on else self._choose_all())
        choices.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(first)
        layout.addWidget(choices)

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
        self._choose_all()

    def _choose_all(self) -> None:
        for choice in (self.image, self.user, self.kind):
            choice.setCurrentIndex(0)
