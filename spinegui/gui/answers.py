"""Answers of the project's thread, heard on the window's."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from spinegui.storage.errors import ProjectClosedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

T = TypeVar("T")


class Answers(QObject):
    """Calls back on the thread it lives on once a future is done; never blocks."""

    _returned = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._returned.connect(self._on_returned)

    def when(
        self,
        future: Future[T],
        act: Callable[[T], object],
        on_failure: Callable[[Exception], object],
    ) -> None:
        """Call one of the two; neither where the project was closed before it could answer."""
        # On the project's thread; Qt queues the signal for ours.
        future.add_done_callback(lambda done: self._returned.emit(done, act, on_failure))

    def _on_returned(
        self,
        future: Future[T],
        act: Callable[[T], object],
        on_failure: Callable[[Exception], object],
    ) -> None:
        error = future.exception()
        if error is None:
            act(future.result())
        elif isinstance(error, Exception) and not isinstance(error, ProjectClosedError):
            on_failure(error)
