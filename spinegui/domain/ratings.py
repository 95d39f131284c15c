"""What each rater said of each spine, as one table; which votes count in it is a choice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.detection import How
from spinegui.domain.labels import UNSURE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from spinegui.domain.annotation import Annotation
    from spinegui.domain.detection import Detection, Vote

NONE = -1
"""In `Ratings.codes`: this rater said nothing of this spine."""


class Basis(StrEnum):
    """Which votes count."""

    HAND = "hand"
    """Classes that raters named, whether or not they saw others' labels."""
    BLIND = "blind"
    """Classes named in blind sessions: independent of each other, as a paper wants them."""
    ALL = "all"
    """Accepted labels of a model too, which agree with each other because the model said them."""


@dataclass(frozen=True, eq=False)
class Ratings:
    """A table of spines by raters.

    `spines` (n) are (image id, detection id); `codes` (n, raters) int64 are indices into `labels`,
    or NONE; `image` (n,) int64 numbers the image of each spine from 0.
    """

    spines: tuple[tuple[str, str], ...]
    raters: tuple[str, ...]
    labels: tuple[str, ...]
    codes: NDArray[np.int64]
    image: NDArray[np.int64]

    def pair(self, a: int, b: int) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows that both raters labelled (m,), and what each of them said (m,)."""
        rows = np.flatnonzero((self.codes[:, a] != NONE) & (self.codes[:, b] != NONE))
        return rows, self.codes[rows, a], self.codes[rows, b]


def counts(vote: Vote, basis: Basis) -> bool:
    """Tell whether a vote counts on that basis."""
    if basis is Basis.BLIND:
        return vote.is_blind
    return basis is Basis.ALL or vote.how is How.HAND


def raters_of(annotations: Iterable[Annotation]) -> tuple[str, ...]:
    """Return everybody who voted, by name."""
    found = {v.rater for a in annotations for d in a.detections.values() for v in d.votes}
    return tuple(sorted(found, key=str.casefold))


def ratings_between(
    annotations: Mapping[str, Annotation],
    label_ids: Iterable[str],
    *,
    basis: Basis = Basis.HAND,
    counts_unsure: bool = False,
) -> Ratings:
    """Return each rater's latest label, of those that count, of every spine that has one.

    "Unsure" is left out, as if the rater had not been asked, unless `counts_unsure` makes it a
    class of its own: leaving it out asks how raters agree where they commit themselves. Rejected
    detections are no spines. `label_ids` gives the order of the classes; others follow by name.
    """

    def said(d: Detection) -> dict[str, str]:
        latest: dict[str, Vote] = {}
        for vote in d.votes:
            is_older = vote.rater in latest and vote.at < latest[vote.rater].at
            if counts(vote, basis) and not is_older:
                latest[vote.rater] = vote
        return {rater: vote.label for rater, vote in latest.items()}

    return _table(annotations, label_ids, said, counts_unsure=counts_unsure)


def ratings_within(
    annotations: Mapping[str, Annotation],
    label_ids: Iterable[str],
    rater: str,
    *,
    basis: Basis = Basis.HAND,
    counts_unsure: bool = False,
) -> Ratings:
    """Return one rater's label of their latest blind session and the one before it.

    The columns are "before" and "again". The one before is their latest label by hand from before
    that session, in the open or blind; with the basis BLIND it was given blind too. An accepted
    label is no earlier judgement of the rater's own and never counts here.
    """
    own = Basis.BLIND if basis is Basis.BLIND else Basis.HAND

    def said(d: Detection) -> dict[str, str]:
        votes = [v for v in d.votes if v.rater == rater and v.how is How.HAND]
        again = max((v for v in votes if v.is_blind), key=lambda v: v.session, default=None)
        if again is None:
            return {}
        earlier = [v for v in votes if v.at < again.session and counts(v, own)]
        if not earlier:
            return {}
        return {"before": max(earlier, key=lambda v: v.at).label, "again": again.label}

    raters = ("before", "again")
    return _table(annotations, label_ids, said, counts_unsure=counts_unsure, raters=raters)


def _table(
    annotations: Mapping[str, Annotation],
    label_ids: Iterable[str],
    said: _Said,
    *,
    counts_unsure: bool,
    raters: tuple[str, ...] = (),
) -> Ratings:
    spines: list[tuple[str, str]] = []
    rows: list[dict[str, str]] = []
    for image_id, annotation in annotations.items():
        for d in annotation.visible():
            found = said(d)
            if not counts_unsure:
                found = {rater: label for rater, label in found.items() if label != UNSURE.id}
            if found:
                spines.append((image_id, d.id))
                rows.append(found)
    raters = raters or tuple(sorted({r for row in rows for r in row}, key=str.casefold))
    used = {label for row in rows for label in row.values()}
    labels = [label for label in (*label_ids, UNSURE.id) if label in used]
    labels += sorted(used - set(labels))
    codes = np.full((len(rows), len(raters)), NONE, np.int64)
    for i, row in enumerate(rows):
        for rater, label in row.items():
            codes[i, raters.index(rater)] = labels.index(label)
    ids = {image_id: number for number, image_id in enumerate(dict(spines))}
    image = np.array([ids[image_id] for image_id, _ in spines], np.int64)
    return Ratings(tuple(spines), raters, tuple(labels), codes, image)


if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    _Said: TypeAlias = Callable[[Detection], dict[str, str]]
