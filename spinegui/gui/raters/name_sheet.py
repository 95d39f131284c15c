"""Asks for the name of somebody who has not worked on this project before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit

from spinegui.gui.dialogs.sheet import Sheet, words
from spinegui.gui.language import tr
from spinegui.gui.raters.people import MAX_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


class NameSheet(Sheet):
    """One field; `switch` is called with what was written."""

    def __init__(self, parent: QWidget, switch: Callable[[str], object]) -> None:
        super().__init__(parent, "name_sheet", tr("Switch user"))
        self.field = QLineEdit(self)
        self.field.setMaxLength(MAX_NAME)
        self.field.setPlaceholderText(tr("Name"))
        self.field.setAccessibleName(tr("Name of the user"))
        self.field.setMinimumWidth(280)
        self.body.addWidget(words(tr("Who labels from now on?")))
        self.body.addWidget(self.field)
        self.body.addWidget(
            words(tr("The name stands beside every vote and in the history."), "quiet")
        )
        button = self.add_buttons(tr("Switch"))
        button.setEnabled(False)
        self.field.textChanged.connect(lambda text: button.setEnabled(bool(text.strip())))
        self.accepted.connect(lambda: switch(self.field.text()))
