"""How far the queue is, in the strip below the image; a click opens its dock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from spinegui.gui.language import tr
from spinegui.gui.queue.words import progress_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.queue.review_queue import ReviewQueue


class ProgressStrip(QPushButton):
    """Says "queue 61/214 · 9/min · 17 min left" while the queue is on."""

    def __init__(self, queue: ReviewQueue, open_dock: Callable[[], object]) -> None:
        super().__init__()
        self._queue = queue
        self.setObjectName("queue_progress")
        self.setFlat(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip(tr("How far the review queue is; a click shows it"))
        self.clicked.connect(open_dock)
        queue.changed.connect(self.refresh)
        queue.toggled.connect(self.refresh)
        self.refresh()

    def refresh(self, _cause: object = None) -> None:
        """Say where the queue stands now."""
        done, total, pace, left = self._queue.progress()
        self.setText(tr("queue {progress}", progress=progress_text(done, total, pace, left)))
        self.setVisible(self._queue.is_on and bool(total))
