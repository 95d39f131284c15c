"""Going through the queue: which item is next, and bringing it before the eye."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.domain.detection import Detection
    from spinegui.gui.flows.display import Display
    from spinegui.gui.flows.navigate import Walk
    from spinegui.gui.queue.review_queue import ReviewQueue
    from spinegui.gui.workspace import Workspace

AHEAD = 2
"""So many of the next items are read ahead, with their images."""


class QueueWalk(QObject):
    """The `Walk` that the review keys take while the queue is on.

    Where nothing waits in the queue any more, it leads on as `otherwise` does.
    """

    def __init__(
        self, workspace: Workspace, queue: ReviewQueue, display: Display, otherwise: Walk
    ) -> None:
        super().__init__(queue)
        self._workspace = workspace
        self._queue = queue
        self._display = display
        self._otherwise = otherwise
        self._trail: list[str] = []
        self._return = QTimer(self, singleShot=True, interval=0)
        self._return.timeout.connect(self._go_back_to_returned)
        self._returned = ""
        queue.ranked.connect(self._on_ranked)
        workspace.document_changed.connect(self._on_document_changed)

    # -- as the review keys have it ----------------------------------------------------------

    def forward(self) -> None:
        """Go to the next item; to the current one where it still waits and was left."""
        queue = self._queue
        current = queue.current
        is_left = self._workspace.selection.single != current
        following = queue.round.next_after(current)
        if is_left and queue.round.is_waiting(current):
            self.show(current)
        elif following:
            self.go_to(following)
        elif not queue.is_ranking and not queue.has_just_finished:
            self._otherwise.forward()

    def past(self, detection: Detection) -> Callable[[], object]:
        """Return what goes on from a rejected spine: items keep their places, so just go on."""
        has_any = self._queue.round.next_after(self._queue.current)
        return self.forward if has_any else self._otherwise.past(detection)

    def backward(self) -> None:
        """Go back to the item that was looked at before, decided or not."""
        round_ = self._queue.round
        while self._trail:
            before = self._trail.pop()
            if before in round_ and before != self._queue.current:
                self._queue.move_to(before)
                self.show(before)
                return

    # -- going -------------------------------------------------------------------------------

    def begin(self) -> None:
        """Go to where the queue stands, or to its first item."""
        current = self._queue.current
        if self._queue.round.is_waiting(current):
            self.show(current)
        elif self._queue.round.next_after(current):
            self.go_to(self._queue.round.next_after(current))

    def go_to(self, detection_id: str) -> None:
        """Make an item the current one and show it."""
        current = self._queue.current
        if current and current != detection_id:
            self._trail.append(current)
        self._queue.move_to(detection_id)
        self.show(detection_id)

    def show(self, detection_id: str) -> None:
        """Show an item: its image, its slice of best focus, large enough to judge."""
        detection = self._find(detection_id)
        if detection is not None:
            self._workspace.show_detection(detection)
            self._display.approach(detection)
            self._read_ahead(detection_id)

    def go_back_to(self, detection_id: str) -> None:
        """Go back to what an undo brought back, once the undo is through with the selection."""
        self._returned = detection_id
        self._return.start()

    def _read_ahead(self, detection_id: str) -> None:
        for item in self._queue.round.waiting_after(detection_id, AHEAD):
            following = self._find(item.detection_id)
            if following is not None:
                self._workspace.prepare(following)

    def skip(self) -> None:
        """Put the item at the end of the round and go on."""
        chosen = self._chosen()
        following = self._queue.round.next_after(chosen)
        self._queue.skip(chosen)
        if following:
            self.go_to(following)

    def put_off(self) -> None:
        """Take the item out until the next round and go on."""
        chosen = self._chosen()
        following = self._queue.round.next_after(chosen)
        self._queue.put_off(chosen)
        if following and following != chosen:
            self.go_to(following)

    def _chosen(self) -> str:
        """Return the selected item, else the current one."""
        selected = self._workspace.selection.single or ""
        return selected if self._queue.round.is_waiting(selected) else self._queue.current

    def _find(self, detection_id: str) -> Detection | None:
        document, item = self._workspace.document, self._queue.round.item(detection_id)
        if document is None or item is None:
            return None
        return document.annotation(item.image_id).detections.get(detection_id)

    # -- listening ---------------------------------------------------------------------------

    def _on_ranked(self) -> None:
        if self._queue.is_on and not self._queue.current:
            self.begin()

    def _go_back_to_returned(self) -> None:
        if self._queue.is_on and self._queue.round.is_waiting(self._returned):
            self._queue.move_to(self._returned)
            self.show(self._returned)

    def _on_document_changed(self, _document: object) -> None:
        self._trail.clear()
