"""A model measured against annotated images: which detections found what, and how good that is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from spinegui.domain.bootstrap import RESAMPLES, draw_weights, estimate
from spinegui.domain.matching import MatchBy
from spinegui.domain.metrics import (
    SCORE_CUT,
    ClassTable,
    DetectionTable,
    class_statistics,
    detection_statistics,
)
from spinegui.reports.image_results import image_results

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.domain.bootstrap import Estimate, Weights
    from spinegui.domain.predictions import Predictions
    from spinegui.reports.image_results import ImageResult
    from spinegui.storage.exchange.coco import CocoDataset
    from spinegui.storage.exchange.coco_values import Id


_Classes: TypeAlias = "tuple[ClassTable, NDArray[np.int64]]"


class EvaluationError(Exception):
    """Nothing can be measured; the text says what happened and what to do."""


@dataclass(frozen=True, eq=False)
class ClassResult:
    """How the model's classes compare with people's.

    `spine` (n,) int64 is, for each row of the table, the index of its spine in its image's truth.
    """

    table: ClassTable
    spine: NDArray[np.int64]
    figures: Mapping[str, Estimate]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """All figures. `detection`, `given_boxes` and `matched` are None where nothing tells them.

    `given_boxes` classifies the annotated boxes, `matched` the detections that found a spine.
    `left_out` counts spines of classes that the model does not know, `unlabelled` those whose class
    nobody said: both count for detection only.
    """

    images_root: Path
    match_by: MatchBy
    images: tuple[ImageResult, ...]
    table: DetectionTable | None
    detection: Mapping[str, Estimate] | None
    given_boxes: ClassResult | None
    matched: ClassResult | None
    left_out: Mapping[str, int]
    unlabelled: int
    models: tuple[str, ...]
    seed: int

    @property
    def n_spines(self) -> int:
        return sum(len(result.truth) for result in self.images)


def evaluate(
    dataset: CocoDataset,
    images_root: Path,
    predictions: Mapping[int, Predictions] | None,
    class_scores: Mapping[Id, Mapping[str, float]] | None = None,
    *,
    match_by: MatchBy = MatchBy.CENTER,
    seed: int = 0,
) -> Evaluation:
    """Measure predictions, by position of their image in the dataset, against its annotations.

    `class_scores` are a classifier's probabilities on the annotated boxes, by annotation id.
    Undecided and rejected annotations are no truth. Only what lies on the image's `roi_mask` and in
    its `reviewed_regions` counts. Raises EvaluationError, and CocoError or ImageReadError for a
    mask that cannot be read.
    """
    if predictions is not None and set(predictions) != set(range(len(dataset.images))):
        raise EvaluationError(
            "Some images were not searched for spines. Detect on all images, then evaluate again."
        )
    results = image_results(dataset, images_root, predictions, match_by)
    if not any(len(result.truth) for result in results):
        raise EvaluationError(
            "The dataset has no annotated spine that counts. Choose another dataset."
        )
    weights = draw_weights(len(results), resamples=RESAMPLES, seed=seed)
    table = detection_table(results) if predictions is not None else None
    given = _given_boxes(results, class_scores or {})
    matched = _matched(results)
    known = _known_labels(results, class_scores or {})
    labels = Counter(label for result in results for label in result.labels)
    return Evaluation(
        images_root=images_root,
        match_by=match_by,
        images=results,
        table=table,
        detection=None if table is None else _detection_figures(table, weights),
        given_boxes=_class_result(given, weights),
        matched=_class_result(matched, weights),
        left_out={x: n for x, n in labels.items() if known and x is not None and x not in known},
        unlabelled=labels[None],
        models=tuple(dict.fromkeys(p.model for p in (predictions or {}).values())),
        seed=seed,
    )


def _known_labels(
    results: Sequence[ImageResult], class_scores: Mapping[Id, Mapping[str, float]]
) -> tuple[str, ...]:
    """Return the model's label set, empty where it tells no classes."""
    given = tuple(next(iter(class_scores.values()), {}))
    return given or next((r.predictions.class_ids for r in results if r.predictions.class_ids), ())


