"""The field in which one types what to find, the same wherever something can be found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit

from spinegui.gui.style.icons import icon

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def search_field(parent: QWidget, words: str) -> QLineEdit:
    """Return an empty field that says what can be found there."""
    field = QLineEdit(parent)
    field.setPlaceholderText(words)
    field.setAccessibleName(words)
    field.setClearButtonEnabled(True)
    field.addAction(icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
    return field
