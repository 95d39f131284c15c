"""What a job says while it runs: one frozen dataclass a kind of event.

Every job sends `Started` first, then anything, then exactly one of `Done`, `Failed`, `Cancelled`.
`seq` counts the events of one worker process; a gap means that a line was lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class _Base:
    job_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Started(_Base):
    """The worker took the job. `version` is its spinegui's, which must be ours."""

    kind: ClassVar[str] = "started"
    version: str
    pid: int


@dataclass(frozen=True, slots=True)
class Progress(_Base):
    """`done` of `total` steps of a stage; `seconds_left` is None while it cannot be estimated."""

    kind: ClassVar[str] = "progress"
    done: int
    total: int
    seconds_left: float | None
    stage: str


@dataclass(frozen=True, slots=True)
class Metric(_Base):
    """One point of a curve. `value` may be NaN: not measured."""

    kind: ClassVar[str] = "metric"
    name: str
    value: float
    step: int


@dataclass(frozen=True, slots=True)
class LogLine(_Base):
    """Something to read in the job's details."""

    kind: ClassVar[str] = "log"
    text: str


@dataclass(frozen=True, slots=True)
class ImageDone(_Base):
    """The predictions of image `index` of the payload are written; `path` leads to them."""

    kind: ClassVar[str] = "image_done"
    index: int
    path: str


@dataclass(frozen=True, slots=True)
class Checkpoint(_Base):
    """Training could be continued from this file."""

    kind: ClassVar[str] = "checkpoint"
    path: str


@dataclass(frozen=True, slots=True)
class Heartbeat(_Base):
    """The worker lives, though it has nothing new to say."""

    kind: ClassVar[str] = "heartbeat"


@dataclass(frozen=True, slots=True)
class Done(_Base):
    """The job ended well; its results lie in that folder."""

    kind: ClassVar[str] = "done"
    result_dir: str


@dataclass(frozen=True, slots=True)
class Failed(_Base):
    """The job ended badly; two sentences for the user."""

    kind: ClassVar[str] = "failed"
    what: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class Cancelled(_Base):
    """The job ended because the user wished it."""

    kind: ClassVar[str] = "cancelled"


Event = (
    Started
    | Progress
    | Metric
    | LogLine
    | ImageDone
    | Checkpoint
    | Heartbeat
    | Done
    | Failed
    | Cancelled
)
TerminalEvent = Done | Failed | Cancelled
"""After one of these the job sends nothing more."""

EVENT_TYPES: tuple[type[Event], ...] = (
    Started, Progress, Metric, LogLine, ImageDone, Checkpoint, Heartbeat, Done, Failed, Cancelled,
)  # fmt: skip
