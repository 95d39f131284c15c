"""Agreement of every pair of raters, of all together, and of each with themselves, in one value."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from spinegui.domain.agreement import Agreement, cohen, fleiss
from spinegui.domain.ratings import Basis, raters_of, ratings_between, ratings_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from spinegui.domain.annotation import Annotation
    from spinegui.domain.ratings import Ratings

Spine = tuple[str, str]
"""Image id and detection id."""


@dataclass(frozen=True, eq=False)
class RaterReport:
    """What the raters of a project agree on, for one choice of which votes count.

    `pairs` by two raters in the order of `raters`; `within` by rater, for those who labelled the
    same spine twice.
    """

    raters: tuple[str, ...]
    basis: Basis
    counts_unsure: bool
    between: Ratings
    pairs: Mapping[tuple[str, str], Agreement]
    again: Mapping[str, Ratings]
    within: Mapping[str, Agreement]
    together: Agreement

    def of(self, a: str, b: str) -> Agreement | None:
        """Return how far two raters agree, or one with themselves; None with nothing to compare."""
        if a == b:
            return self.within.get(a)
        found = self.pairs.get((a, b)) or self.pairs.get((b, a))
        return found if found is not None and found.n else None

    def cells(self, a: str, b: str) -> dict[tuple[str, str], list[Spine]]:
        """Return the spines behind each pair of labels: what `a` said, what `b` said.

        With `a` and `b` the same, what they said before and what they said again.
        """
        ratings, columns = self.between, (a, b)
        if a == b:
            ratings, columns = self.again[a], ("before", "again")
        first, second = (ratings.raters.index(name) for name in columns)
        rows, said_a, said_b = ratings.pair(first, second)
        found: dict[tuple[str, str], list[Spine]] = {}
        for row, i, j in zip(rows, said_a, said_b, strict=True):
            cell = (ratings.labels[i], ratings.labels[j])
            found.setdefault(cell, []).append(ratings.spines[row])
        return found


def report_on(
    annotations: Mapping[str, Annotation],
    label_ids: Iterable[str],
    *,
    basis: Basis = Basis.HAND,
    counts_unsure: bool = False,
) -> RaterReport:
    """Return the agreement of all who voted; raters whose votes do not count stay listed."""
    label_ids = tuple(label_ids)
    raters = raters_of(annotations.values())
    between = ratings_between(annotations, label_ids, basis=basis, counts_unsure=counts_unsure)
    column = {rater: i for i, rater in enumerate(between.raters)}
    pairs = {
        (a, b): cohen(between, column[a], column[b])
        for a, b in combinations(raters, 2)
        if a in column and b in column
    }
    again = {
        r: ratings_within(annotations, label_ids, r, basis=basis, counts_unsure=counts_unsure)
        for r in raters
    }
    within = {r: cohen(ratings, 0, 1) for r, ratings in again.items()}
    return RaterReport(
        raters,
        basis,
        counts_unsure,
        between,
        pairs,
        again,
        {r: found for r, found in within.items() if found.n},
        fleiss(between),
    )
