"""One job that an engine runs: its state, its events in order, and exactly one ending."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from spinegui import __version__
from spinegui.engine import endings
from spinegui.jobs.checkpoints import forget_checkpoints
from spinegui.jobs.events import Cancelled, Done, Failed, Heartbeat, LogLine, Started
from spinegui.jobs.wire import Command, Do, Garbage, decode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from spinegui.engine.child import Child
    from spinegui.engine.endings import Ending
    from spinegui.jobs.events import Event, TerminalEvent

_logger = logging.getLogger(__name__)

_GARBAGE_SHOWN = 3


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an engine waits, in seconds.

    `stuck_s` without any line, heartbeats included, and the worker counts as stuck; `quiet_s`
    without news and the user is told so. A cancelled worker has `cancel_grace_s` to end by itself
    and as long again to obey SIGTERM.
    """

    stuck_s: float = 120.0
    quiet_s: float = 300.0
    cancel_grace_s: float = 2.0
    linger_s: float = 5.0


class JobHandle:
    """A job under way. All methods may be called from any thread; none blocks but `wait`.

    `on_event` is called on an engine thread, one event at a time and in order; events are numbered
    anew from 0. Whatever happens, it gets exactly one of Done, Failed, Cancelled, as the last.
    """

    def __init__(
        self, job_dir: Path, job_id: str, on_event: Callable[[Event], None], limits: Limits
    ) -> None:
        self.job_dir = job_dir
        self.job_id = job_id
        # A worker that cannot read the specification knows the folder's name only.
        self._names = {job_id, job_dir.name, ""}
        self._on_event = on_event
        self._limits = limits
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._last: TerminalEvent | None = None
        self._state = JobState.QUEUED
        self._child: Child | None = None
        self._next_seq = 0
        self._garbage = 0
        self._timers: list[threading.Timer] = []
        self._alive_at = self._news_at = time.monotonic()

    @property
    def state(self) -> JobState:
        return self._state

    @property
    def is_over(self) -> bool:
        return self._last is not None

    def wait(self, timeout: float | None = None) -> TerminalEvent | None:
        """Return the ending, or None where the job is not over after `timeout` seconds."""
        self._over.wait(timeout)
        return self._last

    def stop_early(self) -> None:
        """Ask training to end well now, with the best result so far."""
        child = self._child
        if child is not None and not self.is_over:
            child.send(Command(Do.STOP_EARLY, self.job_id))

    def cancel(self) -> None:
        """Give the job up: ask the worker, after 2 s SIGTERM, after 2 more SIGKILL."""
        with self._lock:
            if self.is_over or self._state is JobState.CANCELLING:
                return
            child = self._child
            if child is None:
                self._end(Cancelled(self.job_id, 0))
                return
            self._state = JobState.CANCELLING
        child.send(Command(Do.CANCEL, self.job_id))
        self._later(self._limits.cancel_grace_s, self._terminate)

    # The engine's side.

    def run_on(self, child: Child) -> bool:
        """Say which process has the job; False where the job was given up before it began."""
        with self._lock:
            if self.is_over:
                return False
            self._child = child
            self._state = JobState.RUNNING
            self._alive_at = self._news_at = time.monotonic()
        self._watch()
        return True

    def take_line(self, line: bytes) -> None:
        """Deliver what the worker wrote."""
        event = decode(line)
        self._alive_at = time.monotonic()
        if isinstance(event, Garbage) or event.job_id not in self._names:
            self._take_garbage(line)
            return
        if isinstance(event, Heartbeat):
            return
        self._news_at = self._alive_at
        if isinstance(event, Started) and event.version != __version__:
            self._stop(endings.other_version(event.version, __version__))
            return
        if isinstance(event, Done | Failed | Cancelled):
            if self._child is not None:
                # What it wrote to stderr before belongs to this job's log, not to the next one's.
                self._child.drain_log()
            self._end(event)
        else:
            self._deliver(event)

    def take_exit(self, returncode: int, log_tail: str) -> None:
        """End the job, if it has not, because its process ended."""
        if self._state is JobState.CANCELLING:
            forget_checkpoints(self.job_dir)  # a worker that had to be killed could not
            self._end(Cancelled(self.job_id, 0))
        else:
            self.fail(endings.of_exit(returncode, log_tail))

    @property
    def is_untouched(self) -> bool:
        """Whether it still waits for a worker to say that it began."""
        return self._state is JobState.RUNNING and self._next_seq == 0

    def fail(self, ending: Ending) -> None:
        """End the job, if it has not ended, with two sentences."""
        self._end(Failed(self.job_id, 0, ending.what, ending.what_to_do))

    def _deliver(self, event: Event) -> None:
        with self._lock:
            if not self.is_over:
                self._tell(replace(event, seq=self._next_seq))

    def _tell(self, event: Event) -> None:
        self._next_seq += 1
        try:
            self._on_event(event)
        except Exception:  # a listener's fault must not stop the reading of the pipe
            _logger.exception("A listener failed on %r", event)

    def _end(self, event: TerminalEvent) -> None:
        with self._lock:
            if self.is_over:
                return
            self._last = replace(event, seq=self._next_seq)
            self._state = JobState(event.kind)
            for timer in self._timers:
                timer.cancel()
            self._tell(self._last)
            self._over.set()

    def _take_garbage(self, line: bytes) -> None:
        self._garbage += 1
        if self._garbage <= _GARBAGE_SHOWN:
            shown = line[:120].decode(errors="replace").strip()
            text = f"The worker wrote something that is no event: {shown!r}"
            self._deliver(LogLine(self.job_id, 0, text))

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        with self._lock:
            if self.is_over:
                return
            timer = threading.Timer(seconds, action)
            timer.daemon = True
            timer.start()
            self._timers = [t for t in self._timers if t.is_alive()] + [timer]

    def _terminate(self) -> None:
        # Under the lock: once the job is over its process may work on another one.
        with self._lock:
            if not self.is_over and self._child is not None:
                self._child.terminate()
                self._later(self._limits.cancel_grace_s, self._kill)

    def _kill(self) -> None:
        with self._lock:
            if not self.is_over and self._child is not None:
                self._child.kill()
                self._later(self._limits.linger_s, self._give_up)

    def _give_up(self) -> None:
        # A process in an uninterruptible wait outlives SIGKILL; the user need not wait for it.
        self._end(Cancelled(self.job_id, 0))

    def _stop(self, ending: Ending) -> None:
        with self._lock:
            if not self.is_over and self._child is not None:
                self._child.kill()
                self.fail(ending)

    def _check_life(self) -> None:
        if self.is_over:
            return
        now = time.monotonic()
        silent, quiet = now - self._alive_at, now - self._news_at
        if silent >= self._limits.stuck_s:
            self._stop(endings.stuck(silent))
            return
        if quiet >= self._limits.quiet_s:
            self._news_at = now
            text = f"No news from the worker for {quiet:.0f} s; it is alive. Cancel if that is odd."
            self._deliver(LogLine(self.job_id, 0, text))
            quiet = 0.0
        self._watch(silent=silent, quiet=quiet)

    def _watch(self, *, silent: float = 0.0, quiet: float = 0.0) -> None:
        wait = min(self._limits.stuck_s - silent, self._limits.quiet_s - quiet)
        self._later(wait, self._check_life)
