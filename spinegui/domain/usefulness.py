"""Which spine a person should look at next: the one whose answer teaches most.

Usefulness is a product of three doubts, each from 0 to 1:

- of the detector: the entropy of its score, H(s) = -s log2 s - (1-s) log2(1-s) (Shannon 1948);
- of the classifier: one minus the margin between its two likeliest classes, 1 - (p1 - p2) (margin
  sampling, Scheffer et al. 2001);
- unlikeness to what was chosen before: greedy re-ranking by maximal marginal relevance (Carbonell
  and Goldstein 1998), where likeness fades with the number of choices since, so that no two of a
  kind follow one another at the end of the queue either.

What no model said anything about is as uncertain as can be: that factor is 1.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from spinegui.domain.detection import Detection

LIKENESS_WEIGHT = 0.9
"""A twin of the one chosen just before keeps a tenth of its usefulness."""
HALF_LIFE = 30
"""After so many choices, the likeness to one of them counts half."""
LIKE_WITHIN = 0.5
"""Two spines further apart than this, in the units of `_features`, are nothing like each other."""
CLOSE_CLASSES = 0.4
"""From this doubt of the classifier on, it is a reason to look: p1 - p2 is at most 0.6."""
UNSURE_SCORE = 0.72
"""From this entropy on, the score is a reason to look: it lies between 0.2 and 0.8."""
IMAGE_STEP = 0.15
UNLIKE = 0.25
"""A spine whose likeness to the few hundred before it stays below this is unlike them."""
IN_SIGHT = 640
"""The next is chosen among so many of the most useful that are left."""
REFILL = 256
_LEAST = 1e-3


class Order(StrEnum):
    """In which order a queue is walked."""

    USEFUL = "useful"
    """The most useful first."""
    SCORE = "score"
    """The least certain score first."""
    PLACE = "place"
    """Image by image, left to right."""
    IMAGE = "image"
    """Image by image, in each the most useful first."""


class Why(StrEnum):
    """What a reason is about."""

    CLASSES = "classes"
    """The two likeliest classes are close."""
    SCORE = "score"
    """The score is near the middle: perhaps no spine at all."""
    UNLIKE = "unlike"
    """The few hundred before it in the queue are not like it, and that brought it forward."""
    NO_SCORE = "no_score"
    NO_CLASSES = "no_classes"
    CERTAIN = "certain"
    """None of these: the model is sure of it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a spine stands where it stands, with the numbers: classes with shares, or the score."""

    why: Why
    classes: tuple[tuple[str, float], ...] = ()
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """One spine of a queue; `reasons` begins with what brought it forward most."""

    detection: Detection
    usefulness: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class _Pool:
    """The spines as parallel arrays of length n; `doubt` and `closeness` from 0 to 1."""

    detections: tuple[Detection, ...]
    scores: NDArray[np.float64]
    """NaN where no model gave one."""
    shares: NDArray[np.float64]
    """(n, k) of the classes, rows that add up to 1, or all 0 where no model spoke."""
    class_ids: tuple[str, ...]
    doubt: NDArray[np.float64]
    closeness: NDArray[np.float64]

    @property
    def usefulness(self) -> NDArray[np.float64]:
        return np.maximum(self.doubt * self.closeness, _LEAST)

    def take(self, index: NDArray[np.intp]) -> _Pool:
        chosen = tuple(self.detections[i] for i in index.tolist())
        return _Pool(
            chosen, self.scores[index], self.shares[index], self.class_ids, self.doubt[index],
            self.closeness[index],
        )  # fmt: skip


def rank(
    detections: Iterable[Detection], order: Order = Order.USEFUL, images: Sequence[str] = ()
) -> list[Ranked]:
    """Return the spines in that order, each with its reasons; the same for any order of input.

    `images` are the ids in the project's order; those that it lacks come last.
    """
    pool = _pool(detections)
    if not pool.detections:
        return []
    if order is Order.USEFUL:
        return _most_useful(pool)
    at = {image: i for i, image in enumerate(images)}
    number = np.array([at.get(d.image_id, len(at)) for d in pool.detections])
    if order is Order.SCORE:
        return _told(pool, np.argsort(-pool.doubt, kind="stable"))
    if order is Order.PLACE:
        centers = np.array([d.box.center for d in pool.detections])
        return _told(pool, np.lexsort((centers[:, 1], centers[:, 0], number)))
    by_image: dict[tuple[int, str], list[int]] = defaultdict(list)
    for i, detection in enumerate(pool.detections):
        by_image[int(number[i]), detection.image_id].append(i)
    return [r for key in sorted(by_image) for r in _most_useful(pool.take(np.array(by_image[key])))]


def _pool(detections: Iterable[Detection]) -> _Pool:
    """Return the spines by descending usefulness, ties by id: so that no input order matters."""
    given = sorted(detections, key=lambda d: d.id)
    scores = np.array([np.nan if d.score is None else d.score for d in given], np.float64)
    class_ids = tuple(sorted({name for d in given for name, _ in d.class_scores}))
    column = {name: i for i, name in enumerate(class_ids)}
    shares = np.zeros((len(given), len(class_ids)))
    for row, detection in enumerate(given):
        for name, share in detection.class_scores:
            shares[row, column[name]] = share
    shares = np.clip(np.nan_to_num(shares), 0, None)
    total = shares.sum(axis=1, keepdims=True)
    shares = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    pool = _Pool(tuple(given), scores, shares, class_ids, _doubt(scores), _closeness(shares))
    return pool.take(np.argsort(-pool.usefulness, kind="stable"))


def _doubt(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the entropy (n,) of scores (n,) in bits: 1 at 0.5, 0 at 0 and 1, 1 where unknown."""
    s = np.clip(np.nan_to_num(scores, nan=0.5), 1e-12, 1 - 1e-12)
    result: NDArray[np.float64] = -s * np.log2(s) - (1 - s) * np.log2(1 - s)
    return result


