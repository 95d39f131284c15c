"""Retraining the detector on a person's decisions, with the parent's fit as a Gaussian prior."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.logistic import fit_map
from spinegui.backends.classical.working import working_image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from spinegui.backends.base import Frame
    from spinegui.backends.classical.detector import ClassicalDetector
    from spinegui.backends.classical.logistic import Logistic
    from spinegui.backends.classical.parameters import DetectorParameters, Opinions
    from spinegui.domain.geometry import Box
    from spinegui.storage.training_values import TrainingImage

PRECISION = 100.0
BIAS_PRECISION = 30.0
"""How firmly weights and bias stay: one over the variance of their share of the log odds. Chosen
with TRUSTED_AFTER for a base that never saw real frames and learns from one to ten of them, tested
on frames of other experiments and on what it knew before: at 30 it learns a little more and forgets
nearly twice as much. tests/benchmarks/learning_loop.py measures both."""

TRUSTED_AFTER = 4.0
"""From about this many images on, what they taught is believed more than half. Images differ as
wholes, in density, depth and annotator's mood: the hundreds of candidates of one of them all lean
to one side, so that one image is one opinion and no hundred."""

_COUNT_AFTER = 10.0
"""From about this many images on, the cut at 0.5 is made to count as many spines as people did: in
a hard field, where no candidate is certain, probabilities alone would count too few."""

_COUNT_SHIFT = 0.8
_FOLDS = 8

_HOLD = 8.0
"""Each picked decision is balanced by undecided detections of this weight that keep the parent's
opinion: without them a handful of accepted spines would teach that everything is one."""

_DEEP_SLICES = 3.0
_NEAR_HEADS = 0.8
"""A detection means a spine where it lies in its box, which may be tight, or this near its head."""


@dataclass(frozen=True, eq=False)
class Decisions:
    """What people decided about the detections of one image.

    inputs (n, k) of the final regression, targets (n,) 1 for a spine and 0 for none. `is_sampled`
    (n,) is True where the person looked at everything around; the other decisions were picked, so
    they say what a spine looks like and nothing about how common spines are. `open_inputs` (m, k)
    and `open_scores` (m,) are the undecided detections with the parent's opinion of them.
    """

    is_stack: bool
    inputs: NDArray[np.float64]
    targets: NDArray[np.float64]
    is_sampled: NDArray[np.bool_]
    open_inputs: NDArray[np.float64]
    open_scores: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.targets)


def decisions_on(
    detector: ClassicalDetector,
    frame: Frame,
    image: TrainingImage,
    roi: NDArray[np.bool_] | None = None,
) -> Decisions:
    """Return the detections of an image that a person confirmed, rejected or passed over.

    A spine that the detector missed is measured where the person put it. What nobody looked at, and
    all outside `roi` (Y, X), is left out.
    """
    head_px = detector.head_px(frame)
    working = working_image(frame, head=head_px)
    deep, ratios = working.is_stack, (1.0, working.ratio_y, working.ratio_x)
    heads = np.array([_place(p.box, p.z, p.head, is_stack=deep) for p in image.positives]).reshape(
        -1, 3
    )
    judged = detector.judge(working, also=heads[~np.isnan(heads[:, 0])] * ratios)
    points = judged.points / ratios
    seen = _looked_at(points, image, roi, is_stack=deep)
    targets = np.where(seen, 0.0, np.nan)
    for rejected in image.negatives:
        centre = _place(rejected.box, rejected.z, None, is_stack=deep)
        targets[_agrees(points, rejected.box, centre, head_px)] = 0.0
    agreeing = [
        _agrees(points, p.box, head, head_px)
        for p, head in zip(image.positives, heads, strict=True)
    ]
    _give_spines(targets, points, heads, np.array(agreeing).reshape(-1, len(points)), judged.scores)
    told = ~np.isnan(targets)
    return Decisions(
        deep,
        judged.inputs[told],
        targets[told],
        seen[told],
        open_inputs=judged.inputs[~told],
        open_scores=judged.scores[~told],
    )


def _looked_at(
    points: NDArray[np.float64],
    image: TrainingImage,
    roi: NDArray[np.bool_] | None,
    *,
    is_stack: bool,
) -> NDArray[np.bool_]:
    """Tell for each point z, y, x (image px) whether a person looked there."""
    seen = np.array(
        [image.covers(float(x), float(y), float(z) if is_stack else None) for z, y, x in points],
        bool,
    )
    if roi is not None:
        rows = np.clip(points[:, 1].astype(int), 0, roi.shape[0] - 1)
        columns = np.clip(points[:, 2].astype(int), 0, roi.shape[1] - 1)
        seen &= roi[rows, columns]
    return seen


def _give_spines(
    targets: NDArray[np.float64],
    points: NDArray[np.float64],
    heads: NDArray[np.float64],
    agreeing: NDArray[np.bool_],
    scores: NDArray[np.float64],
) -> None:
    """Mark detections, best first, that find a spine of their own; others near one may be either.

    agreeing (spines, points) tells which could be which; `targets` is changed in place.
    """
    free = np.ones(len(heads), bool)
    for i in np.argsort(-scores, kind="stable"):
        if not agreeing[:, i].any():
            continue
        mine = np.flatnonzero(agreeing[:, i] & free)
        targets[i] = 1.0 if len(mine) else np.nan
        if len(mine):
            gaps = np.hypot(*(heads[mine, 1:] - points[i, 1:]).T)
            free[mine[gaps.argmin()]] = False


def _place(
    box: Box, z: float | None, head: tuple[float, float, float] | None, *, is_stack: bool
) -> NDArray[np.float64]:
    """Return z, y, x of a head; z is NaN where a stack's spine was drawn without one."""
    x, y = box.center if head is None else head[:2]
    if not is_stack:
        return np.array([0.0, y, x])
    return np.array([np.nan if z is None else z, y, x])


