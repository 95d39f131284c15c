"""How many spines are still missing, and between which bounds.

Two looks at the same parts of an image, the model's and a person's, make a capture-recapture: the
more of what one found the other found too, the fewer both have missed. Where a person looked
without seeing the model's boxes, Chapman's estimator tells how many spines both missed
(Chapman 1951, Univ. Calif. Publ. Stat. 1:131; Seber 1982, The Estimation of Animal Abundance), with
the transformed logit interval (Sadinle 2009, Communications in Statistics, Simulation and
Computation 38:1909, with 0.5 added to each cell; where less than half a spine is missed, its
variance is that of half a spine). Where the person saw the boxes, the looks are not independent and
nothing is known of what both missed: there the person's look is taken as complete.

Either way the spines that the model missed a length of shaft that was looked at, times the length
that was not, are those missing there: a gamma-Poisson prediction (Jeffreys' prior).

Assumed: the two looks are independent and each finds every spine with the same chance (a spine too
faint for one and the other makes the estimate too low); nothing accepted is not a spine; shafts not
looked at are like those looked at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_BOTH = 7
"""Chapman's estimator is nearly unbiased from 7 recaptures on (Robson & Regier 1964, Trans. Am.
Fish. Soc. 93:215)."""
LEAST_FOUND = 20
"""Spines accepted where somebody looked, below which nothing is estimated."""
Z_95 = 1.959964
_DRAWS = 4000


@dataclass(frozen=True, slots=True)
class Looks:
    """Spines by who found them, in parts that both looked at."""

    both: int
    model_only: int
    person_only: int

    @property
    def found(self) -> int:
        return self.both + self.model_only + self.person_only


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked at and what was not.

    `blind`: the looks where the person did not see the model's boxes. `shown`: those where the
    person did; `both` is 0 there, since nobody knows. Lengths of shaft in one unit: looked at
    blind, looked at with boxes, not looked at yet.
    """

    blind: Looks
    shown: Looks
    blind_length: float
    shown_length: float
    unseen_length: float

    @property
    def found(self) -> int:
        return self.blind.found + self.shown.found

    @property
    def length(self) -> float:
        return self.blind_length + self.shown_length

    @property
    def is_two_looks(self) -> bool:
        """Whether enough was looked at blind to tell what both missed."""
        return self.blind.both >= LEAST_BOTH

    @property
    def is_enough(self) -> bool:
        return self.found >= LEAST_FOUND and self.length > 0


@dataclass(frozen=True, slots=True)
class Missing:
    """Spines that are there and not shown: all, and those in parts nobody looked at.

    `where_seen` is None where it cannot be told: the person's look was taken as complete.
    """

    total: Bounds
    unseen: Bounds
    where_seen: Bounds | None


def chapman(looks: Looks) -> Bounds:
    """Return how many spines there are, from two independent looks; never fewer than were found."""
    first = looks.both + looks.model_only
    second = looks.both + looks.person_only
    value = (first + 1) * (second + 1) / (looks.both + 1) - 1
    missed, spread = _log_missed(looks)
    low = looks.found - 0.5 + missed * math.exp(-Z_95 * spread)
    high = looks.found - 0.5 + missed * math.exp(Z_95 * spread)
    return Bounds(value, min(max(low, float(looks.found)), value), max(high, value))


def missing(seen: Seen, *, seed: int = 0) -> Missing | None:
    """Return the estimate, or None where not enough was looked at yet."""
    if not seen.is_enough:
        return None
    rng = np.random.default_rng(seed)
    both_missed = np.zeros(_DRAWS)
    where_seen = None
    if seen.is_two_looks:
        there = chapman(seen.blind)
        n = seen.blind.found
        where_seen = Bounds(there.value - n, there.low - n, there.high - n)
        both_missed = _draw_missed(seen.blind, rng)
    # With boxes in view the person's misses are unknown; those of the blind parts stand for them.
    per_length = both_missed / seen.blind_length if seen.blind_length > 0 else both_missed
    missed_by_model = seen.blind.person_only + seen.shown.person_only
    rate = (rng.gamma(missed_by_model + 0.5, size=_DRAWS)) / seen.length + per_length
    unseen = rng.poisson(rate * seen.unseen_length).astype(np.float64)
    hidden = both_missed + rng.poisson(per_length * seen.shown_length)
    middle_rate = missed_by_model / seen.length
    middle_hidden = 0.0
    if where_seen is not None and seen.blind_length > 0:
        middle_hidden = where_seen.value * seen.length / seen.blind_length
        middle_rate += where_seen.value / seen.blind_length
        where_seen = _bounds(middle_hidden, hidden)
    middle_unseen = middle_rate * seen.unseen_length
    return Missing(
        _bounds(middle_unseen + middle_hidden, unseen + hidden),
        _bounds(middle_unseen, unseen),
        where_seen,
    )


def _log_missed(looks: Looks) -> tuple[float, float]:
    """Return how many both missed, and the standard deviation of its logarithm."""
    both, one, other = (n + 0.5 for n in (looks.both, looks.model_only, looks.person_only))
    missed = one * other / both
    # Below half a spine the term for the cell that nobody sees would make the interval endless.
    return missed, math.sqrt(1 / both + 1 / one + 1 / other + 1 / max(missed, 0.5))


def _draw_missed(looks: Looks, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return draws of how many both missed: log-normal, as Sadinle's interval takes it to be."""
    middle, spread = _log_missed(looks)
    drawn = middle * np.exp(spread * rng.standard_normal(_DRAWS)) - 0.5
    return np.maximum(drawn, 0.0)


def _bounds(value: float, drawn: NDArray[np.float64]) -> Bounds:
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Bounds(value, min(float(low), value), max(float(high), value))
