"""A table whose rows the arrow keys walk, though the image's keys are given to it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableView
from typing_extensions import override


class RowTable(QTableView):
    """Keeps the arrow keys, which step through slices while the image has the focus."""

    @override
    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}
        ):
            event.accept()
            return True
        return super().event(event)
