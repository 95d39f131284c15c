"""What the parts of the hunt's panel are made of: headings, quiet sentences, action buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QAction


class Part(QWidget):
    """One part of the panel: a heading, a sentence, and what belongs to it below."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        heading = QLabel(title, self)
        heading.setObjectName("panel_title")
        self.text = sentence("")
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(12, 10, 12, 12)
        self.rows.setSpacing(8)
        self.rows.addWidget(heading)
        self.rows.addWidget(self.text)


def sentence(text: str, tone: str = "quiet") -> QLabel:
    """Return a label that wraps, in the voice of hints."""
    label = QLabel(text)
    label.setProperty("tone", tone)
    label.setWordWrap(True)
    label.setMinimumWidth(1)
    return label


class ActionButton(QPushButton):
    """A button for an action of the table: its words unless given others, its tip, its state."""

    def __init__(self, action: QAction, text: str = "", *, has_icon: bool = False) -> None:
        super().__init__()
        self._action = action
        self._text = text
        self._has_icon = has_icon
        # The keys go on meaning the image after a click.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def say(self, text: str) -> None:
        """Take other words, as where the same key means something else now."""
        self._text = text
        self._follow()

    def _follow(self) -> None:
        self.setText(self._text or self._action.text())
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())
        self.setAccessibleName(self.text())
        if self._has_icon:
            self.setIcon(self._action.icon())
