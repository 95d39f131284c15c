"""Which crops of a list are picked: clicks, ranges and steps, as pure arithmetic on ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Picks:
    """An ordered list of ids, the chosen ones among them, and where the keys go on from.

    `current` is the crop with the focus, `anchor` where a range starts; both "" while there is
    none. What is chosen is always in the list.
    """

    def __init__(self) -> None:
        self.ids: tuple[str, ...] = ()
        self.chosen: frozenset[str] = frozenset()
        self.current = ""
        self.anchor = ""
        self._index: dict[str, int] = {}

    def index_of(self, crop_id: str) -> int:
        """Return its place in the list, -1 where it is not there."""
        return self._index.get(crop_id, -1)

    def in_order(self) -> list[str]:
        """Return the chosen ids as they follow each other in the list."""
        return sorted(self.chosen, key=self._index.__getitem__)

    # -- choosing ----------------------------------------------------------------------------

    def choose(self, index: int) -> None:
        """Choose one alone, as a click does."""
        self.current = self.anchor = self.ids[index]
        self.chosen = frozenset((self.current,))

    def toggle(self, index: int) -> None:
        """Add one, or take it away."""
        self.current = self.anchor = self.ids[index]
        self.chosen ^= {self.current}

    def extend(self, index: int, *, keep: bool = False) -> None:
        """Choose everything from the anchor to that one; `keep` leaves what else is chosen."""
        start = max(0, self.index_of(self.anchor))
        low, high = min(start, index), max(start, index)
        reached = frozenset(self.ids[low : high + 1])
        self.chosen = self.chosen | reached if keep else reached
        self.current = self.ids[index]
        self.anchor = self.ids[start]

    def step(self, steps: int, *, extend: bool = False) -> None:
        """Go that many places on, not beyond the ends; from nowhere, to the first."""
        if not self.ids:
            return
        at = self.index_of(self.current)
        target = 0 if at < 0 else min(len(self.ids) - 1, max(0, at + steps))
        if extend and at >= 0:
            self.extend(target)
        else:
            self.choose(target)

    def choose_all(self) -> None:
        self.chosen = frozenset(self.ids)
        if self.ids and self.index_of(self.current) < 0:
            self.current = self.anchor = self.ids[0]

    def clear(self) -> None:
        self.chosen = frozenset()

    def forget(self) -> None:
        """Choose nothing and begin anew, as at the top of another list."""
        self.chosen = frozenset()
        self.current = self.anchor = ""

    def band(self, indexes: Iterable[int], before: frozenset[str]) -> None:
        """Choose what a rubber band touches, beside what was chosen before it was drawn."""
        touched = [self.ids[i] for i in indexes]
        self.chosen = before | frozenset(touched)
        if touched:
            self.current = touched[-1]
            self.anchor = touched[0]

    def choose_ids(self, ids: Iterable[str]) -> None:
        """Choose those of these that are in the list."""
        kept = [i for i in ids if i in self._index]
        self.chosen = frozenset(kept)
        if kept:
            self.anchor, self.current = kept[0], kept[-1]

    # -- following the list ------------------------------------------------------------------

    def follow(self, ids: Sequence[str], *, moves_on: bool = False) -> None:
        """Take another list. What is gone from it is no longer chosen.

        With `moves_on`, a choice that is gone as a whole is followed by the next crop that is
        still there, else by the one before it: so that decisions can be made one after the other.
        """
        before, had_choice = self.ids, bool(self.chosen)
        at = self.index_of(self.current)
        self.ids = tuple(ids)
        self._index = {crop_id: i for i, crop_id in enumerate(self.ids)}
        self.chosen = self.chosen.intersection(self._index)
        if at >= 0 and self.current not in self._index:
            nearest = (*before[at + 1 :], *reversed(before[:at])) if moves_on else ()
            self.current = next((i for i in nearest if i in self._index), "")
        if self.anchor not in self._index:
            self.anchor = self.current
        if moves_on and had_choice and not self.chosen and self.current:
            self.choose(self._index[self.current])
