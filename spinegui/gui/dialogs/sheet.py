"""What all dialogs share: a margin, quiet words, buttons with verbs, Esc to leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout

from spinegui.gui.language import tr
from spinegui.gui.manual.asking import give_help_key

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class Sheet(QDialog):
    """A dialog that belongs to the window, does not block it, and goes away when closed.

    Put the content into `body`, then call `add_buttons`.
    """

    def __init__(self, parent: QWidget | None, name: str, title: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        give_help_key(self)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 16, 20, 16)
        self.body.setSpacing(12)

    def add_buttons(self, primary: str, cancel: str | None = None) -> QPushButton:
        """Add the row of buttons; Enter presses the primary one, Esc cancels. Returns it.

        `cancel` None is the usual word, "" leaves that button out.
        """
        cancel = tr("Cancel") if cancel is None else cancel
        row = QDialogButtonBox(self)
        button = row.addButton(primary, QDialogButtonBox.ButtonRole.AcceptRole)
        button.setObjectName("primary")
        button.setDefault(True)
        if cancel:
            other = row.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
            other.setObjectName("cancel")
            other.setAutoDefault(False)
        row.accepted.connect(self.accept)
        row.rejected.connect(self.reject)
        self.body.addSpacing(4)
        self.body.addWidget(row)
        self.button_row = row
        return button


def words(text: str = "", tone: str = "", *, wrap: bool = True) -> QLabel:
    """Return a label; `tone` is "", "quiet", "warning", "danger", "good", "heading" or "title"."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    label.setProperty("tone", tone)
    return label


def set_tone(label: QLabel, text: str, tone: str) -> None:
    """Say something else in another tone; an empty text takes no room."""
    label.setText(text)
    label.setVisible(bool(text))
    label.setProperty("tone", tone)
    # A changed property is not looked at before the style is told to.
    label.style().unpolish(label)
    label.style().polish(label)
