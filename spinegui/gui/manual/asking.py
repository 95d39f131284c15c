"""From a dialog to the page that explains it: F1 asks the window that the dialog belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence, QShortcut

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def give_help_key(dialog: QWidget) -> None:
    """Let F1 in that dialog ask for its page."""
    shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.HelpContents), dialog)
    shortcut.activated.connect(lambda: ask_about(dialog))


def ask_about(widget: QWidget) -> None:
    """Tell the main window about which dialog somebody wants to read."""
    parent = widget.parentWidget()
    while parent is not None:
        asked = getattr(parent, "help_requested", None)
        if asked is not None:
            asked.emit(widget)
            return
        parent = parent.parentWidget()
