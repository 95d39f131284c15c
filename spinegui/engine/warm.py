"""One worker kept warm with its models loaded: jobs go to it one after the other."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from spinegui.engine import endings
from spinegui.engine.child import Child, worker_command
from spinegui.engine.log import WorkerLog
from spinegui.jobs.spec import LOG_NAME
from spinegui.jobs.wire import Command, Do

if TYPE_CHECKING:
    from spinegui.engine.handle import JobHandle


class WarmWorker:
    """Owns one `--serve` process, started when first needed and again after it ended.

    A job whose process ends is over: tried again, a job that kills its worker would kill the next.
    Only one that the worker had not begun is sent once more. Those behind it get a new process.
    """

    def __init__(self, python: str | None) -> None:
        self._python = python
        self._lock = threading.RLock()
        self._log = WorkerLog()
        self._child: Child | None = None
        self._current: JobHandle | None = None
        self._waiting: deque[JobHandle] = deque()
        self._sent_again: JobHandle | None = None
        self._is_closed = False

    def warm(self) -> None:
        """Start the process now, so that the first job need not wait for it. Raises OSError."""
        with self._lock:
            if not self._is_closed and self._child is None:
                self._child = self._start()

    def submit(self, handle: JobHandle) -> None:
        """Run that job when those before it are over."""
        with self._lock:
            self._waiting.append(handle)
        self._dispatch()

    def close(self) -> Child | None:
        """Give up all jobs and let the process end; returns it to be waited for."""
        with self._lock:
            self._is_closed = True
            given_up = [*self._waiting, *([self._current] if self._current else [])]
            self._waiting.clear()
            child = self._child
        for handle in given_up:
            handle.fail(endings.shut_down())
        if child is not None:
            child.close_stdin()
        return child

    def _start(self) -> Child:
        child = Child(
            worker_command(self._python, "--serve"),
            log=self._log,
            on_line=self._on_line,
            on_exit=self._on_exit,
        )
        child.start()
        return child

    def _dispatch(self) -> None:
        # Not with our lock held: a listener may hold the job's lock and wait for ours.
        while (handle := self._take_next()) is not None:
            try:
                self.warm()
            except OSError as err:
                handle.fail(endings.not_started(worker_command(self._python)[0], err))
            child = self._child
            if child is not None and handle.run_on(child):
                child.send(Command(Do.RUN, str(handle.job_dir)))
                return
            self._let_go(handle)

    def _take_next(self) -> JobHandle | None:
        with self._lock:
            if self._is_closed or self._current is not None or not self._waiting:
                return None
            if self._child is not None and self._child.is_doomed:
                return None  # `_on_exit` asks again
            self._current = self._waiting.popleft()
            self._log.follow(self._current.job_dir / LOG_NAME)
            return self._current

    def _let_go(self, handle: JobHandle) -> None:
        with self._lock:
            if self._current is handle:
                self._current = None
                self._log.follow(None)

    def _on_line(self, line: bytes) -> None:
        with self._lock:
            handle = self._current
        if handle is None:
            return
        handle.take_line(line)
        if handle.is_over:
            self._let_go(handle)
            self._dispatch()

    def _on_exit(self, returncode: int) -> None:
        with self._lock:
            self._child = None
            handle, self._current = self._current, None
            log_tail = self._log.tail
            self._log.follow(None)
            if handle is not None and handle.is_untouched and handle is not self._sent_again:
                # The process was already dying when it got the job.
                self._sent_again = handle
                self._waiting.appendleft(handle)
                handle = None
        if handle is not None:
            handle.take_exit(returncode, log_tail)
        self._dispatch()
