"""Reading the edit log in parts, newest first: one line an edit, and what lies behind a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Protocol, TypeVar

from spinegui.domain.detection import Detection
from spinegui.domain.edits import Change, Edit, EditConflictError
from spinegui.domain.history import Deed, Shape, collapsed, deeds_of
from spinegui.storage.errors import ProjectDamagedError
from spinegui.storage.hash_chain import ChangeRow
from spinegui.storage.items_json import item_from_json

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Future

T = TypeVar("T")
PAGE = 300
"""So many edits are read at a time: a screenful many times over, and a moment's work."""
_AT_ONCE = 500
"""So many numbers are named in one query; older SQLite takes 999 at most."""


@dataclass(frozen=True, slots=True)
class EditSummary:
    """One edit as a line of the history. `at` is ISO 8601 UTC.

    `kind` is "do", "undo" or "redo"; `target` the edit that an undo or redo is about.
    """

    seq: int
    at: str
    user: str
    session: str
    kind: str
    target: int | None
    title: str
    image_ids: tuple[str, ...]
    n_spines: int
    deeds: frozenset[Deed]


@dataclass(frozen=True, slots=True)
class Session:
    """One time the project was open: when it began (ISO 8601 UTC) and who worked."""

    id: str
    at: str
    user: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some edits, newest first; `is_last` tells that nothing lies before them in the log."""

    edits: tuple[EditSummary, ...]
    is_last: bool
    sessions: dict[str, Session] = field(default_factory=dict)


class _Read(Protocol):
    def __call__(self, run: Callable[[sqlite3.Connection], T]) -> Future[T]: ...


class LogReader:
    """Reads the log of an open project; every answer comes from the project's own thread.

    Futures raise ProjectDamagedError where a row cannot be read, and other ProjectErrors.
    """

    def __init__(self, read: _Read) -> None:
        self._read = read

    def page(self, below: int | None = None, limit: int = PAGE) -> Future[LogPage]:
        """Return the newest edits, or the newest below that number."""
        return self._read(lambda db: _page(db, below, limit))

    def newer(self, than: int) -> Future[tuple[EditSummary, ...]]:
        """Return the edits after that number, newest first."""
        return self._read(lambda db: _summaries(db, "e.seq > ?", (than,)))

    def users(self) -> Future[tuple[str, ...]]:
        """Return who ever made an edit, by name."""
        query = "SELECT DISTINCT user FROM edit ORDER BY user"
        return self._read(lambda db: tuple(u for (u,) in db.execute(query)))

    def of_item(
        self, image_id: str, kind: str, item_id: str
    ) -> Future[tuple[tuple[EditSummary, Change], ...]]:
        """Return every edit that touched one item, newest first, with what it did to it."""
        return self._read(lambda db: _of_item(db, image_id, kind, item_id))

    def edit(self, seq: int) -> Future[Edit]:
        """Return one edit with all its changes."""
        return self._read(lambda db: _edit(db, seq))

    def moments(self, image_id: str) -> Future[tuple[tuple[int, str], ...]]:
        """Return number and time of every edit that touched an image, oldest first."""
        query = (
            "SELECT DISTINCT c.seq, e.at FROM change c JOIN edit e USING (seq) "
            "WHERE c.image_id = ? ORDER BY c.seq"
        )
        return self._read(lambda db: tuple(db.execute(query, (image_id,))))

    def since(self, image_id: str, seq: int) -> Future[tuple[Change, ...]]:
        """Return what happened to an image after that edit, as one change an item."""
        return self._read(lambda db: _since(db, image_id, seq))

    def touching(self, items: Sequence[Change], after: int) -> Future[tuple[EditSummary, ...]]:
        """Return the edits after that number that touched what these changes are about."""
        return self._read(lambda db: _touching(db, items, after))


def _page(db: sqlite3.Connection, below: int | None, limit: int) -> LogPage:
    if below is None:
        below = db.execute("SELECT seq FROM head").fetchone()[0] + 1
    # The log has no holes: its numbers say how much lies below.
    edits = _summaries(db, "e.seq < ? AND e.seq >= ?", (below, below - limit))
    sessions = {
        id_: Session(id_, at, user)
        for id_, at, user in db.execute("SELECT id, at, user FROM session")
    }
    return LogPage(edits, below - limit <= 1, sessions)


# SQLite looks into the items itself: a detection of thousands is one line here, and reading it as
# objects would hold the interpreter that the window runs on.
_SHAPES = """
SELECT c.seq, c.image_id, c.item_kind, c.before IS NULL, c.after IS NULL,
       json_extract(c.before, '$.state'), json_extract(c.after, '$.state'),
       json_extract(coalesce(c.after, c.before), '$.origin'),
       json_extract(c.before, '$.box') IS NOT json_extract(c.after, '$.box'),
       json_extract(c.before, '$.votes') IS NOT json_extract(c.after, '$.votes')
           AND json_extract(c.after, '$.votes[#-1][3]') IS NOT 'accepted',
       COUNT(DISTINCT c.item_id)
