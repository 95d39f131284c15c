"""How good detections and class labels are: every figure a function of image weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.bootstrap import ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.domain.bootstrap import Weights

SCORE_CUT = 0.5
CALIBRATION_BINS = 10
# Resamples are handled in blocks of at most this many numbers, 64 MB each.
_BLOCK = 8_000_000


@dataclass(frozen=True, eq=False)
class DetectionTable:
    """All counted detections of all images, and how many spines each image has.

    scores (n,) float64; is_match (n,) bool, whether it found a spine; image (n,) int64, the index
    of its image; truths (images,) int64, annotated spines of each image.
    """

    scores: NDArray[np.float64]
    is_match: NDArray[np.bool_]
    image: NDArray[np.int64]
    truths: NDArray[np.int64]

    @property
    def n_images(self) -> int:
        return len(self.truths)


@dataclass(frozen=True, eq=False)
class ClassTable:
    """The class of spines according to people and to a model.

    truth (n,) int64, index into `label_ids`; scores (n, k) float64 probabilities; image (n,) int64.
    """

    label_ids: tuple[str, ...]
    truth: NDArray[np.int64]
    scores: NDArray[np.float64]
    image: NDArray[np.int64]
    n_images: int

    @property
    def predicted(self) -> NDArray[np.int64]:
        """The most likely class of each (n,)."""
        return np.asarray(np.argmax(self.scores, axis=1), np.int64)

    def confusion(self) -> NDArray[np.int64]:
        """Return the (k, k) counts: rows are people's labels, columns the model's."""
        return np.asarray(self.confusion_per_image().sum(axis=0), np.int64)

    def confusion_per_image(self) -> NDArray[np.float64]:
        """Return the same by image (images, k, k)."""
        k = len(self.label_ids)
        counts = np.zeros((self.n_images, k, k))
        np.add.at(counts, (self.image, self.truth, self.predicted), 1)
        return counts


def precision_recall(
    table: DetectionTable, weights: Weights
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the cuts (c,), best first, and precision and recall (r, c) at each of them.

    Detections of one score stand or fall together.
    """
    order = np.argsort(-table.scores, kind="stable")
    scores, image = table.scores[order], table.image[order]
    last = np.flatnonzero(np.append(scores[1:] != scores[:-1], True)[: len(scores)])
    weight = weights[:, image]
    true = np.cumsum(weight * table.is_match[order], axis=1)[:, last]
    found = np.cumsum(weight, axis=1)[:, last]
    spines = (weights @ table.truths)[:, None]
    return scores[last], ratio(true, found), ratio(true, spines)


