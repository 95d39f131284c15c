"""The review queue in the window: its dock, its keys, its strip below the image, its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from spinegui.gui.actions import Needs
from spinegui.gui.language import tr
from spinegui.gui.main_window import IMAGE_PAGE
from spinegui.gui.queue.panel import QueuePanel
from spinegui.gui.queue.progress_strip import ProgressStrip
from spinegui.gui.queue.review_queue import ReviewQueue
from spinegui.gui.queue.summary import tally_of, tally_text
from spinegui.gui.queue.walk import QueueWalk
from spinegui.gui.queue.why import WhySection

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.desk import Desk


class QueueStory(QObject):
    """Turns the queue on and off; while it is on, the review keys walk it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        workspace = desk.workspace
        self.queue = ReviewQueue(workspace, self)
        self.walk = QueueWalk(workspace, self.queue, desk.display, desk.navigate)
        self.panel = QueuePanel(workspace, self.queue)
        self.dock = desk.window.add_dock(
            "queue",
            tr("Queue"),
            self.panel,
            Qt.DockWidgetArea.RightDockWidgetArea,
            behind="spines",
            is_open=False,
        )
        self.strip = ProgressStrip(self.queue, self._show_dock)
        desk.view_bar.add(self.strip)
        desk.label.add_section(WhySection(workspace, self.queue))
        self.panel.item_chosen.connect(self._on_item_chosen)
        # A click on an item is about to be followed by keys that decide on it.
        self.panel.list.clicked.connect(lambda _index: desk.front.take_focus())
        self.queue.toggled.connect(self._on_toggled)
        self.queue.finished.connect(self._on_finished)
        self.queue.returned.connect(self._on_returned)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what its actions call."""
        return {
            "queue": self.toggle,
            "queue_skip": self.walk.skip,
            "queue_later": self.walk.put_off,
            "queue_rank": self.queue.rank,
            "queue_again": self._begin_again,
        }

    def checked(self) -> dict[str, bool]:
        """Return whether the queue is on."""
        return {"queue": self.queue.is_on}

    def met(self) -> Needs:
        """Tell whether the keys that only the queue knows make sense."""
        return Needs.QUEUE if self.queue.is_on else Needs.NOTHING

    def place(self) -> None:
        """Put the buttons into the dock."""
        self.panel.show_actions(self._desk.actions)

    def toggle(self) -> None:
        """Start the queue, or stop it."""
        if self.queue.is_on:
            self.queue.stop()
            return
        self._show_dock()
        self._desk.front.show_image()
        self.queue.start()
        self.walk.begin()

    def _show_dock(self) -> None:
        self.dock.show()
        self.dock.raise_()

    def _begin_again(self) -> None:
        self.queue.begin_again()
        if self.queue.is_on:
            self.walk.begin()

    def _on_item_chosen(self, detection_id: str) -> None:
        self._desk.window.show_page(IMAGE_PAGE)
        self.walk.go_to(detection_id)

    def _on_returned(self, detection_id: str) -> None:
        """Go back to what was undone, unless that was done on another page, as the gallery."""
        if self._desk.front.page is None:
            self.walk.go_back_to(detection_id)

    def _on_toggled(self, is_on: bool) -> None:
        desk = self._desk
        desk.decide.walk = self.walk if is_on else desk.navigate
        desk.refresh_actions()

    def _on_finished(self) -> None:
        counts = tally_of(self._desk.workspace, self.queue)
        self._desk.notices.toast(
            tr("The queue is done: {counts}.", counts=tally_text(counts)),
            tr("Summary"),
            self._show_dock,
        )