FROM change c WHERE c.seq IN (SELECT e.seq FROM edit e WHERE {where})
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 ORDER BY c.seq, MIN(c.position)
"""


def _summaries(
    db: sqlite3.Connection, where: str, args: tuple[int, ...]
) -> tuple[EditSummary, ...]:
    """Return the edits of the log that `where`, SQL of our own, selects; newest first."""
    rows = db.execute(_SHAPES.format(where=where), args)
    shapes = {seq: list(group) for seq, group in groupby(rows, key=itemgetter(0))}
    headers = db.execute(
        "SELECT e.seq, e.at, e.user, e.session, e.kind, e.target, e.title FROM edit e "  # noqa: S608
        f"WHERE {where} ORDER BY e.seq DESC",
        args,
    )
    return tuple(_summary(header, shapes.get(header[0], [])) for header in headers)


def _summary(header: tuple[int, str, str, str, str, int | None, str], shapes: list) -> EditSummary:  # type: ignore[type-arg]
    images = tuple(dict.fromkeys(row[1] for row in shapes))
    n_spines = sum(row[10] for row in shapes if row[2] == Detection.kind)
    deeds = deeds_of(header[6], (_shape(row[2:10]) for row in shapes))
    return EditSummary(*header, images, n_spines, deeds)


def _shape(columns: Sequence[object]) -> Shape:
    kind, is_new, is_gone, before, after, origin, has_other_box, is_named = columns
    return Shape(
        str(kind),
        is_new=bool(is_new),
        is_gone=bool(is_gone),
        state_before=_text(before),
        state_after=_text(after),
        origin=_text(origin),
        has_other_box=bool(has_other_box),
        is_named=bool(is_named),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _of_item(
    db: sqlite3.Connection, image_id: str, kind: str, item_id: str
) -> tuple[tuple[EditSummary, Change], ...]:
    query = (
        "SELECT seq, before, after FROM change "
        "WHERE image_id = ? AND item_kind = ? AND item_id = ? ORDER BY seq, position"
    )
    found: dict[int, tuple[str | None, str | None]] = {}
    for seq, before, after in db.execute(query, (image_id, kind, item_id)):
        found[seq] = (found[seq][0] if seq in found else before, after)
    pairs = []
    for summary in _numbered(db, found):
        before, after = found[summary.seq]
        if before != after:
            pairs.append((summary, _change(kind, before, after)))
    return tuple(pairs)


def _numbered(db: sqlite3.Connection, seqs: Iterable[int]) -> tuple[EditSummary, ...]:
    """Return the edits of these numbers, newest first."""
    wanted = sorted(seqs, reverse=True)
    found: list[EditSummary] = []
    for start in range(0, len(wanted), _AT_ONCE):
        part = tuple(wanted[start : start + _AT_ONCE])
        found += _summaries(db, f"e.seq IN ({', '.join('?' * len(part))})", part)
    return tuple(found)


def _edit(db: sqlite3.Connection, seq: int) -> Edit:
    title = db.execute("SELECT title FROM edit WHERE seq = ?", (seq,)).fetchone()[0]
    query = "SELECT item_kind, before, after FROM change WHERE seq = ? ORDER BY position"
    return Edit(title, tuple(_change(*row) for row in db.execute(query, (seq,))))


def _since(db: sqlite3.Connection, image_id: str, seq: int) -> tuple[Change, ...]:
    query = (
        "SELECT image_id, item_kind, item_id, before, after FROM change "
        "WHERE image_id = ? AND seq > ? ORDER BY seq, position"
    )
    rows = (ChangeRow(*row) for row in db.execute(query, (image_id, seq)))
    try:
        # As text: of thousands of changes only what they come to is read into objects.
        ends = collapsed(((r.item_kind, r.item_id), r.before, r.after) for r in rows)
    except EditConflictError as err:
        raise _damaged(err) from err
    return tuple(_change(kind, before, after) for (kind, _), (before, after) in ends.items())


def _touching(
    db: sqlite3.Connection, items: Sequence[Change], after: int
) -> tuple[EditSummary, ...]:
    wanted = {(c.item.image_id, c.item.kind, c.item.id) for c in items}
    found: set[int] = set()
    query = "SELECT seq, item_kind, item_id FROM change WHERE image_id = ? AND seq > ?"
    for image_id in {key[0] for key in wanted}:
        rows = db.execute(query, (image_id, after))
        found |= {seq for seq, kind, item_id in rows if (image_id, kind, item_id) in wanted}
    return _numbered(db, found)


def _change(kind: str, before: str | None, after: str | None) -> Change:
    try:
        return Change(
            None if before is None else item_from_json(kind, before),
            None if after is None else item_from_json(kind, after),
        )
    except ValueError as err:
        raise _damaged(err) from err


def _damaged(error: Exception) -> ProjectDamagedError:
    return ProjectDamagedError(f"The project is damaged ({error}). Restore one of its backups.")
