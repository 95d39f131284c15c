"""One walk through a queue: its fixed order, where it stands, and what has become of each item."""

from __future__ import annotations

from enum import Enum, auto
from itertools import chain, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from spinegui.gui.queue.sources import QueueItem


class Place(Enum):
    """Where an item of a round stands."""

    WAITING = auto()
    DONE = auto()
    """It was waiting in this round and is dealt with."""
    LATER = auto()
    """Put off: it waits for the next round."""


class Round:
    """Items keep their places: those dealt with too, so that an undo brings one back to its own."""

    def __init__(self) -> None:
        self._items: dict[str, QueueItem] = {}
        self._order: list[str] = []
        self._ids: dict[Place, set[str]] = {place: set() for place in Place}
        self.current = ""
        """The detection that the walk stands at, "" before it begins."""

    # -- reading -----------------------------------------------------------------------------

    def __contains__(self, detection_id: str) -> bool:
        return detection_id in self._items

    def item(self, detection_id: str) -> QueueItem | None:
        return self._items.get(detection_id)

    def place(self, detection_id: str) -> Place | None:
        """Return where an item stands, None where it is not here."""
        return next((place for place, ids in self._ids.items() if detection_id in ids), None)

    def is_waiting(self, detection_id: str) -> bool:
        return detection_id in self._ids[Place.WAITING]

    def count(self, place: Place) -> int:
        return len(self._ids[place])

    def waiting(self) -> list[QueueItem]:
        """Return what is still to be looked at, in order."""
        return self._in(Place.WAITING)

    def done(self) -> list[QueueItem]:
        """Return what was dealt with in this round, in order."""
        return self._in(Place.DONE)

    def next_after(self, detection_id: str) -> str:
        """Return the next waiting item behind that one, round the end; "" where none waits.

        Where only that one waits, it is its own next.
        """
        return next(self._ahead(detection_id), "")

    def waiting_after(self, detection_id: str, n: int) -> list[QueueItem]:
        """Return the next n waiting items behind that one, round the end."""
        return [self._items[i] for i in islice(self._ahead(detection_id), n)]

    def _in(self, place: Place) -> list[QueueItem]:
        ids = self._ids[place]
        return [self._items[i] for i in self._order if i in ids]

    def _ahead(self, detection_id: str) -> Iterator[str]:
        """Go through what waits behind an item and then from the front, the item itself last."""
        at = self._order.index(detection_id) + 1 if detection_id in self._items else 0
        waiting = self._ids[Place.WAITING]
        around = chain(islice(self._order, at, None), islice(self._order, at))
        return (i for i in around if i in waiting)

    # -- changing ----------------------------------------------------------------------------

    def rank(self, items: Sequence[QueueItem], is_wanted: Callable[[QueueItem], bool]) -> None:
        """Take a new order: what is done stays in front, the current item first of the rest.

        `is_wanted` tells what still waits by now: edits went on while the order was made.
        """
        given = {item.detection_id: item for item in items}
        kept = {i for i in self._ids[Place.DONE] if i not in given}
        current = given.get(self.current)
        ahead = [self.current] if current is not None and is_wanted(current) else []
        front = [i for i in self._order if i in kept]
        self._items = {**{i: self._items[i] for i in front}, **given}
        self._order = [*front, *ahead, *(i for i in given if i not in ahead)]
        later = self._ids[Place.LATER]
        done = {i for i, item in given.items() if not is_wanted(item)}
        self._ids = {
            Place.WAITING: given.keys() - done - later,
            Place.DONE: kept | done,
            Place.LATER: later & (given.keys() - done),
        }

    def settle(self, detection_id: str, *, is_wanted: bool) -> Place | None:
        """Follow an edit of one item; returns where it stood before, None where it is not here."""
        before = self.place(detection_id)
        if before is None:
            return None
        if not is_wanted:
            self._move(detection_id, Place.DONE)
        elif before is Place.DONE:
            self._move(detection_id, Place.WAITING)
        return before

    def drop(self, detection_ids: Iterable[str]) -> None:
        """Forget items that do not exist any more."""
        gone = {i for i in detection_ids if i in self._items}
        if not gone:
            return
        self._order = [i for i in self._order if i not in gone]
        for i in gone:
            del self._items[i]
        for ids in self._ids.values():
            ids.difference_update(gone)
        if self.current in gone:
            self.current = ""

    def skip(self, detection_id: str) -> None:
        """Put an item at the end of this round."""
        if detection_id in self._items:
            self._order.remove(detection_id)
            self._order.append(detection_id)

    def put_off(self, detection_id: str) -> None:
        """Take a waiting item out until the next round."""
        if self.is_waiting(detection_id):
            self._move(detection_id, Place.LATER)

    def begin_again(self) -> None:
        """Begin the next round: what was put off waits again, what is done is forgotten."""
        self.drop(tuple(self._ids[Place.DONE]))
        for i in tuple(self._ids[Place.LATER]):
            self._move(i, Place.WAITING)
        self.current = ""

    def _move(self, detection_id: str, place: Place) -> None:
        for ids in self._ids.values():
            ids.discard(detection_id)
        self._ids[place].add(detection_id)
