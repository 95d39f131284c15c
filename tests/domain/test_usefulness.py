"""Usefulness: the doubtful and the unlike come first, the same every time, with true reasons."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinegui.domain.detection import Detection, Origin, ReviewState
from spinegui.domain.geometry import Box
from spinegui.domain.usefulness import (
    CLOSE_CLASSES,
    UNSURE_SCORE,
    Order,
    Ranked,
    Reason,
    Why,
    rank,
)
from tests.support.items import detections

BOX = Box(10, 10, 30, 34)
pools = st.lists(detections(), max_size=12, unique_by=lambda d: d.id)


def spine(
    name: str,
    score: float | None = 0.6,
    shares: dict[str, float] | None = None,
    box: Box = BOX,
    image: str = "image",
) -> Detection:
    return Detection(
        id=name,
        image_id=image,
        box=box,
        origin=Origin.MODEL,
        state=ReviewState.PREDICTED,
        score=score,
        class_scores=tuple((shares or {}).items()),
    )


def names(ranked: list[Ranked]) -> list[str]:
    return [r.detection.id for r in ranked]


def reasons(found: Detection, *others: Detection) -> tuple[Reason, ...]:
    return next(r.reasons for r in rank([found, *others]) if r.detection is found)


def entropy(score: float) -> float:
    return -sum(p * math.log2(p) for p in (score, 1 - score) if p > 0)


def test_that_nothing_ranks_to_nothing() -> None:
    assert [rank([], order) for order in Order] == [[]] * len(Order)


def test_that_close_classes_at_a_middling_score_come_first() -> None:
    torn = {"thin": 0.48, "filopodia": 0.44, "stubby": 0.08}
    sure = {"thin": 0.97, "filopodia": 0.03}
    given_ = [
        spine("sure", 0.95, sure),
        spine("torn, likely a spine", 0.95, torn),
        spine("torn, maybe none", 0.5, torn),
        spine("sure, maybe none", 0.5, sure),
    ]
    assert names(rank(given_))[0] == "torn, maybe none"
    assert names(rank(given_))[-1] == "sure"


@settings(max_examples=25)
@given(pools, st.randoms(use_true_random=False), st.sampled_from(Order))
def test_that_the_order_depends_on_the_spines_alone(pool, random, order) -> None:
    shuffled = list(pool)
    random.shuffle(shuffled)
    images = ["image"]
    assert rank(shuffled, order, images) == rank(pool, order, images)
    assert sorted(names(rank(pool, order, images))) == sorted(d.id for d in pool)


@settings(max_examples=25)
@given(pools)
def test_that_each_reason_is_true(pool) -> None:
    for ranked in rank(pool):
        detection = ranked.detection
        shares = sorted((p for _, p in detection.class_scores), reverse=True)
        assert ranked.reasons
        for reason in ranked.reasons:
            if reason.why is Why.NO_CLASSES:
                assert not detection.class_scores
            elif reason.why is Why.NO_SCORE:
                assert detection.score is None
            elif reason.why is Why.SCORE:
                assert entropy(reason.score) >= UNSURE_SCORE
                assert reason.score == detection.score
            elif reason.why is Why.CLASSES:
                total = sum(shares) or 1.0
                margin = (shares[0] - shares[1]) / total if sum(shares) else 0.0
                assert 1 - margin >= CLOSE_CLASSES - 1e-6
                assert [p for _, p in reason.classes] == shares[:2]


def test_that_the_strongest_reason_comes_first() -> None:
    others = [spine(f"plain {i}", 0.9, {"thin": 0.9, "stubby": 0.1}) for i in range(9)]
    both = {"thin": 0.5, "filopodia": 0.45, "stubby": 0.05}
    torn = spine("torn", 0.75, both)
    middling = spine("middling", 0.5, {"thin": 0.79, "stubby": 0.21})
    assert [r.why for r in reasons(torn, *others)][:1] == [Why.CLASSES]
    assert [r.why for r in reasons(middling, *others)][:1] == [Why.SCORE]
    assert reasons(torn, *others)[0].classes == (("thin", 0.5), ("filopodia", 0.45))


def test_that_a_model_that_is_sure_is_no_reason_and_says_so() -> None:
    assert reasons(spine("sure", 0.99, {"thin": 0.98, "stubby": 0.02})) == (
        Reason(Why.CERTAIN, classes=(("thin", 0.98),), score=0.99),
    )


def test_that_what_no_model_spoke_about_is_as_doubtful_as_can_be() -> None:
    unknown = spine("unknown", None)
    sure = spine("sure", 0.99, {"thin": 0.98, "stubby": 0.02})
    assert names(rank([sure, unknown])) == ["unknown", "sure"]
    assert {r.why for r in reasons(unknown, sure)} == {Why.NO_SCORE, Why.NO_CLASSES}


def twins(name: str, n: int, label: str, size: float) -> list[Detection]:
    box = Box(0, 0, size, size)
    return [spine(f"{name}{i}", 0.5, {label: 0.6, "stubby": 0.4}, box) for i in range(n)]


def test_that_twins_do_not_follow_one_another_while_there_are_others() -> None:
    order = names(rank([*twins("a", 6, "thin", 12), *twins("b", 6, "mushroom", 40)]))
    assert all(first[0] != second[0] for first, second in pairwise(order))


def test_that_a_few_unlike_the_many_are_spread_among_them() -> None:
    """They come early, not one after the other, and say that they are unlike the others."""
    many, few = twins("many", 60, "thin", 12), twins("few", 3, "mushroom", 40)
    for detection in few:
        object.__setattr__(detection, "score", 0.6)  # a little less useful by themselves
    ranked = rank([*many, *few])
    places = [i for i, r in enumerate(ranked) if r.detection.id.startswith("few")]
    assert places[0] <= 2
    assert all(b - a > 1 for a, b in pairwise(places))
    assert Why.UNLIKE in {reason.why for reason in ranked[places[0]].reasons}


def test_that_neighbours_in_the_order_are_less_alike_than_by_doubt_alone() -> None:
    rng = np.random.default_rng(0)
    pool = []
    for i in range(400):
        centre = rng.integers(4)
        shares = np.full(4, 0.05)
        shares[centre] = 0.5 + 0.02 * rng.random()
        shares[(centre + 1) % 4] = 0.4
        labels = ("mushroom", "thin", "stubby", "filopodia")
        size = 12 * 1.5 ** int(centre)
        pool.append(
            spine(
                f"{i:03}",
                0.5 + 0.1 * rng.random(),
                dict(zip(labels, shares, strict=True)),
                Box(0, 0, size, size),
            )
        )

    def same_kind(order: list[Detection]) -> float:
        return float(
            np.mean([a.model_label == b.model_label for a, b in pairwise(order)], dtype=float)
        )

    by_doubt = sorted(pool, key=lambda d: -entropy(d.score or 0))
    assert same_kind([r.detection for r in rank(pool)]) < 0.5 * same_kind(by_doubt)


def test_that_more_than_are_in_sight_at_once_all_come_once() -> None:
    rng = np.random.default_rng(1)
    pool = [
        spine(f"{i:05}", float(rng.random()), {"thin": p, "stubby": 1 - p})
        for i, p in enumerate(rng.random(1500).tolist())
    ]
    assert sorted(names(rank(pool))) == [d.id for d in pool]


def test_that_by_place_images_follow_the_project_and_spines_the_x_axis() -> None:
    right, left = Box(90, 0, 100, 10), Box(0, 50, 10, 60)
    pool = [
        spine("b right", box=right, image="b"),
        spine("a right", box=right, image="a"),
        spine("a left", box=left, image="a"),
    ]
    assert names(rank(pool, Order.PLACE, ["b", "a"])) == ["b right", "a left", "a right"]


def test_that_by_image_the_most_useful_of_each_image_comes_first() -> None:
    pool = [
        spine("b sure", 0.99, image="b"),
        spine("b doubtful", 0.5, image="b"),
        spine("a sure", 0.99, image="a"),
        spine("elsewhere", 0.5, image="unknown"),
    ]
    assert names(rank(pool, Order.IMAGE, ["a", "b"])) == [
        "a sure", "b doubtful", "b sure", "elsewhere",
    ]  # fmt: skip


def test_that_by_score_the_middle_comes_first() -> None:
    scores = {"sure": 0.99, "none": 0.1, "middle": 0.52}
    pool = [spine(name, score) for name, score in scores.items()]
    assert names(rank(pool, Order.SCORE)) == ["middle", "none", "sure"]


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_that_a_score_at_either_end_breaks_nothing(score: float) -> None:
    assert names(rank([spine("one", score, {"thin": 1.0}), spine("two", score)]))
