"""Listens to whoever started this process: wishes, further jobs, and the end of stdin."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.jobs.wire import Command, Do, decode_command

if TYPE_CHECKING:
    from spinegui.worker.stdio import Pipes


class Wishes:
    """Which jobs somebody wants cancelled or ended early; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancel: set[str] = set()
        self._stop_early: set[str] = set()

    def take(self, command: Command) -> None:
        with self._lock:
            (self._cancel if command.do is Do.CANCEL else self._stop_early).add(command.target)

    def forget(self, job_id: str) -> None:
        """Drop what was wished for a job that is over: it may be run again."""
        with self._lock:
            self._cancel.discard(job_id)
            self._stop_early.discard(job_id)

    def wants_cancel(self, job_id: str) -> bool:
        with self._lock:
            return job_id in self._cancel

    def wants_early_stop(self, job_id: str) -> bool:
        with self._lock:
            return job_id in self._stop_early


class Control:
    """Reads command lines on a thread of its own, so that even a busy job hears them."""

    def __init__(self, pipes: Pipes) -> None:
        self._pipes = pipes
        self.wishes = Wishes()
        self._jobs: queue.SimpleQueue[Path | None] = queue.SimpleQueue()

    def listen(self) -> None:
        """Start to listen."""
        threading.Thread(target=self._listen, name="control", daemon=True).start()

    def next_job(self) -> Path | None:
        """Wait for the next job folder; None when there will be none."""
        return self._jobs.get()

    def _listen(self) -> None:
        for line in self._pipes.commands:
            command = decode_command(line.decode(errors="replace"))
            if not isinstance(command, Command):
                if command.line:
                    print(f"Not a command: {command.line}", file=sys.stderr, flush=True)  # noqa: T201
            elif command.do is Do.RUN:
                self._jobs.put(Path(command.target))
            else:
                self.wishes.take(command)
        if self._pipes.end_is_exit:
            exit_at_once()
        self._jobs.put(None)


def exit_at_once() -> None:
    """End this process and, where it leads a group, what it started; nothing is cleaned up.

    Results are written whole, so there is nothing to clean.
    """
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
