"""Checksums that show damage SQLite cannot see: the log's hash chain, row digests, image sums."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from spinegui.storage.items_json import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ZERO = bytes(32)
_MODULUS = 1 << 256


class ChangeRow(NamedTuple):
    """One change as logged; `before` and `after` are canonical JSON, None = does not exist."""

    image_id: str
    item_kind: str
    item_id: str
    before: str | None
    after: str | None

    def inverted(self) -> ChangeRow:
        """Return the change that takes it back."""
        return self._replace(before=self.after, after=self.before)


class EditHeader(NamedTuple):
    """What the log says about an edit besides its changes.

    `kind` is "do", "undo" or "redo"; `target` the edit that an undo or redo is about; `at` is
    ISO 8601 UTC.
    """

    seq: int
    at: str
    user: str
    session: str
    kind: str
    target: int | None
    title: str


Scalar: TypeAlias = "str | int | None"


def link(previous: bytes, header: EditHeader, changes: Sequence[ChangeRow]) -> bytes:
    """Return the SHA-256 that ties an edit to the one before it."""
    text = canonical([header, changes])
    return hashlib.sha256(previous + text.encode("ascii")).digest()


def row_digest(table: str, values: Mapping[str, Scalar]) -> bytes:
    """Return the SHA-256 of one row of a table outside the log."""
    return hashlib.sha256(canonical([table, dict(values)]).encode("ascii")).digest()


def moved_sum(total: bytes, changes: Iterable[ChangeRow]) -> bytes:
    """Return an image's checksum after these changes.

    It is the sum modulo 2**256 of its items' SHA-256, so it costs the change, not the image.
    """
    number = int.from_bytes(total, "big")
    for change in changes:
        if change.before is not None:
            number -= _item_number(change.item_kind, change.before)
        if change.after is not None:
            number += _item_number(change.item_kind, change.after)
    return (number % _MODULUS).to_bytes(32, "big")


def _item_number(kind: str, text: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{kind}\n{text}".encode()).digest(), "big")
