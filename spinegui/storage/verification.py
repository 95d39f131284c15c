"""Checking a whole project: SQLite's structure, the hash chain, the replayed log, every digest."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from spinegui.storage import schema
from spinegui.storage.hash_chain import ZERO, ChangeRow, EditHeader, link, moved_sum, row_digest
from spinegui.storage.rows import VerifyReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_PROBLEMS = 20

_LOG = """
SELECT e.seq, e.at, e.user, e.session, e.kind, e.target, e.title, e.prev_hash, e.hash,
       c.position, c.image_id, c.item_kind, c.item_id, c.before, c.after
FROM edit e LEFT JOIN change c USING (seq) ORDER BY e.seq, c.position
"""
State = dict[tuple[str, str], tuple[str, str]]


def verify(db: sqlite3.Connection) -> VerifyReport:
    """Return what is damaged; anything that changed a stored value is found."""
    check = _Check(db)
    for part in (check.structure, check.tables, check.log, check.items, check.digests):
        check.attempt(part)
    return VerifyReport(tuple(check.problems[:MAX_PROBLEMS]), check.n_edits, len(check.replayed))


class _Check:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.problems: list[str] = []
        self.n_edits = 0
        self.replayed: State = {}

    def attempt(self, part: Callable[[], None]) -> None:
        try:
            part()
        except (sqlite3.Error, ValueError, TypeError, AttributeError) as err:
            self.problems.append(f"The {part.__name__} cannot be read: {err}.")

    def structure(self) -> None:
        found = [row[0] for row in self._db.execute(f"PRAGMA integrity_check({MAX_PROBLEMS})")]
        if found != ["ok"]:
            self.problems += [f"The file's structure is damaged: {line}." for line in found]

    def tables(self) -> None:
        with closing(sqlite3.connect(":memory:")) as fresh:
            fresh.executescript(schema.SCHEMA)
            if _definitions(fresh) != _definitions(self._db):
                self.problems.append("The file's tables or triggers are not those of a project.")

    def log(self) -> None:
        previous = ZERO
        for header, hashes, changes in _edits(self._db):
            self.n_edits += 1
            if header.seq != self.n_edits or hashes[0] != previous:
                self.problems.append(f"An edit is missing before number {header.seq} of the log.")
                self.n_edits = header.seq
            if hashes[1] != link(hashes[0], header, changes):
                self.problems.append(f"Edit {header.seq} of the log was altered.")
            for change in changes:
                self._replay(header.seq, change)
            previous = hashes[1]
        if self._db.execute("SELECT seq, hash FROM head").fetchone() != (self.n_edits, previous):
            self.problems.append("The end of the log is missing or was altered.")
        orphans = "SELECT COUNT(*) FROM change WHERE seq NOT IN (SELECT seq FROM edit)"
        if self._db.execute(orphans).fetchone()[0]:
            self.problems.append("The log holds changes without their edit.")

    def _replay(self, seq: int, change: ChangeRow) -> None:
        key = (change.item_kind, change.item_id)
        if self.replayed.get(key, ("", None))[1] != change.before:
            self.problems.append(f"Edit {seq} does not follow from those before it.")
        if change.after is None:
            self.replayed.pop(key, None)
        else:
            self.replayed[key] = (change.image_id, change.after)

    def items(self) -> None:
        sums: dict[str, bytes] = defaultdict(lambda: ZERO)
        stored: State = {}
        for kind, item_id, image_id, text in self._db.execute(
            "SELECT kind, id, image_id, json FROM item"
        ):
            stored[kind, item_id] = (image_id, text)
            change = ChangeRow(image_id, kind, item_id, None, text)
            sums[image_id] = moved_sum(sums[image_id], [change])
        differing = {k for k in stored.keys() | self.replayed if self._differs(stored, k)}
        self.problems += [f"The {k} {i} is not what the log says." for k, i in sorted(differing)]
        listed = dict(self._db.execute("SELECT image_id, sum FROM checksum"))
        images = {row[0] for row in self._db.execute("SELECT id FROM image")}
        for image_id in sorted(listed.keys() | sums | images):
            if listed.get(image_id) != sums[image_id] or image_id not in images:
                self.problems.append(f"The checksum of image {image_id} does not fit.")

    def _differs(self, stored: State, key: tuple[str, str]) -> bool:
        return stored.get(key) != self.replayed.get(key)

    def digests(self) -> None:
        for table in schema.DIGESTED:
            cursor = self._db.execute(f"SELECT * FROM {table}")  # noqa: S608  our own names
            names = [column[0] for column in cursor.description]
            for row in cursor:
                values = dict(zip(names, row, strict=True))
                if values.pop("digest") != row_digest(table, values):
                    self.problems.append(f"A row of the table {table} was altered.")


def _definitions(db: sqlite3.Connection) -> set[tuple[str, str]]:
    found = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {(name, sql) for name, sql in found}


def _edits(
    db: sqlite3.Connection,
) -> Iterator[tuple[EditHeader, tuple[bytes, bytes], list[ChangeRow]]]:
    for _, group in groupby(db.execute(_LOG), key=itemgetter(0)):
        rows = list(group)
        first = rows[0]
        changes = [ChangeRow(*row[10:]) for row in rows if row[9] is not None]
        yield EditHeader(*first[:7]), (first[7], first[8]), changes