def detection_table(results: Sequence[ImageResult]) -> DetectionTable:
    """Return all counted detections of all images as one table."""
    index = [np.full(len(r.matched), i, np.int64) for i, r in enumerate(results)]
    nothing = np.zeros(0)
    return DetectionTable(
        scores=np.concatenate([nothing, *(r.predictions.scores for r in results)]),
        is_match=np.concatenate([nothing, *(r.matched for r in results)]) >= 0
        if results
        else nothing.astype(np.bool_),
        image=np.concatenate([nothing.astype(np.int64), *index]),
        truths=np.array([len(r.truth) for r in results], np.int64),
    )


def matched_classes(results: Sequence[ImageResult]) -> ClassTable | None:
    """Return people's and the model's class of each detection at the cut that found a spine."""
    found = _matched(results)
    return found[0] if found else None


def _matched(results: Sequence[ImageResult]) -> _Classes | None:
    label_ids = _known_labels(results, {})
    rows = [
        (i, int(j), r.labels[j], r.predictions.class_scores[d])
        for i, r in enumerate(results)
        if r.predictions.class_ids == label_ids
        for d, j in enumerate(r.matched)
        if j >= 0 and r.is_kept[d]
    ]
    return _class_table(label_ids, rows, len(results))


def _given_boxes(
    results: Sequence[ImageResult], class_scores: Mapping[Id, Mapping[str, float]]
) -> _Classes | None:
    label_ids = _known_labels((), class_scores)
    rows = [
        (i, j, label, np.array([class_scores[a].get(x, 0.0) for x in label_ids]))
        for i, r in enumerate(results)
        for j, (a, label) in enumerate(zip(r.annotation_ids, r.labels, strict=True))
        if a in class_scores
    ]
    return _class_table(label_ids, rows, len(results))


def _class_table(
    label_ids: tuple[str, ...],
    rows: Iterable[tuple[int, int, str | None, NDArray[np.float64]]],
    n_images: int,
) -> _Classes | None:
    """Return the table of rows (image, spine, people's label, scores), and their spines."""
    known = [row for row in rows if row[2] in label_ids]
    if not known:
        return None
    table = ClassTable(
        label_ids=label_ids,
        truth=np.array([label_ids.index(str(label)) for _, _, label, _ in known], np.int64),
        scores=np.array([scores for *_, scores in known], np.float64),
        image=np.array([i for i, *_ in known], np.int64),
        n_images=n_images,
    )
    return table, np.array([spine for _, spine, *_ in known], np.int64)


def _detection_figures(table: DetectionTable, weights: Weights) -> dict[str, Estimate]:
    n_spines, n_found = int(table.truths.sum()), len(table.scores)
    kept = int((table.scores >= SCORE_CUT).sum())
    by_spines = ("ap", "recall", "f1", "best_f1", "best_recall", "best_cut", "count_error",
                 "count_bias")  # fmt: skip
    sizes = dict.fromkeys(by_spines, n_spines)
    sizes |= {"precision": kept, "brier": n_found, "calibration_error": n_found}
    sizes["best_precision"] = _kept_at_best(table)
    return estimate(partial(detection_statistics, table), weights, sizes)


def _kept_at_best(table: DetectionTable) -> int:
    once = np.ones((1, table.n_images))
    return int((table.scores >= detection_statistics(table, once)["best_cut"][0]).sum())


def _class_result(found: _Classes | None, weights: Weights) -> ClassResult | None:
    if found is None:
        return None
    table, spine = found
    names = ("accuracy", "balanced_accuracy", "kappa", "brier", "calibration_error")
    sizes = dict.fromkeys(names, len(table.truth))
    for i, label in enumerate(table.label_ids):
        meant = int((table.truth == i).sum())
        sizes |= {f"recall/{label}": meant, f"f1/{label}": meant}
        sizes[f"precision/{label}"] = int((table.predicted == i).sum())
    return ClassResult(table, spine, estimate(partial(class_statistics, table), weights, sizes))
