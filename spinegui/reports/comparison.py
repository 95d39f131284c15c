"""Two models on the same held-out images: what the new one gained, lost and labels otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.bootstrap import draw_weights, estimate_change
from spinegui.domain.geometry import Box
from spinegui.domain.matching import MatchBy, MatchRule, Spines, match
from spinegui.domain.metrics import class_statistics, detection_statistics
from spinegui.domain.predictions import SAME_SPINE_IOU
from spinegui.reports.evaluation import evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.domain.bootstrap import Estimate
    from spinegui.domain.predictions import Predictions
    from spinegui.reports.evaluation import Evaluation
    from spinegui.reports.image_results import ImageResult
    from spinegui.storage.exchange.coco import CocoDataset
    from spinegui.storage.exchange.coco_values import Id


@dataclass(frozen=True, slots=True)
class Answer:
    """What one model says at one place."""

    score: float
    label: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where two models disagree at the cut.

    `is_spine` tells whether people annotated a spine there and `truth` its label, None where nobody
    said; `before` or `after` is None where that model finds nothing.
    """

    image_id: Id
    box: Box
    z: float | None
    is_spine: bool
    truth: str | None
    before: Answer | None
    after: Answer | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """How a new model differs from the one before it.

    `changes` are after minus before, by the names of `domain.metrics` and, for classes on matched
    detections, `class/NAME`; their intervals are paired by image.
    """

    before: Evaluation
    after: Evaluation
    gained: tuple[Difference, ...]
    lost: tuple[Difference, ...]
    relabelled: tuple[Difference, ...]
    changes: Mapping[str, Estimate]


def compare(
    dataset: CocoDataset,
    images_root: Path,
    before: Mapping[int, Predictions],
    after: Mapping[int, Predictions],
    *,
    match_by: MatchBy = MatchBy.CENTER,
    seed: int = 0,
) -> Comparison:
    """Compare the predictions of two models, by position of their image in the dataset.

    The images must be held out from both. Raises EvaluationError where there is nothing to measure,
    and what reading a mask raises.
    """
    old, new = (
        evaluate(dataset, images_root, predictions, match_by=match_by, seed=seed)
        for predictions in (before, after)
    )
    found = [differences(a, b) for a, b in zip(old.images, new.images, strict=True)]
    gained, lost, relabelled = (
        tuple(d for image in found for d in image[kind]) for kind in range(3)
    )
    return Comparison(old, new, gained, lost, relabelled, _changes(old, new, seed))


def _changes(old: Evaluation, new: Evaluation, seed: int) -> dict[str, Estimate]:
    assert old.table is not None
    assert new.table is not None
    weights = draw_weights(len(old.images), seed=seed)
    changes = estimate_change(
        partial(detection_statistics, old.table),
        partial(detection_statistics, new.table),
        weights,
        old.n_spines,
    )
    if old.matched is not None and new.matched is not None:
        tables = old.matched.table, new.matched.table
        of_classes = estimate_change(
            partial(class_statistics, tables[0]),
            partial(class_statistics, tables[1]),
            weights,
            min(len(table.truth) for table in tables),
        )
        changes |= {f"class/{name}": e for name, e in of_classes.items()}
    return changes


def differences(
    old: ImageResult, new: ImageResult
) -> tuple[list[Difference], list[Difference], list[Difference]]:
    """Return what the new model gained, lost and relabelled on one image."""
    old_kept, new_kept = np.flatnonzero(old.is_kept), np.flatnonzero(new.is_kept)
    partner = _pairs(old, new, old_kept, new_kept)
    gained = [
        _difference(new, int(i), None, _answer(new, int(i)))
        for i, j in zip(new_kept, partner, strict=True)
        if j < 0
    ]
    lost = [
        _difference(old, int(j), _answer(old, int(j)), None)
        for j in np.setdiff1d(old_kept, partner)
    ]
    relabelled = []
    for i, j in zip(new_kept, partner, strict=True):
        if j >= 0:
            said = _answer(old, int(j)), _answer(new, int(i))
            if said[0].label != said[1].label:
                relabelled.append(_difference(new, int(i), *said))
    return gained, lost, relabelled


def _pairs(
    old: ImageResult,
    new: ImageResult,
    old_kept: NDArray[np.int64],
    new_kept: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return for each kept new detection the old one that means the same spine, or -1."""
    partner = np.full(len(new_kept), -1, np.int64)
    by_overlap = MatchRule(MatchBy.IOU, min_iou=SAME_SPINE_IOU)
    for rule in (by_overlap, MatchRule(MatchBy.CENTER, near_slices=True)):
        left_new = np.flatnonzero(partner < 0)
        left_old = np.setdiff1d(old_kept, partner)
        found = match(
            _spines(new, new_kept[left_new]),
            new.predictions.scores[new_kept[left_new]],
            _spines(old, left_old),
            rule,
        )
        partner[left_new[found >= 0]] = left_old[found[found >= 0]]
    return partner


def _spines(result: ImageResult, index: NDArray[np.int64]) -> Spines:
    return Spines.build(result.predictions.boxes[index], result.predictions.z[index])


def _answer(result: ImageResult, i: int) -> Answer:
    p = result.predictions
    label = p.class_ids[int(np.argmax(p.class_scores[i]))] if p.class_ids else None
    return Answer(float(p.scores[i]), label)


def _difference(
    result: ImageResult, i: int, before: Answer | None, after: Answer | None
) -> Difference:
    j, z = int(result.matched[i]), float(result.predictions.z[i])
    x0, y0, x1, y1 = (float(v) for v in result.predictions.boxes[i])
    return Difference(
        image_id=result.image.id,
        box=Box(x0, y0, x1, y1),
        z=None if np.isnan(z) else z,
        is_spine=j >= 0,
        truth=result.labels[j] if j >= 0 else None,
        before=before,
        after=after,
    )
