"""Opens the manual at the page that fits: for the dialog, the page or the panel one is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget

from spinegui.gui.manual.pages import OF_DIALOG, PAGES
from spinegui.gui.manual.sheet import ManualSheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.desk import Desk

OF_DOCK = {
    "queue": "review_queue", "hunt": "missed_spines", "history": "history", "jobs": "training",
    "contrast": "seeing", "label": "editing",
}  # fmt: skip


class Manual(QObject):
    """One manual at a time belongs to the window, one to each dialog that asked."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        desk.window.help_requested.connect(self._on_help_requested)

    def handlers(self) -> dict[str, Callable[[], object]]:
        return {"manual": self.run}

    def checked(self) -> dict[str, bool]:
        return {}

    def place(self) -> None:
        """Its entry in the Help menu is all it shows."""

    def run(self) -> None:
        """Open the manual where the person is."""
        self.show_page(self._page_here(), self._desk.window)

    def show_page(self, name: str, parent: QWidget) -> ManualSheet:
        """Open the manual at a page, or turn the open one to it."""
        # A child of a dialog that blocks the window, so that it is not blocked with it.
        direct = (w for w in parent.children() if isinstance(w, ManualSheet) and w.isVisible())
        sheet = next(direct, None) or ManualSheet(parent)
        sheet.show_page(name)
        sheet.show()
        sheet.activateWindow()
        return sheet

    def _on_help_requested(self, dialog: QWidget) -> None:
        self.show_page(OF_DIALOG.get(dialog.objectName(), PAGES[0]), dialog)

    def _page_here(self) -> str:
        if self._desk.front.name in PAGES:
            return self._desk.front.name
        focus = QApplication.focusWidget()
        while focus is not None and not isinstance(focus, QDockWidget):
            focus = focus.parentWidget()
        name = focus.objectName().removeprefix("dock_") if focus is not None else ""
        return OF_DOCK.get(name, PAGES[0])
