"""What a project hands out, and the one way rows with a digest are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from spinegui.storage.hash_chain import Scalar, row_digest

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from spinegui.domain.annotation import Annotation
    from spinegui.domain.edits import Edit
    from spinegui.domain.image_ref import ImageRef
    from spinegui.domain.labels import LabelSet
    from spinegui.storage.items_json import Json


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an edit is on the disk: its number in the log and when (ISO 8601 UTC)."""

    seq: int
    at: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One step of the undo stack; `undone` steps wait to be redone."""

    edit: Edit
    undone: bool


@dataclass(frozen=True, slots=True)
class ProjectSnapshot:
    """A project at one moment: every image has an annotation; history runs oldest step first.

    `seq` is the number of its last edit.
    """

    images: tuple[ImageRef, ...]
    annotations: Mapping[str, Annotation]
    label_set: LabelSet
    history: list[HistoryEntry]
    active_models: dict[str, str]
    seq: int


@dataclass(frozen=True, slots=True)
class LogRow:
    """One change in the log; `before` and `after` are the item's JSON, None = does not exist.

    An edit that changed nothing has one row without an item.
    """

    seq: int
    at: str
    user: str
    session: str
    title: str
    kind: str
    image_id: str | None
    item_kind: str | None
    item_id: str | None
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as the project remembers it; times in ISO 8601 UTC, `pid` of its worker if it runs."""

    id: str
    kind: str
    state: str
    created: str
    updated: str
    folder: str
    pid: int | None = None
    detail: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobEventRow:
    """One thing a job said."""

    seq: int
    at: str
    event: dict[str, Json]


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a check of the whole project found; no problem means nothing is damaged."""

    problems: tuple[str, ...]
    n_edits: int
    n_items: int

    @property
    def is_whole(self) -> bool:
        return not self.problems


def now() -> str:
    """Return the time as it is written everywhere: ISO 8601 UTC with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def put(db: sqlite3.Connection, table: str, values: Mapping[str, Scalar]) -> None:
    """Insert or replace a row of one of our tables, with its digest."""
    columns = ", ".join((*values, "digest"))
    marks = ", ".join("?" * (len(values) + 1))
    db.execute(
        f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608  our names
        (*values.values(), row_digest(table, values)),
    )
