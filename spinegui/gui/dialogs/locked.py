"""A project that another window has open: read-only, take over, or leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QAbstractButton, QWidget

    from spinegui.gui.flows.open_project import OpenMode


def ask_locked(
    parent: QWidget, path: Path, sentences: str, answer: Callable[[OpenMode], object]
) -> None:
    """Ask what to do; `answer` is called with the choice, or not at all."""
    box = QMessageBox(
        QMessageBox.Icon.Question,
        tr("Project is open elsewhere"),
        tr("{name} is in use", name=path.name),
        parent=parent,
    )
    box.setObjectName("locked")
    box.setInformativeText(sentences)
    read_only = box.addButton(tr("Open read-only"), QMessageBox.ButtonRole.AcceptRole)
    take_over = box.addButton(tr("Take over"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel).setText(tr("Cancel"))
    box.setDefaultButton(read_only)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def on_button_clicked(button: QAbstractButton) -> None:
        if button is read_only:
            answer("read_only")
        elif button is take_over:
            answer("take_over")

    box.buttonClicked.connect(on_button_clicked)
    box.open()
