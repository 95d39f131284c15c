"""The jobs of this window: what each one said last, and who wants to know when it ends."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from spinegui.jobs.events import Cancelled, Done, Failed, ImageDone, LogLine, Metric, Progress
from spinegui.jobs.spec import JobKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from spinegui.engine.handle import JobHandle
    from spinegui.gui.batch.batch import Batch
    from spinegui.gui.engine_bridge import EngineBridge
    from spinegui.jobs.events import Event, TerminalEvent

MAX_ENDED = 20
"""So many jobs are remembered after they ended."""
MAX_LOG_LINES = 2000


@dataclass(eq=False)
class RunningJob:
    """One job as the jobs panel shows it. `curves` holds (step, value) points by metric name.

    `handle` is None while it waits for the training before it. `resume` takes it up again where it
    ended badly but left a checkpoint to go on from. A job of many images is run by its `batch`.
    """

    id: str
    kind: JobKind
    title: str
    folder: Path
    handle: JobHandle | Batch | None = None
    started_at: float = field(default_factory=time.monotonic)
    ended_at: float = 0.0
    progress: Progress | None = None
    curves: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    n_logged: int = 0
    ending: TerminalEvent | None = None
    on_image: Callable[[ImageDone], object] | None = None
    on_end: Callable[[TerminalEvent], object] | None = None
    resume: Callable[[], object] | None = None
    batch: Batch | None = None

    @property
    def is_over(self) -> bool:
        return self.ending is not None

    @property
    def is_waiting(self) -> bool:
        return self.handle is None and not self.is_over

    @property
    def seconds(self) -> float:
        """How long it has been running, or ran."""
        return (self.ended_at or time.monotonic()) - self.started_at


class RunningJobs(QObject):
    """Starts jobs through the bridge and files what they say; `changed` after every word."""

    changed = Signal(object)  # RunningJob
    busy_changed = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._jobs: dict[str, RunningJob] = {}
        # Queued even from our own thread: a job that cannot start fails inside `submit`.
        bridge.job_event.connect(self._on_job_event, Qt.ConnectionType.QueuedConnection)

    @property
    def all(self) -> list[RunningJob]:
        """Every job of this session, newest first."""
        return list(reversed(self._jobs.values()))

    def is_running(self, kind: JobKind) -> bool:
        return any(job.kind is kind and not job.is_over for job in self._jobs.values())

    def is_detecting(self) -> bool:
        """Tell whether a detection runs that was asked for by itself, not as part of a batch."""
        found = (job for job in self._jobs.values() if job.kind is JobKind.DETECT)
        return any(job.batch is None and not job.is_over for job in found)

    def is_in_batch(self) -> bool:
        """Tell whether a batch is under way, running or paused."""
        return any(job.batch is not None and not job.is_over for job in self._jobs.values())

    def show_batch(self, job: RunningJob) -> None:
        """List a job that a batch runs; it says itself how it goes."""
        self._jobs.pop(job.id, None)
        self._jobs[job.id] = job
        self.changed.emit(job)
        self.busy_changed.emit()

    def tell(self, job: RunningJob, ending: TerminalEvent | None = None) -> None:
        """Pass on what a batch says of its job, last of all how it ended."""
        if ending is not None and not job.is_over:
            self._end(job, ending)
        self.changed.emit(job)

    def start(
        self,
        job_dir: Path,
        kind: JobKind,
        title: str,
        *,
        on_end: Callable[[TerminalEvent], object],
        on_image: Callable[[ImageDone], object] | None = None,
    ) -> RunningJob:
        """Run a sealed job: detection in the warm worker, training in a process of its own.

        Trainings run one after the other: two at once would each take more than twice as long.
        """
        job = RunningJob(job_dir.name, kind, title, job_dir, on_end=on_end, on_image=on_image)
        has_to_wait = kind is JobKind.TRAIN and self.is_running(kind)
        self._jobs.pop(job.id, None)  # taken up again, it is the newest
        self._jobs[job.id] = job
        if not has_to_wait:
            self._submit(job)
        self.changed.emit(job)
        self.busy_changed.emit()
        return job

    def _submit(self, job: RunningJob) -> None:
        is_training = job.kind is JobKind.TRAIN
        submit = self._bridge.submit if is_training else self._bridge.submit_warm
        job.started_at = time.monotonic()
        job.handle = submit(job.folder)

    def find(self, job_id: str) -> RunningJob | None:
        """Return a job that this window runs or ran lately."""
        return self._jobs.get(job_id)

    def cancel(self, kind: JobKind) -> None:
        """Give up what runs of that kind."""
        for job in [job for job in self._jobs.values() if job.kind is kind]:
            self.give_up(job)

    def give_up(self, job: RunningJob) -> None:
        """Cancel one job; nothing of it is kept."""
        if job.handle is not None:
            job.handle.cancel()
        elif not job.is_over:
            self._end(job, Cancelled(job.id, 0))
            self.changed.emit(job)

    def offer_resume(self, job: RunningJob, resume: Callable[[], object] | None) -> None:
        """Let a job that ended badly be taken up again from its card, or no longer."""
        job.resume = resume
        self.changed.emit(job)

    def stop_early(self, job: RunningJob) -> None:
        """End a training now with the best model so far."""
        if job.handle is not None:
            job.handle.stop_early()

    def close(self) -> None:
        """Hear no more; what still runs is the engine's to end."""
        self._bridge.job_event.disconnect(self._on_job_event)

    def _on_job_event(self, event: Event) -> None:
        """Read the event's kind; the only place in the window that does."""
        job = self._jobs.get(event.job_id)
        if job is None:
            return
        match event:
            case Progress():
                job.progress = event
            case Metric():
                job.curves.setdefault(event.name, []).append((event.step, event.value))
            case LogLine():
                job.log.append(event.text)
                del job.log[:-MAX_LOG_LINES]
                job.n_logged += 1
            case ImageDone() if job.on_image is not None:
                job.on_image(event)
            case Done() | Failed() | Cancelled():
                self._end(job, event)
            case _:
                pass
        self.changed.emit(job)

    def _end(self, job: RunningJob, event: TerminalEvent) -> None:
        job.ending, job.ended_at = event, time.monotonic()
        # What it was given to call holds the document, which must not live on with it.
        on_end, job.on_end, job.on_image = job.on_end, None, None
        over = [key for key, other in self._jobs.items() if other.is_over]
        for key in over[:-MAX_ENDED]:
            del self._jobs[key]
        if job.kind is JobKind.TRAIN:
            self._start_next()
        self.busy_changed.emit()
        if on_end is not None:
            on_end(event)

    def _start_next(self) -> None:
        """Start the training that has waited longest, if none runs."""
        trainings = [job for job in self._jobs.values() if job.kind is JobKind.TRAIN]
        if any(job.handle is not None and not job.is_over for job in trainings):
            return
        following = next((job for job in trainings if job.is_waiting), None)
        if following is not None:
            self._submit(following)
            self.changed.emit(following)
