"""What can be done with the chosen edit: look at the image then, or take the edit back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from spinegui.gui.language import later, tr

if TYPE_CHECKING:
    from spinegui.domain.history import Reversal
    from spinegui.storage.log_reading import EditSummary

CHOOSE_FIRST = later("Choose an edit in the list first")


class EditBar(QWidget):
    """Two buttons; and a question, here and not in a dialog, where a revert meets later edits."""

    look_wanted = Signal()
    revert_wanted = Signal()
    partial_revert_wanted = Signal(object)  # Reversal

    def __init__(self, summary: QLabel, parent: QWidget) -> None:
        super().__init__(parent)
        self._offered: Reversal | None = None
        self._summary = summary
        self.look = QPushButton(tr("Look back"), self)
        self.look.clicked.connect(self.look_wanted)
        self.revert = QPushButton(tr("Revert this edit"), self)
        self.revert.clicked.connect(self.revert_wanted)
        self.question = QFrame(self)
        self.question.setObjectName("banner")
        self.question.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.question_text = QLabel(self.question)
        self.question_text.setWordWrap(True)
        self.partial = QPushButton(self.question)
        self.partial.clicked.connect(self._on_partial_clicked)
        self.cancel = QPushButton(tr("Cancel"), self.question)
        self.cancel.clicked.connect(self._answered)
        self._lay_out()
        self.show_edit(None, is_undone=False, is_read_only=False)

    def _lay_out(self) -> None:
        answers = QHBoxLayout()
        answers.setSpacing(8)
        for button in (self.partial, self.cancel):
            answers.addWidget(button)
        answers.addStretch(1)
        asking = QVBoxLayout(self.question)
        asking.setContentsMargins(12, 8, 12, 8)
        asking.setSpacing(8)
        asking.addWidget(self.question_text)
        asking.addLayout(answers)
        self.buttons = QWidget(self)
        buttons = QHBoxLayout(self.buttons)
        buttons.setContentsMargins(12, 4, 8, 0)
        buttons.setSpacing(8)
        buttons.addWidget(self._summary, 1)
        for button in (self.look, self.revert):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.question)
        layout.addWidget(self.buttons)

    def show_edit(self, edit: EditSummary | None, *, is_undone: bool, is_read_only: bool) -> None:
        """Offer what makes sense for the chosen edit; what does not says why."""
        self._answered()
        reason = "" if edit is not None else tr(CHOOSE_FIRST)
        _enable(self.look, tr("Show the image as it was just after this edit"), reason)
        if is_undone:
            reason = tr("It was taken back by undo")
        if is_read_only:
            reason = tr("The project is open read-only")
        tip = tr("Take this one edit back; what was changed since stays. It can be undone")
        _enable(self.revert, tip, reason)

    def ask(self, text: str, offer: str, found: Reversal) -> None:
        """Say what stands in the way of a revert, and offer what can be done."""
        self._offered = found
        self.question_text.setText(text)
        self.partial.setText(offer)
        self.partial.setVisible(bool(offer))
        self.cancel.setText(tr("Cancel") if offer else tr("Close"))
        self.buttons.hide()
        self.question.show()

    def _answered(self) -> None:
        self.question.hide()
        self.buttons.show()

    def _on_partial_clicked(self) -> None:
        self._answered()
        self.partial_revert_wanted.emit(self._offered)


def _enable(button: QPushButton, tip: str, reason: str) -> None:
    button.setEnabled(not reason)
    button.setToolTip(f"{tip}\n{reason}" if reason else tip)
