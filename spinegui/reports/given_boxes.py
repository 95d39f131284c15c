"""Two classifiers on the boxes that people drew: where they differ, and how good each is."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.bootstrap import draw_weights, estimate_change
from spinegui.domain.detection import ReviewState
from spinegui.domain.metrics import class_statistics
from spinegui.reports.comparison import Comparison, differences
from spinegui.reports.evaluation import evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from spinegui.domain.bootstrap import Estimate
    from spinegui.domain.predictions import Predictions
    from spinegui.reports.evaluation import ClassResult, Evaluation
    from spinegui.storage.exchange.coco import CocoDataset


def compare_given_boxes(
    dataset: CocoDataset,
    images_root: Path,
    before: Mapping[int, Predictions],
    after: Mapping[int, Predictions],
    *,
    seed: int = 0,
) -> Comparison:
    """Compare two models' classes of the accepted annotations, by position of their image.

    The predictions of an image are its accepted annotations, one by one and in their order, so none
    is gained or lost and nothing has to be matched. Raises as `comparison.compare` does.
    """
    old, new = (_evaluate(dataset, images_root, given, seed) for given in (before, after))
    relabelled = [differences(a, b)[2] for a, b in zip(old.images, new.images, strict=True)]
    return Comparison(
        before=old,
        after=new,
        gained=(),
        lost=(),
        relabelled=tuple(d for image in relabelled for d in image),
        changes=_changes(old, new),
    )


def classes_of(evaluation: Evaluation) -> ClassResult | None:
    """Return the classes of what was found, or where nothing was looked for, of the given boxes."""
    return evaluation.matched or evaluation.given_boxes


def _evaluate(
    dataset: CocoDataset, root: Path, given: Mapping[int, Predictions], seed: int
) -> Evaluation:
    """Return the evaluation of one model, with its answer to each annotation that counts."""
    by_image = dataset.by_image()
    accepted = [
        [a.id for a in by_image[image.id] if a.state is ReviewState.ACCEPTED]
        for image in dataset.images
    ]
    scores = {
        annotation: dict(zip(given[i].class_ids, map(float, row), strict=True))
        for i, ids in enumerate(accepted)
        for annotation, row in zip(ids, given[i].class_scores, strict=True)
    }
    found = evaluate(dataset, root, None, scores, seed=seed)
    images = []
    for i, result in enumerate(found.images):
        rows = np.array([accepted[i].index(a) for a in result.annotation_ids], np.int64)
        images.append(
            replace(result, predictions=given[i].take(rows), matched=np.arange(len(rows)))
        )
    return replace(found, images=tuple(images))


def _changes(old: Evaluation, new: Evaluation) -> dict[str, Estimate]:
    if old.given_boxes is None or new.given_boxes is None:
        return {}
    tables = old.given_boxes.table, new.given_boxes.table
    found = estimate_change(
        partial(class_statistics, tables[0]),
        partial(class_statistics, tables[1]),
        draw_weights(len(old.images), seed=old.seed),
        min(len(table.truth) for table in tables),
    )
    return {f"class/{name}": change for name, change in found.items()}
