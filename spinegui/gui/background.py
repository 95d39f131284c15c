"""Short work beside the window, with progress and cancel; answers on the GUI thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class CancelledError(Exception):
    """The user pressed Cancel."""


class Task(QObject, Generic[T]):
    """Work on a thread; inside it, `step` reports and is where a cancel takes effect."""

    progressed = Signal(int, int, str)
    succeeded = Signal(object)
    failed = Signal(object)  # Exception
    finished = Signal()
    _returned = Signal(object, object)

    def __init__(self, title: str, work: Callable[[Task[T]], T]) -> None:
        super().__init__()
        self.title = title
        self._work = work
        self._cancelled = Event()
        self._returned.connect(self._on_returned)

    def cancel(self) -> None:
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def step(self, done: int, total: int, text: str = "") -> None:
        """Report progress from the working thread. Raises CancelledError after a cancel."""
        if self._cancelled.is_set():
            raise CancelledError
        self.progressed.emit(done, total, text)

    def work(self) -> None:
        """Run on the working thread; whatever is raised reaches `failed` on the GUI thread."""
        try:
            result = self._work(self)
        except Exception as err:  # the thread's border: nothing may be lost here
            self._returned.emit(None, err)
        else:
            self._returned.emit(result, None)

    def _on_returned(self, result: T, error: Exception | None) -> None:
        if error is None:
            self.succeeded.emit(result)
        elif not isinstance(error, CancelledError):
            self.failed.emit(error)
        self.finished.emit()


class Background(QObject):
    """Runs tasks one after the other on one thread and keeps them alive until they answered."""

    started = Signal(object)  # Task

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="background")
        self._tasks: set[Task[object]] = set()
        self._is_closed = False

    def start(
        self,
        title: str,
        work: Callable[[Task[T]], T],
        on_success: Callable[[T], object],
        on_failure: Callable[[Exception], object],
    ) -> Task[T]:
        """Begin work behind what was begun before; after `close` it is never done."""
        task: Task[T] = Task(title, work)
        if self._is_closed:  # a timer's last tick, between closing and being deleted
            task.cancel()
            return task
        task.succeeded.connect(on_success)
        task.failed.connect(on_failure)
        self._tasks.add(task)  # type: ignore[arg-type]
        task.finished.connect(partial(self._let_go, task))
        self.started.emit(task)
        self._pool.submit(task.work)
        return task

    def _let_go(self, task: Task[T]) -> None:
        # What it was given to call holds documents and panels; they must not live on with it.
        self._tasks.discard(task)
        task.deleteLater()

    def close(self) -> None:
        """Cancel what runs and wait for the thread; no task answers any more."""
        self._is_closed = True
        for task in self._tasks:
            task.cancel()
            task.blockSignals(True)
        self._pool.shutdown(wait=True, cancel_futures=True)
