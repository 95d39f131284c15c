"""The history in the window: its dock, who changed this box, looking back and reverting."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu

from spinegui.gui.answers import Answers
from spinegui.gui.history import words
from spinegui.gui.history.banner import PastLine
from spinegui.gui.history.edit_bar import EditBar
from spinegui.gui.history.edit_log import EditLog
from spinegui.gui.history.looking_back import LookBack, Moment
from spinegui.gui.history.panel import HistoryPanel
from spinegui.gui.history.reverting import Revert
from spinegui.gui.history.scrubber import Scrubber
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.domain.detection import Detection
    from spinegui.domain.edits import Change
    from spinegui.domain.history import Reversal
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
        self.look = LookBack(desk.workspace, desk.notices, self)
        self.revert = Revert(desk.workspace, desk.notices, self)
        self.scrubber = Scrubber(desk.workspace, self.log, self.look, self.panel)
        self.bar = EditBar(self.panel.summary, self.panel)
        self.line = PastLine(desk.workspace, self.look, desk.window)
        for widget in (self.bar, self.scrubber):
            self.panel.below.addWidget(widget)
        self._listen()

    def _listen(self) -> None:
        self.dock.visibilityChanged.connect(self._on_visibility_changed)
        self.panel.item_left.connect(self._on_item_left)
        self.log.reset.connect(self.panel.show_log)
        self.log.newer_came.connect(lambda _count: self._follow_item())
        self.panel.chosen.connect(self._on_chosen)
        self.panel.looked_at.connect(self.look_at)
        self.panel.menu_requested.connect(self._on_menu_requested)
        self.bar.look_wanted.connect(lambda: self._with_current(self.look_at))
        self.bar.revert_wanted.connect(lambda: self._with_current(self.revert.run))
        self.bar.partial_revert_wanted.connect(self.revert.push)
        self.revert.asked.connect(self._on_asked)

    def handlers(self) -> dict[str, Callable[[], object]]:
        return {
            "history": self.toggle,
            "who_changed": self.who_changed,
            "back_to_now": self.look.to_now,
        }

    def checked(self) -> dict[str, bool]:
        return {"history": self.panel.isVisible()}

    def place(self) -> None:
        """Put the line of the past above the image, and the question into the Spine panel."""
        self._desk.window.add_above_image(self.line)
        panel = self._desk.label
        panel.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        panel.addAction(self._desk.actions["who_changed"])

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

    def _on_visibility_changed(self, _is_visible: bool) -> None:
        self._desk.refresh_actions()
        self.scrubber.read()

    # -- one edit ----------------------------------------------------------------------------

    def look_at(self, edit: EditSummary) -> None:
        """Show an image of an edit as it was just after it; the shown one where it is one."""
        if not edit.image_ids:
            return
        self._desk.front.show_image()
        shown = self._workspace.image_id
        image_id = shown if shown in edit.image_ids else edit.image_ids[0]
        if image_id != shown:
            self._workspace.show_image(image_id)
        self.look.to(Moment(image_id, edit.seq, edit.at))

    def _with_current(self, act: Callable[[EditSummary], object]) -> None:
        edit = self.panel.current
        if edit is not None:
            act(edit)

    def _on_chosen(self, edit: EditSummary | None) -> None:
        document = self._workspace.document
        self.bar.show_edit(
            edit,
            is_undone=edit is not None and self.log.is_undone(edit),
            is_read_only=document is not None and document.is_read_only,
        )

    def _on_asked(self, text: str, offer: str, found: Reversal) -> None:
        self.bar.ask(text, offer, found)
        table = self.panel.table
        table.scrollTo(table.currentIndex())

    def _on_menu_requested(self, edit: EditSummary, position: QPoint) -> None:
        self.menu(edit).popup(position)

    def menu(self, edit: EditSummary) -> QMenu:
        """Return the menu of the chosen edit."""
        menu = QMenu(self.panel)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button, act in ((self.bar.look, self.look_at), (self.bar.revert, self.revert.run)):
            action = menu.addAction(button.text())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(partial(_call, act, edit))
        return menu

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


def _call(
    act: Callable[[EditSummary], object], edit: EditSummary, _is_checked: object = None
) -> None:
    act(edit)
