"""Agreement between raters, against the worked examples of the papers that define it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.agreement import (
    ENOUGH_IMAGES,
    cohen,
    cohen_kappa,
    cross_table,
    fleiss,
    fleiss_kappa,
    standard_error,
)
from spinegui.domain.ratings import NONE, Ratings

COHEN_1960 = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]], float)
"""Cohen 1960, table 2, as counts of 200: kappa .492."""
FLEISS_COHEN_EVERITT_1969 = np.array([[106, 10, 4], [22, 28, 10], [2, 12, 6]], float)
"""Fleiss, Cohen and Everitt 1969, table 1, as counts of 200: kappa .429, its variance .002885."""
FLEISS_1971 = np.array([
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0],
    [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6],
    [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1],
    [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3],
    [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0], [1, 0, 0, 4, 1],
    [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
], float)  # fmt: skip
"""Fleiss 1971, table 1: thirty patients, six psychiatrists each, five diagnoses: kappa .430."""


def table(codes, images=None, labels=4) -> Ratings:
    """Ratings of (n, raters) codes; every spine on an image of its own unless told."""
    codes = np.asarray(codes, np.int64)
    n, raters = codes.shape
    return Ratings(
        tuple(("i", f"{i}") for i in range(n)),
        tuple(f"rater {r}" for r in range(raters)),
        tuple(f"class {c}" for c in range(labels)),
        codes,
        np.arange(n) if images is None else np.asarray(images, np.int64),
    )


def from_cross(counts: np.ndarray) -> Ratings:
    """Two raters whose cross table that is, all on one image."""
    pairs = [(i, j) for (i, j), n in np.ndenumerate(counts) for _ in range(int(n))]
    return table(pairs, images=[0] * len(pairs), labels=len(counts))


def from_counts(counts: np.ndarray) -> Ratings:
    """As many raters as the fullest spine has; who said what is not known and does not matter."""
    said = [np.repeat(np.arange(len(row)), row.astype(int)) for row in counts]
    width = max(map(len, said))
    codes = [[*row, *[NONE] * (width - len(row))] for row in said]
    return table(codes, labels=counts.shape[1])


def test_that_cohen_s_example_has_cohen_s_kappa():
    found = cohen(from_cross(COHEN_1960), 0, 1)
    assert (found.n, found.observed) == (200, pytest.approx(0.70))
    assert found.kappa == pytest.approx(0.492, abs=5e-4)


def test_that_the_standard_error_is_that_of_the_paper():
    found = cohen(from_cross(FLEISS_COHEN_EVERITT_1969), 0, 1)
    assert found.kappa == pytest.approx(0.429, abs=5e-4)
    assert found.error**2 == pytest.approx(0.002885, abs=5e-7)
    assert not found.by_images, "on one image spines are all there is to draw from"
    assert (found.low, found.high) == (
        pytest.approx(0.323, abs=1e-3),
        pytest.approx(0.534, abs=1e-3),
    )


def test_that_fleiss_s_psychiatrists_agree_as_fleiss_says():
    found = fleiss(from_counts(FLEISS_1971))
    assert (found.n, found.observed) == (30, pytest.approx(0.556, abs=5e-4))
    assert found.kappa == pytest.approx(0.430, abs=5e-4)
    assert [value for _, value in found.by_class] == pytest.approx(
        [0.245, 0.245, 0.520, 0.471, 0.566], abs=5e-4
    )
    assert found.low < found.kappa < found.high


def test_that_spines_with_one_rating_do_not_count_and_others_count_by_their_own_number():
    # Two spines rated by three, one by two, one by one. By hand: agreeing pairs 1, 1/3 and 0;
    # shares of class 0: 1, 2/3, 1/2, so chance is (13/18)^2 + (5/18)^2.
    codes = [[0, 0, 0], [0, 0, 1], [0, 1, NONE], [1, NONE, NONE]]
    found = fleiss(table(codes, labels=2))
    observed, chance = (1 + 1 / 3 + 0) / 3, (13 / 18) ** 2 + (5 / 18) ** 2
    assert found.n == 3
    assert found.kappa == pytest.approx((observed - chance) / (1 - chance))


def test_that_agreement_on_a_class_is_what_both_call_so_of_what_either_does():
    found = cohen(from_cross(COHEN_1960), 0, 1)
    assert found.by_class[0][1] == pytest.approx(2 * 88 / (120 + 100))


def test_that_where_all_say_one_class_there_is_no_kappa():
    found = cohen(table([[1, 1]] * 5), 0, 1)
    assert (found.n, found.observed, found.kappa, found.low) == (5, 1.0, None, None)
    everybody = fleiss(table([[1, 1, 1]] * 5))
    assert (everybody.observed, everybody.kappa) == (1.0, None)


def test_that_raters_without_a_common_spine_have_nothing_to_compare():
    ratings = table([[0, NONE], [NONE, 1]])
    assert (cohen(ratings, 0, 1).n, cohen(ratings, 0, 1).kappa) == (0, None)
    assert fleiss(ratings).n == 0
    nobody = table(np.zeros((0, 0)), labels=0)
    assert fleiss(nobody).kappa is None


def test_that_with_images_enough_the_interval_comes_from_resampling_them():
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 3, 200)
    noisy = np.where(rng.random(200) < 0.3, rng.integers(0, 3, 200), truth)
    both = np.stack([truth, noisy], 1)
    many = cohen(table(both, images=np.arange(200) // 20), 0, 1)
    few = cohen(table(both, images=np.arange(200) % (ENOUGH_IMAGES - 1)), 0, 1)
    assert (many.by_images, many.n_images, few.by_images) == (True, 10, False)
    assert many.low < many.kappa < many.high
    assert few.kappa == pytest.approx(many.kappa)


codes = st.lists(st.tuples(*[st.integers(-1, 3)] * 3), min_size=2, max_size=30)


@given(codes, st.permutations(range(4)))
def test_that_the_names_of_the_classes_do_not_matter(rows, order):
    order = np.array([*order, NONE])
    before, after = table(rows), table(order[np.array(rows)])
    for ask in (lambda r: cohen(r, 0, 1), fleiss):
        assert ask(after).kappa == approx_or_none(ask(before).kappa)
        assert ask(after).observed == approx_or_none(ask(before).observed)


@given(codes)
def test_that_the_order_of_the_raters_does_not_matter(rows):
    ratings, turned = table(rows), table(np.array(rows)[:, ::-1])
    assert cohen(turned, 0, 1).kappa == approx_or_none(cohen(ratings, 2, 1).kappa)
    assert cohen(ratings, 0, 1).kappa == approx_or_none(cohen(ratings, 1, 0).kappa)
    assert (cross_table(ratings, 0, 1) == cross_table(ratings, 1, 0).T).all()
    assert fleiss(turned).kappa == approx_or_none(fleiss(ratings).kappa)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=30).filter(lambda said: len(set(said)) > 1))
def test_that_raters_who_always_agree_have_a_kappa_of_one(said):
    ratings = table(np.array([said] * 3).T)
    assert cohen(ratings, 0, 2).kappa == pytest.approx(1)
    assert fleiss(ratings).kappa == pytest.approx(1)
    assert cohen(ratings, 0, 2).high == pytest.approx(1)


@given(codes)
def test_that_intervals_hold_within_the_bounds_of_kappa(rows):
    for found in (cohen(table(rows), 0, 1), fleiss(table(rows))):
        if found.low is not None:
            assert -1 <= found.low <= found.high <= 1 + 1e-9


def approx_or_none(value):
    return None if value is None else pytest.approx(value, abs=1e-12)


def test_that_scikit_learn_and_we_agree():
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(7)
    for _ in range(20):
        a, b = rng.integers(0, 4, (2, 50))
        counts = np.zeros((1, 4, 4))
        np.add.at(counts, (0, a, b), 1)
        assert cohen_kappa(counts)[0] == pytest.approx(metrics.cohen_kappa_score(a, b))


def test_that_two_raters_with_the_same_habits_have_nearly_the_same_fleiss_and_cohen():
    counts = np.zeros((6, 2))
    counts[:3, 0] = counts[3:5, 1] = 2
    counts[5] = 1
    pairs = [[0, 0]] * 3 + [[1, 1]] * 2 + [[0, 1]]
    two = cohen(table(pairs, labels=2), 0, 1).kappa
    assert fleiss_kappa(counts) == pytest.approx(two, abs=0.02)


def test_that_an_empty_table_has_no_error():
    assert standard_error(np.zeros((2, 2))) is None
