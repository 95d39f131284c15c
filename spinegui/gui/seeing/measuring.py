"""Counts the values of the shown plane beside the window: one plane at a time, the last wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from spinegui.imaging.contrast import histogram

if TYPE_CHECKING:
    from spinegui.gui.background import Background

BINS = 256
_REST_MS = 30
"""While one scrolls through a stack, only the slice at which one rests is counted."""

Measured = tuple[NDArray[np.int64], NDArray[np.float64]]


class Measuring(QObject):
    """Answers `ask` with `measured`, unless another plane was asked for meanwhile."""

    measured = Signal(object, object)  # plane, (counts, edges)

    def __init__(self, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._background = background
        self._wanted: NDArray[Any] | None = None
        self._done: NDArray[Any] | None = None
        self._is_busy = False
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._start)

    def ask(self, plane: NDArray[Any] | None) -> None:
        """Count that plane (Y, X) soon; one that is counted already is not counted again."""
        self._wanted = plane
        if plane is None:
            self._done = None
        elif plane is not self._done and not self._is_busy:
            self._rest.start()

    def _start(self) -> None:
        plane = self._wanted
        if plane is None or plane is self._done or self._is_busy:
            return
        self._is_busy = True
        task = self._background.start(
            "", lambda _task: histogram(plane, BINS), self._on_counted, lambda _error: None
        )
        self._counted = plane
        task.finished.connect(self._on_finished)

    def _on_counted(self, found: Measured) -> None:
        self._done = self._counted
        self.measured.emit(self._counted, found)

    def _on_finished(self) -> None:
        self._is_busy = False
        if self._wanted is not None and self._wanted is not self._counted:
            self._rest.start()