def _closeness(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 - (p1 - p2) (n,) of shares (n, k), 1 where no model spoke."""
    if shares.shape[1] == 0:
        return np.ones(len(shares))
    if shares.shape[1] == 1:
        shares = np.pad(shares, ((0, 0), (0, 1)))
    second, first = np.partition(shares, -2, axis=1)[:, -2:].T
    return np.where(first > 0, 1 - (first - second), 1.0)


def _features(pool: _Pool) -> NDArray[np.float32]:
    """Return what two spines are alike in (n, d), 1 apart where nothing of it is alike any more.

    Shares, score, size and aspect of the box, and the image. A half in a share or in the score
    counts as much as an octave in size or a bit more in aspect; each digit in which the binary
    numbers of two images differ counts as `IMAGE_STEP`.
    """
    sizes = np.array([(d.box.width, d.box.height) for d in pool.detections])
    octaves = 0.5 * np.log2(sizes).sum(axis=1)
    aspect = np.log2(sizes[:, 0] / sizes[:, 1])
    score = np.nan_to_num(pool.scores, nan=0.5)
    image = np.unique([d.image_id for d in pool.detections], return_inverse=True)[1]
    digits = image[:, None] >> np.arange(int(image.max()).bit_length()) & 1
    columns = (
        pool.shares, score[:, None], 0.5 * octaves[:, None], 0.35 * aspect[:, None],
        IMAGE_STEP * digits,
    )  # fmt: skip
    result: NDArray[np.float32] = (np.column_stack(columns) / LIKE_WITHIN).astype(np.float32)
    return result


def _most_useful(pool: _Pool) -> list[Ranked]:
    """Choose one after the other the most useful that is least like those chosen before."""
    n = len(pool.detections)
    useful = pool.usefulness.astype(np.float32)
    sight = _Sight(_features(pool))
    chosen = np.zeros(n, np.intp)
    unlike, most_alike = np.ones(n), np.zeros(n)
    worth, of_sight = sight.like, useful
    for turn in range(n):
        if turn % REFILL == 0:
            sight.refill(chosen[:turn])
            worth, of_sight = np.empty_like(sight.like), useful[sight.index]
        np.multiply(sight.like, np.float32(-LIKENESS_WEIGHT), out=worth)
        worth += 1
        worth *= of_sight
        at = int(worth.argmax())
        chosen[turn] = sight.index[at]
        unlike[turn], most_alike[turn] = 1 - LIKENESS_WEIGHT * sight.like[at], sight.lately[at]
        of_sight[at] = -1
        sight.pass_over(at)
    was_brought_forward = chosen > np.arange(n)
    is_unlike = was_brought_forward & (most_alike < UNLIKE) & (np.arange(n) > 0)
    return _told(pool, chosen, unlike=unlike, is_unlike=is_unlike)


class _Sight:
    """The most useful spines that are left, with how much each is like those chosen before.

    Choosing among `IN_SIGHT` of them, not among all, lets the time grow with n and not with n². The
    likeness of two spines is 1 - d² of their features (n, d), at least 0.
    """

    def __init__(self, features: NDArray[np.float32]) -> None:
        squares = np.einsum("ij,ij->i", features, features)[:, None]
        one = np.ones_like(squares)
        # 1 - |a - b|² = 2 a·b - |a|² + (1 - |b|²): one product of a matrix and a vector.
        self._sides = np.concatenate((2 * features, -squares, one), axis=1)
        self._probes = np.concatenate((features, one, 1 - squares), axis=1)
        self._next = 0
        self._fade = np.float32(0.5 ** (1 / HALF_LIFE))
        self.index = np.zeros(0, np.intp)
        """Which spines are in sight (m,)."""
        self.like = np.zeros(0, np.float32)
        """How much each is like those chosen before (m,), fading with every choice since."""
        self.lately = np.zeros(0, np.float32)
        """The same (m,), not fading, over at least the last `REFILL` chosen."""
        self._is_left = np.zeros(0, np.bool_)

    def refill(self, chosen: NDArray[np.intp]) -> None:
        """Let those that were chosen go, and take the next in."""
        new = np.arange(self._next, min(self._next + self._room(), len(self._sides)))
        self._next += len(new)
        likeness = np.zeros((len(new), 1), np.float32)
        fading = likeness
        if len(chosen):
            last = chosen[-REFILL:]
            # Not `@`: for so small a product, waking the threads behind it takes the longest.
            likeness = np.einsum("ij,kj->ik", self._sides[new], self._probes[last])
            likeness = np.maximum(likeness, 0)
            fading = likeness * self._fade ** np.arange(len(last), dtype=np.float32)[::-1]
        left = self._is_left
        self.index = np.concatenate((self.index[left], new))
        self.like = np.concatenate((self.like[left], fading.max(axis=1)))
        self.lately = np.concatenate((self.lately[left], likeness.max(axis=1)))
        self._is_left = np.ones(len(self.index), np.bool_)
        self._in_sight = self._sides[self.index]
        self._now = np.empty_like(self.like)

    def _room(self) -> int:
        return IN_SIGHT - int(np.count_nonzero(self._is_left))

    def pass_over(self, at: int) -> None:
        """Take note that the spine at that place in sight was chosen."""
        self._is_left[at] = False
        np.dot(self._in_sight, self._probes[self.index[at]], out=self._now)
        self.like *= self._fade
        np.maximum(self.like, self._now, out=self.like)
        np.maximum(self.lately, self._now, out=self.lately)


def _told(
    pool: _Pool,
    index: NDArray[np.intp],
    *,
    unlike: NDArray[np.float64] | None = None,
    is_unlike: NDArray[np.bool_] | None = None,
) -> list[Ranked]:
    """Return the spines in that order with their reasons.

    Reasons come by how far each factor lies above the middle of the pool: what is high for all of
    them brought none of them forward.
    """
    ordered = pool.take(index)
    unlike = np.ones(len(index)) if unlike is None else unlike
    factors = np.column_stack([ordered.closeness, ordered.doubt, unlike])
    lift = factors / (np.median(factors, axis=0) + 0.05)
    worth = (ordered.usefulness * unlike).tolist()
    ways = np.argsort(-lift, axis=1, kind="stable").tolist()
    says_unlike = [False] * len(index) if is_unlike is None else is_unlike.tolist()
    return [
        Ranked(detection, worth[i], _reasons(ordered, i, ways[i], says_unlike=says_unlike[i]))
        for i, detection in enumerate(ordered.detections)
    ]


def _reasons(pool: _Pool, i: int, ways: Sequence[int], *, says_unlike: bool) -> tuple[Reason, ...]:
    score = pool.detections[i].score
    classes = tuple(sorted(pool.detections[i].class_scores, key=lambda pair: -pair[1])[:2])
    found: dict[int, Reason] = {}
    if not classes:
        found[0] = Reason(Why.NO_CLASSES)
    elif pool.closeness[i] >= CLOSE_CLASSES:
        found[0] = Reason(Why.CLASSES, classes=classes)
    if score is None:
        found[1] = Reason(Why.NO_SCORE)
    elif pool.doubt[i] >= UNSURE_SCORE:
        found[1] = Reason(Why.SCORE, score=score)
    if says_unlike:
        found[2] = Reason(Why.UNLIKE)
    if not found:
        return (Reason(Why.CERTAIN, classes=classes[:1], score=score),)
    return tuple(found[way] for way in ways if way in found)
