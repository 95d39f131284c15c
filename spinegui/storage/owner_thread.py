"""The one thread that owns a project's connection; everything read or written passes through it."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from spinegui.storage.errors import (
    DATABASE_ERRORS,
    ProjectClosedError,
    ProjectUnreachableError,
    StorageFullError,
    explain,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

T = TypeVar("T")
MAX_BATCH = 256
"""Writes that wait together are committed together: a commit costs 20 ms, whatever it holds."""


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work. A write runs inside a transaction; `on_failure` sees its error first."""

    run: Callable[[sqlite3.Connection], Any]
    future: Future[Any]
    is_write: bool = False
    on_failure: Callable[[Exception], None] | None = None

    def fail(self, error: Exception) -> None:
        if self.on_failure is not None:
            self.on_failure(error)
        self.future.set_exception(error)


class OwnerThread:
    """Runs tasks in order on its own thread, writes grouped into transactions.

    `connect` opens the connection (on the thread), again whenever the file was out of reach.
    `guard` runs at the start of each write transaction and raises where it must not go on. A future
    is resolved on this thread, and that of a write only after its COMMIT returned.
    """

    def __init__(
        self,
        path: Path,
        connect: Callable[[], sqlite3.Connection],
        guard: Callable[[sqlite3.Connection], None],
    ) -> None:
        self._path = path
        self._connect = connect
        self._guard = guard
        self._db: sqlite3.Connection | None = None
        self._tasks: deque[Task] = deque()
        self._changed = threading.Condition()
        self._is_closing = False
        self._thread = threading.Thread(target=self._work, name=f"project {path.name}", daemon=True)
        self._thread.start()

    def read(self, run: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Run outside any transaction of ours."""
        return self._submit(Task(run, Future()))

    def write(
        self,
        run: Callable[[sqlite3.Connection], T],
        on_failure: Callable[[Exception], None] | None = None,
    ) -> Future[T]:
        """Run inside a transaction, perhaps together with its neighbours in the queue."""
        return self._submit(Task(run, Future(), is_write=True, on_failure=on_failure))

    def close(self) -> None:
        """Finish what is queued, close the connection, wait for the thread."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join()

    def _submit(self, task: Task) -> Future[Any]:
        with self._changed:
            if self._is_closing:
                task.future.set_exception(
                    ProjectClosedError(f"{self._path.name} is closed. Open it again.")
                )
            else:
                self._tasks.append(task)
                self._changed.notify()
        return task.future

    def _work(self) -> None:
        while batch := self._next_batch():
            started = [task for task in batch if task.future.set_running_or_notify_cancel()]
            if started:
                self._run(started)
        self._drop_connection()

    def _next_batch(self) -> list[Task]:
        """Wait for work; return one read or all the writes at the front, nothing at the end."""
        with self._changed:
            while not self._tasks and not self._is_closing:
                self._changed.wait()
            batch: list[Task] = []
            while self._tasks and len(batch) < MAX_BATCH:
                if batch and not (batch[0].is_write and self._tasks[0].is_write):
                    break
                batch.append(self._tasks.popleft())
            return batch

    def _run(self, batch: Sequence[Task]) -> None:
        try:
            db = self._connection()
            if batch[0].is_write:
                self._write(db, batch)
            else:
                batch[0].future.set_result(batch[0].run(db))
        except Exception as err:  # whatever it is, the caller is told and the thread lives on
            self._recover(batch, err)

    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = self._connect()
        return self._db

    def _write(self, db: sqlite3.Connection, batch: Sequence[Task]) -> None:
        db.execute("BEGIN IMMEDIATE")
        self._guard(db)
        results: list[tuple[Task, Any]] = []
        refused: list[tuple[Task, Exception]] = []
        for task in batch:
            db.execute("SAVEPOINT task")
            try:
                results.append((task, task.run(db)))
            except DATABASE_ERRORS:
                raise  # SQLite may have rolled back all of it
            except Exception as err:
                db.execute("ROLLBACK TO task")
                refused.append((task, err))
            db.execute("RELEASE task")
        db.execute("COMMIT")
        for task, result in results:
            task.future.set_result(result)
        for task, error in refused:
            task.fail(error)

    def _recover(self, batch: Sequence[Task], error: Exception) -> None:
        if self._db is not None and self._db.in_transaction:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
        told = error
        if isinstance(error, DATABASE_ERRORS):
            told = explain(error, self._path)
            told.__cause__ = error
            if isinstance(told, ProjectUnreachableError):
                self._drop_connection()  # its file handle may be dead for good
            elif len(batch) > 1 and isinstance(told, StorageFullError):
                # One write may be too large for the disk: its neighbours need not be.
                for task in batch:
                    self._run([task])
                return
        for task in batch:
            task.fail(told)

    def _drop_connection(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
            self._db = None
