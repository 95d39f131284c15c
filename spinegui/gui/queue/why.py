"""Why the selected spine is in the queue, in the Spine panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from spinegui.gui.language import tr

if TYPE_CHECKING:
    from spinegui.gui.queue.review_queue import ReviewQueue
    from spinegui.gui.workspace import Workspace


class WhySection(QWidget):
    """A heading and the reasons, the strongest first; nothing for a spine that is not in it."""

    def __init__(self, workspace: Workspace, queue: ReviewQueue) -> None:
        super().__init__()
        self._workspace = workspace
        self._queue = queue
        heading = QLabel(tr("Why in the queue"), self)
        heading.setProperty("tone", "heading")
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(heading)
        layout.addWidget(self.text)
        for signal in (workspace.selection.changed, queue.changed):
            signal.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Follow the selection and the queue."""
        item = self._queue.round.item(self._workspace.selection.single or "")
        self.text.setText("\n".join(item.reasons) if item else "")
        self.setVisible(item is not None)