def detection_statistics(table: DetectionTable, weights: Weights) -> dict[str, NDArray[np.float64]]:
    """Return every figure of detection (r,) by name, for weights (r, images).

    Names: ap, precision, recall, f1, best_f1, best_precision, best_recall, best_cut, count_error,
    count_bias, brier, calibration_error.

    AP is the area under the precision-recall curve with precision made monotone (every cut counts,
    not 101 of them). `count_error` is the mean over images of |found - annotated|, `count_bias`
    (found - annotated) / annotated over all, both at a cut of 0.5. Calibration is over all
    detections.
    """
    step = max(1, _BLOCK // max(1, len(table.scores)))
    blocks = [_curve(table, weights[i : i + step]) for i in range(0, len(weights), step)]
    result = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    return result | _at_cut(table, weights) | _calibration_of_detections(table, weights)


def _curve(table: DetectionTable, weights: Weights) -> dict[str, NDArray[np.float64]]:
    spines = weights @ table.truths
    if len(table.scores) == 0:
        nothing = np.where(spines > 0, 0.0, np.nan)
        unknown = np.full(len(weights), np.nan)
        at_best = dict.fromkeys(("best_precision", "best_recall", "best_cut"), unknown)
        return {"ap": nothing, "best_f1": nothing, **at_best}
    cuts, precision, recall = precision_recall(table, weights)
    known = np.nan_to_num(precision)
    envelope = np.maximum.accumulate(known[:, ::-1], axis=1)[:, ::-1]
    gained = np.diff(recall, axis=1, prepend=0.0)
    f1 = np.nan_to_num(ratio(2 * known * recall, known + recall))
    best = np.argmax(f1, axis=1)
    has_spines = spines > 0
    # Where nothing found is a spine, no cut is better than another.
    has_best = has_spines & (f1.max(axis=1) > 0)
    rows = np.arange(len(f1))
    return {
        "ap": np.where(has_spines, (envelope * gained).sum(axis=1), np.nan),
        "best_f1": np.where(has_spines, f1[rows, best], np.nan),
        "best_precision": np.where(has_best, precision[rows, best], np.nan),
        "best_recall": np.where(has_best, recall[rows, best], np.nan),
        "best_cut": np.where(has_best, cuts[best], np.nan),
    }


def _at_cut(table: DetectionTable, weights: Weights) -> dict[str, NDArray[np.float64]]:
    above = table.scores >= SCORE_CUT
    n = table.n_images
    found = np.bincount(table.image[above], minlength=n).astype(np.float64)
    true = np.bincount(table.image[above & table.is_match], minlength=n).astype(np.float64)
    spines = table.truths.astype(np.float64)
    all_true, all_found, all_spines = weights @ true, weights @ found, weights @ spines
    return {
        "precision": ratio(all_true, all_found),
        "recall": ratio(all_true, all_spines),
        "f1": ratio(2 * all_true, all_found + all_spines),
        "count_error": ratio(weights @ np.abs(found - spines), weights.sum(axis=1)),
        "count_bias": ratio(all_found - all_spines, all_spines),
    }


def _calibration_of_detections(
    table: DetectionTable, weights: Weights
) -> dict[str, NDArray[np.float64]]:
    error = (table.scores - table.is_match) ** 2
    return {
        "brier": _mean(error, table.image, weights),
        "calibration_error": calibration_error(
            table.scores, table.is_match, image=table.image, weights=weights
        ),
    }


def class_statistics(table: ClassTable, weights: Weights) -> dict[str, NDArray[np.float64]]:
    """Return every figure of class labels (r,) by name, for weights (r, images).

    Names: accuracy, balanced_accuracy, kappa, brier, calibration_error, and for each class
    precision/ID, recall/ID and f1/ID.

    Balanced accuracy is the mean recall of the classes that occur; kappa is Cohen's. The Brier
    score sums over classes (0 to 2); calibration is that of the most likely class.
    """
    k = len(table.label_ids)
    per_image = table.confusion_per_image().reshape(table.n_images, k * k)
    confusion = (weights @ per_image).reshape(-1, k, k)
    total = confusion.sum(axis=(1, 2))
    right = np.diagonal(confusion, axis1=1, axis2=2)
    said, meant = confusion.sum(axis=1), confusion.sum(axis=2)
    accuracy = ratio(right.sum(axis=1), total)
    chance = ratio((said * meant).sum(axis=1), total**2)
    recall, precision = ratio(right, meant), ratio(right, said)
    f1 = ratio(2 * right, said + meant)
    result = {
        "accuracy": accuracy,
        "balanced_accuracy": ratio(np.nansum(recall, axis=1), (meant > 0).sum(axis=1) * 1.0),
        "kappa": ratio(accuracy - chance, 1 - chance),
        **_calibration_of_classes(table, weights),
    }
    for i, label in enumerate(table.label_ids):
        result[f"precision/{label}"] = precision[:, i]
        result[f"recall/{label}"] = recall[:, i]
        result[f"f1/{label}"] = f1[:, i]
    return result


def _calibration_of_classes(table: ClassTable, weights: Weights) -> dict[str, NDArray[np.float64]]:
    meant = np.eye(len(table.label_ids))[table.truth]
    error = ((table.scores - meant) ** 2).sum(axis=1)
    return {
        "brier": _mean(error, table.image, weights),
        "calibration_error": calibration_error(
            table.scores.max(axis=1, initial=0.0),
            table.predicted == table.truth,
            image=table.image,
            weights=weights,
        ),
    }


def _mean(
    values: NDArray[np.float64], image: NDArray[np.int64], weights: Weights
) -> NDArray[np.float64]:
    n = weights.shape[1]
    total = weights @ np.bincount(image, weights=values, minlength=n)
    return ratio(total, weights @ np.bincount(image, minlength=n).astype(np.float64))


def bin_of(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the calibration bin of each score: ten of equal width, 1.0 in the last."""
    bins = np.floor(scores * CALIBRATION_BINS).astype(np.int64)
    return np.clip(bins, 0, CALIBRATION_BINS - 1)


def calibration_error(
    scores: NDArray[np.float64],
    is_right: NDArray[np.bool_],
    *,
    image: NDArray[np.int64],
    weights: Weights,
) -> NDArray[np.float64]:
    """Return the expected calibration error (r,).

    The gap between the mean score and the share that was right, averaged over ten bins by size.
    """
    n = weights.shape[1]
    cell = image * CALIBRATION_BINS + bin_of(scores)
    size = n * CALIBRATION_BINS
    gap = np.bincount(cell, weights=scores - is_right, minlength=size)
    count = np.bincount(cell, minlength=size).astype(np.float64)
    gaps = weights @ gap.reshape(n, CALIBRATION_BINS)
    return ratio(np.abs(gaps).sum(axis=1), weights @ count.reshape(n, CALIBRATION_BINS).sum(axis=1))