def _agrees(
    points: NDArray[np.float64], box: Box, head: NDArray[np.float64], head_px: float
) -> NDArray[np.bool_]:
    """Tell which points z, y, x (image px) lie in a box or within a head's width of its head."""
    inside = (points[:, 2] >= box.x0) & (points[:, 2] < box.x1)
    inside &= (points[:, 1] >= box.y0) & (points[:, 1] < box.y1)
    near = np.hypot(points[:, 1] - head[1], points[:, 2] - head[2]) <= _NEAR_HEADS * head_px
    # NaN: nobody said the slice, so any will do.
    deep = ~(np.abs(points[:, 0] - head[0]) > _DEEP_SLICES)
    result: NDArray[np.bool_] = (inside | near) & deep
    return result


def refit_detector(
    parameters: DetectorParameters, decisions: Sequence[Decisions]
) -> DetectorParameters:
    """Return the parameters most probable after these decisions.

    Few images leave the parent's fit nearly as it is, many overrule it. Planes and stacks learn
    from their own kind only.
    """
    plane = _refit(parameters.plane, [d for d in decisions if not d.is_stack])
    stack = _refit(parameters.stack, [d for d in decisions if d.is_stack])
    return replace(parameters, plane=plane, stack=stack)


def _refit(opinions: Opinions, decisions: Sequence[Decisions]) -> Opinions:
    decisions = [d for d in decisions if len(d)]
    if not decisions:
        return opinions
    final, logits = _fitted(opinions, decisions), _unseen(opinions, decisions)
    y = np.concatenate([d.targets for d in decisions])
    sampled = np.concatenate([d.is_sampled for d in decisions])
    n_looked_at = sum(bool(d.is_sampled.any()) for d in decisions)
    counting = _counting_right(final, logits[sampled], y[sampled], n_looked_at)
    return replace(opinions, final=counting)


def _fitted(opinions: Opinions, decisions: Sequence[Decisions]) -> Logistic:
    """Return the most probable regression, as far as so few or so many images are to be trusted."""
    told = sum(len(d) for d in decisions)
    picked = sum(int((~d.is_sampled).sum()) for d in decisions)
    undecided = np.concatenate([d.open_scores for d in decisions])
    hold = min(1.0, _HOLD * picked / max(len(undecided), 1))
    most_probable = fit_map(
        np.concatenate([d.inputs for d in decisions] + [d.open_inputs for d in decisions]),
        np.concatenate([*(d.targets for d in decisions), undecided]),
        prior=opinions.final,
        precision=np.append(PRECISION * opinions.spread**2, BIAS_PRECISION),
        sample_weights=np.concatenate([np.ones(told), np.full(len(undecided), hold)]),
    )
    share = len(decisions) / (len(decisions) + TRUSTED_AFTER)
    return opinions.final.towards(most_probable, share)


def _unseen(opinions: Opinions, decisions: Sequence[Decisions]) -> NDArray[np.float64]:
    """Return the log odds each image gets from a fit to the others; one alone, from its own."""
    if len(decisions) == 1:
        return _fitted(opinions, decisions).logits(decisions[0].inputs)
    n_folds = min(len(decisions), _FOLDS)
    logits = [np.zeros(0)] * len(decisions)
    for fold in range(n_folds):
        others = [d for i, d in enumerate(decisions) if i % n_folds != fold]
        fitted = _fitted(opinions, others)
        for i in range(fold, len(decisions), n_folds):
            logits[i] = fitted.logits(decisions[i].inputs)
    return np.concatenate(logits)


def _counting_right(
    final: Logistic, unseen: NDArray[np.float64], y: NDArray[np.float64], n_images: int
) -> Logistic:
    """Return the regression shifted towards as many scores above 0.5 as there are spines.

    `unseen` (n,) are log odds that do not know the decisions `y` (n,), on so many images, that
    they are held against.
    """
    spines = round(float(y.sum()))
    if not 0 < spines < len(y):
        return final
    logits = np.sort(unseen)[::-1]
    cut = float(np.clip((logits[spines - 1] + logits[spines]) / 2, -_COUNT_SHIFT, _COUNT_SHIFT))
    return final.rescaled(1.0, -cut * n_images / (n_images + _COUNT_AFTER))
