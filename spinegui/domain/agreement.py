"""How far raters agree beyond chance: Cohen's kappa for two, Fleiss' for all, with intervals.

Sources. Cohen, "A coefficient of agreement for nominal scales", Educ. Psychol. Meas. 20 (1960)
37-46. Fleiss, Cohen and Everitt, "Large sample standard errors of kappa and weighted kappa",
Psychol. Bull. 72 (1969) 323-327, eq. 13. Fleiss, "Measuring nominal scale agreement among many
raters", Psychol. Bull. 76 (1971) 378-382. Unequal numbers of ratings a spine: Gwet, "Handbook of
Inter-Rater Reliability", 4th ed. (2014), ch. 2. Agreement on one class: Dice's index, the
"proportion of specific agreement" of Fleiss, Biometrics 31 (1975) 651-659.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.bootstrap import draw_weights, ratio
from spinegui.domain.ratings import NONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from spinegui.domain.ratings import Ratings

    Array = NDArray[np.float64]

ENOUGH_IMAGES = 5
"""From so many images on, intervals come from resampling images. With fewer there is too little
to draw from, and spines are taken for independent: such an interval is too narrow."""
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far raters agree. `kappa` is None with nothing to compare, or where all said one class.

    `observed` is the share of (pairs of) ratings that agree; `error` the standard error for two
    raters who rate spines independently. `by_images` tells whether the 95 % interval comes from
    resampling images. `by_class` has for two raters the share that agree of what either gave that
    class, for many the kappa of that class against all others.
    """

    n: int
    n_images: int
    observed: float | None
    kappa: float | None
    low: float | None = None
    high: float | None = None
    error: float | None = None
    by_images: bool = False
    by_class: tuple[tuple[str, float | None], ...] = ()


def cross_table(ratings: Ratings, a: int, b: int) -> NDArray[np.int64]:
    """Return (k, k) counts of the spines that both labelled: rows what `a` said, columns `b`."""
    rows, said_a, said_b = ratings.pair(a, b)
    k = len(ratings.labels)
    table = np.zeros((k, k), np.int64)
    np.add.at(table, (said_a, said_b), 1)
    assert table.sum() == len(rows)
    return table


def cohen(ratings: Ratings, a: int, b: int) -> Agreement:
    """Return how far two raters agree, given by their columns."""
    rows, said_a, said_b = ratings.pair(a, b)
    images, image = np.unique(ratings.image[rows], return_inverse=True)
    k, n, n_images = len(ratings.labels), len(rows), len(images)
    if not n:
        return Agreement(0, 0, None, None)
    per_image = np.zeros((n_images, k, k))
    np.add.at(per_image, (image, said_a, said_b), 1)
    table = per_image.sum(axis=0)
    kappa = _or_none(cohen_kappa(table[None])[0])
    error = standard_error(table)
    low, high, by_images = None, None, n_images >= ENOUGH_IMAGES
    if kappa is not None and by_images:
        low, high = _interval(
            lambda w: cohen_kappa(np.tensordot(w, per_image, 1)), draw_weights(n_images)
        )
    elif kappa is not None and error is not None:
        low, high = max(-1.0, kappa - Z95 * error), min(1.0, kappa + Z95 * error)
    shares = ratio(2 * np.diag(table), table.sum(axis=0) + table.sum(axis=1))
    by_class = tuple(zip(ratings.labels, map(_or_none, shares), strict=True))
    observed = float(np.trace(table) / n)
    return Agreement(n, n_images, observed, kappa, low, high, error, by_images, by_class)


def cohen_kappa(tables: Array) -> Array:
    """Return Cohen's kappa (r,) of tables of counts (r, k, k); NaN where chance agreement is 1."""
    total = tables.sum(axis=(1, 2))
    observed = ratio(np.trace(tables, axis1=1, axis2=2), total)
    chance = ratio((tables.sum(axis=1) * tables.sum(axis=2)).sum(axis=1), total**2)
    return _beyond(observed, chance)


