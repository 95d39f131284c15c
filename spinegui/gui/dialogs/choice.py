"""A decision that undo cannot spare: a short dialog with verbs, the safe one as default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QAbstractButton, QWidget


def ask_choice(
    parent: QWidget,
    *,
    title: str,
    sentences: str,
    keep: str,
    choices: Sequence[tuple[str, Callable[[], object]]],
) -> QMessageBox:
    """Ask; the chosen verb's call is made, or none with `keep`, which Enter and Esc mean too."""
    box = QMessageBox(QMessageBox.Icon.Question, "spinegui", title, parent=parent)
    box.setObjectName("choice")
    box.setInformativeText(sentences)
    calls: dict[QAbstractButton, Callable[[], object]] = {
        box.addButton(verb, QMessageBox.ButtonRole.DestructiveRole): call for verb, call in choices
    }
    safe = box.addButton(keep, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(safe)
    box.setEscapeButton(safe)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def on_button_clicked(button: QAbstractButton) -> None:
        if button in calls:
            calls[button]()

    box.buttonClicked.connect(on_button_clicked)
    box.open()
    return box
