"""One walk through a queue: its fixed order, where it stands, and what has become of each item."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

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
        self._places: dict[str, Place] = {}
        self.current = ""
        """The detection that the walk stands at, "" before it begins."""

    # -- reading -----------------------------------------------------------------------------

    def __contains__(self, detection_id: str) -> bool:
        return detection_id in self._items

    def item(self, detection_id: str) -> QueueItem | None:
        return self._items.get(detection_id)

    def place(self, detection_id: str) -> Place | None:
        return self._places.get(detection_id)

    def is_waiting(self, detection_id: str) -> bool:
        return self._places.get(detection_id) is Place.WAITING

    def waiting(self) -> list[QueueItem]:
        """Return what is still to be looked at, in order."""
        return [self._items[i] for i in self._order if self._places[i] is Place.WAITING]

    def done(self) -> list[QueueItem]:
        """Return what was dealt with in this round, in order."""
        return [self._items[i] for i in self._order if self._places[i] is Place.DONE]

    def count(self, place: Place) -> int:
        return sum(p is place for p in self._places.values())

    def next_after(self, detection_id: str) -> str:
        """Return the next waiting item behind that one, round the end; "" where none waits."""
        at = self._order.index(detection_id) + 1 if detection_id in self._items else 0
        around = (*self._order[at:], *self._order[:at])
        return next((i for i in around if self.is_waiting(i)), "")

    def waiting_after(self, detection_id: str, n: int) -> list[QueueItem]:
        """Return the next n waiting items behind that one."""
        at = self._order.index(detection_id) + 1 if detection_id in self._items else 0
        found: list[QueueItem] = []
        for i in (*self._order[at:], *self._order[:at]):
            if len(found) == n:
                break
            if self.is_waiting(i):
                found.append(self._items[i])
        return found

    # -- changing ----------------------------------------------------------------------------

    def rank(self, items: Sequence[QueueItem], wanted: Collection[str]) -> None:
        """Take a new order: what is done stays in front, the current item first of the rest.

        `wanted` are those that still wait by now: edits went on while the order was made.
        """
        given = {item.detection_id: item for item in items}
        kept = [i for i in self._order if self._places[i] is Place.DONE and i not in given]
        ahead = [self.current] if self.current in given and self.is_waiting(self.current) else []
        later = {i for i, place in self._places.items() if place is Place.LATER}
        self._items = {**{i: self._items[i] for i in kept}, **given}
        self._order = [*kept, *ahead, *(i for i in given if i not in ahead)]
        self._places = dict.fromkeys(kept, Place.DONE)
        for i in given:
            waits = Place.LATER if i in later else Place.WAITING
            self._places[i] = waits if i in wanted else Place.DONE

    def settle(self, detection_id: str, *, is_wanted: bool) -> Place | None:
        """Follow an edit of one item; returns where it stood before, None where it is not here."""
        before = self._places.get(detection_id)
        if before is None:
            return None
        if not is_wanted:
            self._places[detection_id] = Place.DONE
        elif before is Place.DONE:
            self._places[detection_id] = Place.WAITING
        return before

    def drop(self, detection_ids: Iterable[str]) -> None:
        """Forget items that do not exist any more."""
        gone = {i for i in detection_ids if i in self._items}
        if gone:
            self._order = [i for i in self._order if i not in gone]
            for i in gone:
                del self._items[i], self._places[i]
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
            self._places[detection_id] = Place.LATER

    def begin_again(self) -> None:
        """Begin the next round: what was put off waits again, what is done is forgotten."""
        self.drop([i for i, place in self._places.items() if place is Place.DONE])
        self._places = dict.fromkeys(self._order, Place.WAITING)
        self.current = ""
