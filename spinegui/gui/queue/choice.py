"""What a person has set the queue to: its source, reach and order, kept in their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from spinegui.domain.consensus import Quorum
from spinegui.gui.queue.sources import Sieve, order_of, source_of

if TYPE_CHECKING:
    from spinegui.gui.queue.sources import QueueSource
    from spinegui.gui.workspace import Workspace

IMAGE, PROJECT = "image", "project"
"""How far a queue reaches."""
FLOOR = 0.2
"""A prediction below this score is in no queue, whatever is set."""


class Choice(QObject):
    """`changed` follows every choice."""

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._settings = workspace.settings

    @property
    def source(self) -> QueueSource:
        return source_of(self._settings.queue_source)

    @property
    def order(self) -> str:
        return order_of(self.source, self._settings.queue_order)

    @property
    def reach(self) -> str:
        """IMAGE or PROJECT."""
        return PROJECT if self._settings.queue_reach == PROJECT else IMAGE

    @property
    def takes_weak(self) -> bool:
        """Whether predictions below the threshold, down to `FLOOR`, are in the queue."""
        return self._settings.queue_below

    @property
    def sieve(self) -> Sieve:
        """By what the source tells what belongs into the queue."""
        threshold = self._workspace.view.threshold
        lowest = min(threshold, FLOOR) if self.takes_weak else threshold
        document = self._workspace.document
        quorum = (document.quorum if document else None) or Quorum()
        return Sieve(lowest, self._workspace.blind, quorum)

    def set(
        self, *, source: str = "", order: str = "", reach: str = "", weak: bool | None = None
    ) -> None:
        """Set what is given, for this person from now on."""
        if source:
            self._settings.queue_source = source
        if order:
            self._settings.queue_order = order
        if reach:
            self._settings.queue_reach = reach
        if weak is not None:
            self._settings.queue_below = weak
        self.changed.emit()
