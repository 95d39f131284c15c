"""The brightest of some slices, for ranges that move: a slab that follows the slice."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


class RunningMax:
    """Maxima over runs of 1, 2, 4 … slices are kept, so that the next range needs few new ones.

    A range of n slices is covered by two runs of the largest power of two (a sparse table for
    range queries: Bender and Farach-Colton, LATIN 2000, doi:10.1007/10719839_9). Moved by one
    slice it takes about log2(n) + 1 maxima instead of n - 1. Not for several threads at once.
    """

    def __init__(self, read: Callable[[int], NDArray[Any]], capacity_bytes: int) -> None:
        self._read = read
        self._capacity = capacity_bytes
        self._runs: OrderedDict[tuple[int, int], NDArray[Any]] = OrderedDict()
        self._held = 0

    def over(self, first: int, last: int) -> NDArray[Any]:
        """Return the brightest (Y, X) of slices first to last, both included; NaN is missing.

        Raises ValueError for an empty range and what `read` raises. Not to be written to.
        """
        if first > last:
            raise ValueError(f"no slice lies in {first} to {last}")
        power = (last - first + 1).bit_length() - 1
        start = last - (1 << power) + 1
        whole = self._run(power, first)
        if start != first:
            whole = np.fmax(whole, self._run(power, start))
        return whole

    def _run(self, power: int, first: int) -> NDArray[Any]:
        if power == 0:
            return self._read(first)
        key = (power, first)
        found = self._runs.get(key)
        if found is not None:
            self._runs.move_to_end(key)
            return found
        half = 1 << (power - 1)
        made: NDArray[Any] = np.fmax(
            self._run(power - 1, first), self._run(power - 1, first + half)
        )
        self._runs[key] = made
        self._held += made.nbytes
        while self._held > self._capacity:
            self._held -= self._runs.popitem(last=False)[1].nbytes
        return made
