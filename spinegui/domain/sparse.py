"""Stretches of shaft with implausibly few spines: places where some may have been missed.

A window slides along every shaft that bears spines, in three lengths: those on which 4, 8 and 16
spines are expected at the image's own density. The count in it is held against the Poisson
distribution: p is the chance of so few or fewer. Windows overlap and there are many, so p of the
rarest one is small by chance alone; `p_anywhere` says how often the same number of spines,
scattered evenly over the same shafts, leaves a window as rare anywhere (single-step minP of
Westfall & Young 1993, Resampling-Based Multiple Testing, by random scattering). The density counts
the sparse stretch itself, which makes both p a little too large, never too small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from spinegui.domain.shafts import OnShaft, Points, Shaft

EXPECTED = (4.0, 8.0, 16.0)
STEP_SHARE = 0.25
WORTH_A_LOOK = 0.05
LEAST_SPINES = 8
"""With fewer in the whole image there is no density to speak of."""
DRAWS = 499


@dataclass(frozen=True, eq=False)
class Stretch:
    """One place to look at; lengths in the shafts' unit, points (k, 3) x, y in px, z in slices."""

    shaft: int
    start: float
    end: float
    count: int
    expected: float
    p: float
    p_anywhere: float
    points: Points

    @property
    def length(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, eq=False)
class SparseStretches:
    """What was found, rarest first, and what it rests on.

    length and n: of the shafts that bear spines. bare_length and n_bare: of those without any,
    mostly axons, which count neither for the density nor as stretches.
    """

    stretches: tuple[Stretch, ...]
    length: float
    n: int
    n_windows: int
    bare_length: float
    n_bare: int

    @property
    def density(self) -> float:
        """Spines a unit of length, 0 where there is no shaft."""
        return self.n / self.length if self.length > 0 else 0.0


@dataclass(frozen=True, eq=False)
class _Windows:
    """(w,) each: shaft, start and end on it, expected count, and start on all shafts in a row."""

    shaft: NDArray[np.int64]
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    expected: NDArray[np.float64]
    offset: NDArray[np.float64]


def sparse_stretches(
    shafts: Sequence[Shaft],
    spines: OnShaft,
    *,
    reach: float,
    seed: int = 0,
    check: Callable[[int, int], object] = lambda _done, _total: None,
) -> SparseStretches:
    """Return the stretches with p below `WORTH_A_LOOK`, rarest first, none overlapping another.

    `reach`: a spine farther from its shaft, in units, counts for none. `check` is called with the
    draws done and their number, and may raise to end it.
    """
    on = spines.distance <= reach
    counts = np.bincount(spines.shaft[on], minlength=len(shafts))[: len(shafts)]
    bearing = [k for k in range(len(shafts)) if counts[k]]
    length = sum(shafts[k].length for k in bearing)
    n = int(counts.sum())
    bare = [shaft.length for k, shaft in enumerate(shafts) if not counts[k]]
    facts = {"length": length, "n": n, "bare_length": sum(bare), "n_bare": len(bare)}
    if n < LEAST_SPINES:
        return SparseStretches((), n_windows=0, **facts)  # type: ignore[arg-type]
    windows = _windows(shafts, bearing, n / length)
    places = _in_a_row(shafts, bearing, spines, on)
    found = _counts(np.sort(places), windows)
    p = poisson_tail(found, windows.expected)
    lowest = _lowest_by_chance(windows, n, length, seed=seed, check=check)
    stretches = [
        Stretch(
            int(windows.shaft[i]), float(windows.start[i]), float(windows.end[i]),
            int(found[i]), float(windows.expected[i]), float(p[i]),
            float((1 + np.count_nonzero(lowest <= p[i])) / (1 + len(lowest))),
            shafts[int(windows.shaft[i])].part(float(windows.start[i]), float(windows.end[i])),
        )
        for i in _apart(windows, p)
    ]  # fmt: skip
    return SparseStretches(tuple(stretches), n_windows=len(p), **facts)  # type: ignore[arg-type]


def poisson_tail(counts: NDArray[np.int64], means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chance (w,) of so few or fewer where `means` (w,) are expected."""
    term = np.exp(-means)
    total = np.where(counts >= 0, term, 0.0)
    for k in range(1, int(counts.max(initial=0)) + 1):
        term = term * means / k
        total += np.where(counts >= k, term, 0.0)
    return np.minimum(total, 1.0)


def _windows(shafts: Sequence[Shaft], bearing: Sequence[int], density: float) -> _Windows:
    rows = []
    before = 0.0
    for k in bearing:
        whole = shafts[k].length
        for expected in EXPECTED:
            width = expected / density
            if width > whole:
                continue
            n_steps = max(1, int(np.ceil((whole - width) / (STEP_SHARE * width))))
            rows += [
                (k, start, start + width, expected, before + start)
                for start in np.linspace(0.0, whole - width, n_steps + 1).tolist()
            ]
        before += whole
    shaft, start, end, expected_, offset = np.array(rows, np.float64).reshape(-1, 5).T
    return _Windows(shaft.astype(np.int64), start, end, expected_, offset)


def _in_a_row(
    shafts: Sequence[Shaft], bearing: Sequence[int], spines: OnShaft, on: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the lengths of the spines with the shafts laid end to end."""
    before = np.zeros(len(shafts))
    before[list(bearing)] = np.cumsum([0.0, *(shafts[k].length for k in bearing[:-1])])
    result: NDArray[np.float64] = before[spines.shaft[on]] + spines.along[on]
    return result


def _counts(places: NDArray[np.float64], windows: _Windows) -> NDArray[np.int64]:
    """Return how many of the sorted places lie in each window."""
    ends = windows.offset + (windows.end - windows.start)
    result: NDArray[np.int64] = np.searchsorted(places, ends, "right") - np.searchsorted(
        places, windows.offset, "left"
    )
    return result


def _lowest_by_chance(
    windows: _Windows,
    n: int,
    length: float,
    *,
    seed: int,
    check: Callable[[int, int], object],
) -> NDArray[np.float64]:
    """Return the lowest p of each draw that scatters the spines evenly (draws,)."""
    rng = np.random.default_rng(seed)
    lowest = np.ones(DRAWS)
    for i in range(DRAWS):
        if i % 25 == 0:
            check(i, DRAWS)
        places = np.sort(rng.uniform(0.0, length, n))
        counts = _counts(places, windows)
        lowest[i] = poisson_tail(counts, windows.expected).min(initial=1.0)
    return lowest


def _apart(windows: _Windows, p: NDArray[np.float64]) -> list[int]:
    """Return the windows worth a look, rarest first, without those that overlap a rarer one."""
    chosen: list[int] = []
    # Of windows as rare as each other the longer one tells more.
    order = np.lexsort((-windows.expected, p))
    for i in order[p[order] < WORTH_A_LOOK].tolist():
        overlaps = any(
            windows.shaft[i] == windows.shaft[j]
            and windows.start[i] < windows.end[j]
            and windows.start[j] < windows.end[i]
            for j in chosen
        )
        if not overlaps:
            chosen.append(i)
    return chosen
