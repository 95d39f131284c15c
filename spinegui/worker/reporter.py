"""Writes events into the pipe: numbered, whole lines, never two at once."""

from __future__ import annotations

import os
import threading
import time
from typing import IO, TYPE_CHECKING

from spinegui import __version__
from spinegui.backends.base import CancelledError
from spinegui.jobs.eta import TimeLeft
from spinegui.jobs.events import (
    Cancelled,
    Checkpoint,
    Done,
    Event,
    Failed,
    Heartbeat,
    ImageDone,
    LogLine,
    Metric,
    Progress,
    Started,
)
from spinegui.jobs.wire import encode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from spinegui.backends.base import Reporter
    from spinegui.worker.control import Wishes

_HEARTBEAT_S = 2.0
_PROGRESS_EVERY_S = 0.1
_LONGEST_TEXT = 10_000


class EventPipe:
    """The events' way out; any thread may write. A reader that is gone ends the process."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._seq = 0

    def write(self, kind: Callable[..., Event], job_id: str, *values: object) -> None:
        """Write one event of that kind with the next number."""
        with self._lock:
            line = memoryview(f"{encode(kind(job_id, self._seq, *values))}\n".encode())
            self._seq += 1
            try:
                while line:
                    line = line[self._stream.write(line) :]
            except OSError:
                os._exit(1)

    def keep_beating(self) -> None:
        """Start the thread that shows that this process lives."""
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()

    def _beat(self) -> None:
        while True:
            self.write(Heartbeat, "")
            time.sleep(_HEARTBEAT_S)


class JobReporter:
    """The Reporter of one job, see `backends.base`."""

    def __init__(self, pipe: EventPipe, job_id: str, wishes: Wishes) -> None:
        self._pipe = pipe
        self.job_id = job_id
        self._wishes = wishes
        self._time_left = TimeLeft()
        self._stage: str | None = None
        self._told_at = 0.0

    def progress(self, done: int, total: int, stage: str = "") -> None:
        now = time.monotonic()
        seconds_left = self._time_left.update(int(done), int(total), stage=stage, now=now)
        # A loop may call this a million times; the window needs ten a second, and the last one.
        if stage == self._stage and done < total and now - self._told_at < _PROGRESS_EVERY_S:
            return
        self._stage, self._told_at = stage, now
        self._pipe.write(Progress, self.job_id, int(done), int(total), seconds_left, stage)

    def metric(self, name: str, value: float, step: int) -> None:
        self._pipe.write(Metric, self.job_id, name, float(value), int(step))

    def log(self, text: str) -> None:
        self._pipe.write(LogLine, self.job_id, text[:_LONGEST_TEXT])

    def checkpoint(self, path: Path) -> None:
        self._pipe.write(Checkpoint, self.job_id, str(path))

    def should_stop_early(self) -> bool:
        return self._wishes.wants_early_stop(self.job_id)

    def check_cancelled(self) -> None:
        if self._wishes.wants_cancel(self.job_id):
            raise CancelledError

    # Beyond the protocol: what the tasks and the job's runner say.

    def started(self) -> None:
        self._pipe.write(Started, self.job_id, __version__, os.getpid())

    def image_done(self, index: int, path: Path) -> None:
        self._pipe.write(ImageDone, self.job_id, index, str(path))

    def done(self, result_dir: Path) -> None:
        self._pipe.write(Done, self.job_id, str(result_dir))

    def failed(self, what: str, what_to_do: str) -> None:
        limit = _LONGEST_TEXT
        self._pipe.write(Failed, self.job_id, what[:limit], what_to_do[:limit])

    def cancelled(self) -> None:
        self._pipe.write(Cancelled, self.job_id)


class OneOfMany:
    """A Reporter for one image of several: its own progress would jump back and forth."""

    def __init__(self, reporter: Reporter) -> None:
        self.metric = reporter.metric
        self.log = reporter.log
        self.checkpoint = reporter.checkpoint
        self.should_stop_early = reporter.should_stop_early
        self.check_cancelled = reporter.check_cancelled

    def progress(self, done: int, total: int, stage: str = "") -> None:
        del done, total, stage
        self.check_cancelled()