def standard_error(table: Array) -> float | None:
    """Return the large-sample standard error of Cohen's kappa of a table of counts (k, k).

    Fleiss, Cohen and Everitt 1969, eq. 13 with unit weights on the diagonal; None where kappa does
    not exist.
    """
    n = float(table.sum())
    p = table / n if n else table
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, chance = float(np.trace(p)), float(rows @ columns)
    if not n or np.isclose(chance, 1):
        return None
    # p_ij is weighed with how often the first says j and the second i: the margins swapped.
    margins = columns[:, None] + rows[None, :]
    on = np.diag(p) * ((1 - chance) - np.diag(margins) * (1 - observed)) ** 2
    off = (p * margins**2).sum() - (np.diag(p) * np.diag(margins) ** 2).sum()
    last = (observed * chance - 2 * chance + observed) ** 2
    variance = (on.sum() + (1 - observed) ** 2 * off - last) / (n * (1 - chance) ** 4)
    return float(np.sqrt(max(0.0, variance)))


def fleiss(ratings: Ratings) -> Agreement:
    """Return how far all raters agree on the spines that two or more of them labelled.

    The number of ratings may differ from spine to spine (`fleiss_kappa`).
    """
    k = len(ratings.labels)
    counts = (ratings.codes[:, :, None] == np.arange(k)).sum(axis=1).astype(np.float64)
    rated = (ratings.codes != NONE).sum(axis=1) >= 2
    counts = counts[rated]
    images, image = np.unique(ratings.image[rated], return_inverse=True)
    n, n_images = len(counts), len(images)
    if not n:
        return Agreement(0, 0, None, None)
    terms = _fleiss_terms(counts)
    kappa = _or_none(_fleiss_of(terms.sum(axis=0)[None])[0])
    by_images = n_images >= ENOUGH_IMAGES
    low = high = None
    if kappa is not None and n > 1:
        drawn = terms
        if by_images:
            drawn = np.zeros((n_images, terms.shape[1]))
            np.add.at(drawn, image, terms)
        low, high = _interval(lambda w: _fleiss_of(w @ drawn), draw_weights(len(drawn)))
    observed = float(_agreeing_pairs(counts).mean())
    by_class = tuple((ratings.labels[c], _one_against_all(counts, c)) for c in range(k))
    return Agreement(n, n_images, observed, kappa, low, high, None, by_images, by_class)


def _one_against_all(counts: Array, c: int) -> float | None:
    two = np.stack([counts[:, c], counts.sum(axis=1) - counts[:, c]], 1)
    return _or_none(fleiss_kappa(two))


def fleiss_kappa(counts: Array) -> float:
    """Return Fleiss' kappa of how many raters gave each spine each class (n, k).

    Every spine needs two ratings or more. With unequal numbers of them Gwet's generalisation is
    used: each spine counts once, with its share of agreeing pairs of ratings, and with its shares
    of the classes towards what chance would give. With equal numbers both are Fleiss' own
    formulae. NaN where chance agreement is 1.
    """
    return float(_fleiss_of(_fleiss_terms(counts).sum(axis=0)[None])[0])


def _fleiss_terms(counts: Array) -> Array:
    """Return what each spine adds (n, 2 + k): itself, its agreement, its shares of the classes."""
    shares = counts / counts.sum(axis=1, keepdims=True)
    return np.column_stack([np.ones(len(counts)), _agreeing_pairs(counts), shares])


def _fleiss_of(sums: Array) -> Array:
    """Return kappa (r,) from sums of terms (r, 2 + k)."""
    observed = ratio(sums[:, 1], sums[:, 0])
    overall = ratio(sums[:, 2:], sums[:, :1])
    return _beyond(observed, (overall**2).sum(axis=1))


def _agreeing_pairs(counts: Array) -> Array:
    """Return the share of pairs of ratings of each spine that agree (n,)."""
    ratings = counts.sum(axis=1)
    return np.asarray((counts * (counts - 1)).sum(axis=1) / (ratings * (ratings - 1)), np.float64)


def _beyond(observed: Array, chance: Array) -> Array:
    room = np.where(np.isclose(chance, 1), 0.0, 1 - chance)
    return ratio(observed - chance, room)


def _interval(
    statistic: Callable[[Array], Array], weights: Array
) -> tuple[float | None, float | None]:
    drawn = statistic(weights)
    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn):
        return None, None
    low, high = np.percentile(drawn, (2.5, 97.5))
    return float(low), float(high)


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
