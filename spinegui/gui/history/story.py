"""The history in the window: its dock, and who changed this box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from spinegui.gui.answers import Answers
from spinegui.gui.history import words
from spinegui.gui.history.edit_log import EditLog
from spinegui.gui.history.panel import HistoryPanel
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.domain.detection import Detection
    from spinegui.domain.edits import Change
    from spinegui.gui.desk import Desk
    from spinegui.storage.log_reading import EditSummary

DOCK = "history"


class History(QObject):
    """Opens and closes the history, and shows in it what one spine went through."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._workspace = desk.workspace
        self._answers = Answers(self)
        self._item: Detection | None = None
        self.log = EditLog(desk.workspace, self)
        self.panel = HistoryPanel(desk.workspace, self.log)
        self.dock = desk.window.add_dock(
            DOCK,
            tr("History"),
            self.panel,
            Qt.DockWidgetArea.RightDockWidgetArea,
            behind="spines",
            is_open=False,
        )
        self.dock.visibilityChanged.connect(lambda _is: desk.refresh_actions())
        self.panel.item_left.connect(self._on_item_left)
        self.log.reset.connect(self.panel.show_log)
        self.log.newer_came.connect(lambda _count: self._follow_item())

    def handlers(self) -> dict[str, Callable[[], object]]:
        return {"history": self.toggle, "who_changed": self.who_changed}

    def checked(self) -> dict[str, bool]:
        return {"history": self.panel.isVisible()}

    def place(self) -> None:
        """Nothing to add: the dock is there, its actions stand in the menus."""

    def toggle(self) -> None:
        """Bring the history to the front, or put it away where it is there already."""
        if self.panel.isVisible():
            self.dock.hide()
        else:
            self.open()

    def open(self) -> None:
        """Bring the history to the front."""
        self.dock.show()
        self.dock.raise_()

    # -- one spine ---------------------------------------------------------------------------

    def who_changed(self) -> None:
        """Show what the selected spine went through, and by whom."""
        for detection in self._workspace.selected_detections()[:1]:
            self.open()
            self._item = detection
            self._read_item()

    def _read_item(self) -> None:
        document, item = self._workspace.document, self._item
        if document is None or item is None or self.log.is_hidden:
            return
        found = document.project.past.of_item(item.image_id, item.kind, item.id)
        self._answers.when(found, lambda pairs: self._show_item(item, pairs), self._fail)

    def _show_item(self, item: Detection, pairs: tuple[tuple[EditSummary, Change], ...]) -> None:
        document = self._workspace.document
        if document is None or self._item is not item:
            return
        told = {edit.seq: words.told(change, document.label_set) for edit, change in pairs}
        edits = tuple(edit for edit, _change in pairs)
        image = document.images[item.image_id].name
        x, y = (round(value) for value in item.box.center)
        name = tr("The spine at {x}, {y} on {image}", x=x, y=y, image=image)
        self.panel.show_item(name, edits, told)

    def _follow_item(self) -> None:
        """Read the spine's history again after an edit: it may be about this spine."""
        if self._item is not None and self.panel.isVisible():
            self._read_item()

    def _on_item_left(self) -> None:
        self._item = None

    def _fail(self, error: Exception) -> None:
        self._desk.notices.error(tr("The history could not be read"), str(error))
