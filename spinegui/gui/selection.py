"""Which detections are selected: one place, heard by canvas, table and label panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Iterable


class Selection(QObject):
    """An ordered set of detection ids of the shown image."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        return self._ids

    @property
    def single(self) -> str | None:
        """The selected detection where exactly one is selected."""
        return self._ids[0] if len(self._ids) == 1 else None

    def replace(self, ids: Iterable[str]) -> None:
        new = tuple(dict.fromkeys(ids))
        if new != self._ids:
            self._ids = new
            self.changed.emit()

    def toggle(self, ids: Iterable[str]) -> None:
        toggled = list(ids)
        kept = [i for i in self._ids if i not in toggled]
        self.replace([*kept, *(i for i in toggled if i not in self._ids)])

    def add(self, ids: Iterable[str]) -> None:
        self.replace([*self._ids, *ids])

    def clear(self) -> None:
        self.replace(())
