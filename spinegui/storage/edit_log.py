"""The append-only log of edits, and the current state that each edit moves with it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from spinegui.domain.edits import Change, Edit, EditConflictError
from spinegui.storage.errors import ProjectError
from spinegui.storage.hash_chain import ChangeRow, EditHeader, link, moved_sum
from spinegui.storage.items_json import item_from_json, item_to_json
from spinegui.storage.rows import HistoryEntry, LogRow, Receipt, now

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

HISTORY_EDITS = 500
HISTORY_CHANGES = 20_000
"""What the undo stack of a reopened project holds at most; the newest step always."""

_CHANGES = "SELECT image_id, item_kind, item_id, before, after FROM change"


def change_rows(edit: Edit) -> list[ChangeRow]:
    """Return an edit's changes as they are logged."""
    found = []
    for change in edit.changes:
        before = None if change.before is None else item_to_json(change.before)
        after = None if change.after is None else item_to_json(change.after)
        item = change.item
        found.append(ChangeRow(item.image_id, item.kind, item.id, before, after))
    return found


def append(
    db: sqlite3.Connection,
    title: str,
    changes: Sequence[ChangeRow],
    *,
    kind: str,
    who: tuple[str, str],
) -> Receipt:
    """Log an edit and move the current state; the caller's transaction holds both.

    Raises EditConflictError where a `before` is not what is there, or where an undo or redo is not
    the one whose turn it is, and ProjectError for an image that the project does not have.
    """
    target = None if kind == "do" else _target(db, kind, changes)
    seq, previous = db.execute("SELECT seq, hash FROM head").fetchone()
    header = EditHeader(seq + 1, now(), who[0], who[1], kind, target, title)
    digest = link(previous, header, changes)
    for change in changes:
        _apply(db, change)
    _move_checksums(db, changes)
    db.execute(f"INSERT INTO edit VALUES ({'?, ' * 8}?)", (*header, previous, digest))  # noqa: S608
    db.executemany(
        "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((header.seq, position, *change) for position, change in enumerate(changes)),
    )
    db.execute("UPDATE head SET seq = ?, hash = ?", (header.seq, digest))
    return Receipt(header.seq, header.at)


def _apply(db: sqlite3.Connection, change: ChangeRow) -> None:
    key = (change.item_kind, change.item_id)
    found = db.execute("SELECT json FROM item WHERE kind = ? AND id = ?", key).fetchone()
    if (found[0] if found else None) != change.before:
        raise EditConflictError(
            f"The {change.item_kind} {change.item_id} is not what this edit expects."
        )
    if change.after is None:
        db.execute("DELETE FROM item WHERE kind = ? AND id = ?", key)
    elif change.before is None:
        row = (*key, change.image_id, change.after)
        db.execute("INSERT INTO item VALUES (?, ?, ?, ?)", row)
    else:
        db.execute("UPDATE item SET json = ? WHERE kind = ? AND id = ?", (change.after, *key))


def _move_checksums(db: sqlite3.Connection, changes: Iterable[ChangeRow]) -> None:
    by_image: dict[str, list[ChangeRow]] = {}
    for change in changes:
        by_image.setdefault(change.image_id, []).append(change)
    for image_id, of_image in by_image.items():
        total = db.execute("SELECT sum FROM checksum WHERE image_id = ?", (image_id,)).fetchone()
        if total is None:
            raise ProjectError(
                f"The image {image_id} is not part of this project. Add the image first."
            )
        moved = moved_sum(total[0], of_image)
        db.execute("UPDATE checksum SET sum = ? WHERE image_id = ?", (moved, image_id))


def steps(db: sqlite3.Connection) -> Iterator[tuple[int, bool]]:
    """Yield the undo stack from its top: the number of each "do" edit and whether it is undone.

    Reads the log backwards, so it costs what is asked for, not the length of the log. The newest
    row about an edit says where it stands; a "do" forgets what was undone before it.
    """
    standing: dict[int, bool | None] = {}
    is_redo_gone = False
    for seq, kind, target in db.execute("SELECT seq, kind, target FROM edit ORDER BY seq DESC"):
        if kind == "redo":
            standing.setdefault(target, False)
        elif kind == "undo":
            standing.setdefault(target, None if is_redo_gone else True)
        else:
            is_redo_gone = True
            undone = standing.pop(seq, False)
            if undone is not None:
                yield seq, undone


def _target(db: sqlite3.Connection, kind: str, changes: Sequence[ChangeRow]) -> int:
    target = None
    for seq, undone in steps(db):
        if kind == "undo" and not undone:
            target = seq
        elif kind == "redo" and undone:
            target = seq
            continue
        if not undone:
            break
    if target is not None:
        logged = _changes_of(db, target)
        expected = [c.inverted() for c in reversed(logged)] if kind == "undo" else logged
        if expected == list(changes):
            return target
    raise EditConflictError(f"This is not the edit that {kind} is about.")


def _changes_of(db: sqlite3.Connection, seq: int) -> list[ChangeRow]:
    found = db.execute(f"{_CHANGES} WHERE seq = ? ORDER BY position", (seq,))
    return [ChangeRow(*row) for row in found]


def history(db: sqlite3.Connection) -> list[HistoryEntry]:
    """Return the undo stack, oldest step first, within the limits above."""
    entries: list[HistoryEntry] = []
    room = HISTORY_CHANGES
    for seq, undone in islice(steps(db), HISTORY_EDITS):
        changes = _changes_of(db, seq)
        room -= len(changes)
        if room < 0 and entries:
            break
        title = db.execute("SELECT title FROM edit WHERE seq = ?", (seq,)).fetchone()[0]
        entries.append(HistoryEntry(Edit(title, tuple(map(_change, changes))), undone))
    return entries[::-1]


def _change(row: ChangeRow) -> Change:
    before = None if row.before is None else item_from_json(row.item_kind, row.before)
    after = None if row.after is None else item_from_json(row.item_kind, row.after)
    return Change(before, after)


def log_rows(db: sqlite3.Connection, image_id: str | None) -> list[LogRow]:
    """Return the whole log, or its rows about one image, oldest first."""
    columns = (
        "SELECT e.seq, e.at, e.user, e.session, e.title, e.kind, "
        "c.image_id, c.item_kind, c.item_id, c.before, c.after "
    )
    if image_id is None:
        found = db.execute(
            columns + "FROM edit e LEFT JOIN change c USING (seq) ORDER BY e.seq, c.position"
        )
    else:
        found = db.execute(
            columns + "FROM change c JOIN edit e USING (seq) WHERE c.image_id = ? "
            "ORDER BY c.seq, c.position",
            (image_id,),
        )
    return [LogRow(*row) for row in found]
