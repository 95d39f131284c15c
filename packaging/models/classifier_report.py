"""Figures of the classifier: accuracies with intervals, confusion, calibration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from classifier_examples import (
    CLASSES,
    Samples,
    fitted_boxes,
    joined,
    meng,
    spines_of,
    true_boxes,
)

from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import FRAME, STACK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.backends.classical.class_model import ClassifierParameters

N_BOOTSTRAP = 1000
SCENES = {
    "frame 0.08 um": FRAME,
    "frame 0.12 um": replace(FRAME, width=320, height=320, pixel_um=0.12),
    "frame 0.15 um": replace(FRAME, width=256, height=256, pixel_um=0.15),
    "stack 0.10 um": STACK,
}


def figures(probabilities: NDArray[np.float64], samples: Samples) -> dict[str, Any]:
    """Return accuracy, balanced accuracy, kappa, per class recall and precision, calibration."""
    truth, guess = samples.labels, probabilities.argmax(axis=1)
    table = np.zeros((len(CLASSES), len(CLASSES)), int)
    np.add.at(table, (truth, guess), 1)
    rng = np.random.default_rng(0)
    names = np.unique(samples.images)
    where = {name: np.flatnonzero(samples.images == name) for name in names}
    draws = []
    for _ in range(N_BOOTSTRAP):
        index = np.concatenate([where[n] for n in rng.choice(names, len(names))])
        draws.append((_accuracy(truth[index], guess[index]), _balanced(truth[index], guess[index])))
    low, high = np.percentile(draws, [2.5, 97.5], axis=0)
    return {
        "n": len(truth),
        "n_images": len(names),
        "accuracy": [_accuracy(truth, guess), low[0], high[0]],
        "balanced_accuracy": [_balanced(truth, guess), low[1], high[1]],
        "recall": _per_class(table, axis=1),
        "precision": _per_class(table, axis=0),
        "brier": float(((probabilities - samples.one_hot) ** 2).sum(axis=1).mean()),
        "calibration_error": _calibration_error(probabilities, truth),
        "confusion": table.tolist(),
    }


def _accuracy(truth: NDArray[np.int64], guess: NDArray[np.int64]) -> float:
    return float((truth == guess).mean())


def _balanced(truth: NDArray[np.int64], guess: NDArray[np.int64]) -> float:
    return float(np.mean([(guess[truth == c] == c).mean() for c in np.unique(truth)]))


def _per_class(table: NDArray[np.int64], axis: int) -> dict[str, float | None]:
    totals = table.sum(axis=axis)
    return {
        label: float(table[i, i] / totals[i]) if totals[i] else None
        for i, label in enumerate(CLASSES)
    }


def _calibration_error(probabilities: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """Return the mean gap between confidence and accuracy over ten bins of confidence."""
    top, hit = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    bins = np.minimum((top * 10).astype(int), 9)
    gaps = [
        abs(top[bins == b].mean() - hit[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(np.sum(gaps))


def validation_report(model: ClassifierParameters, data: Path) -> dict[str, Any]:
    """Return the figures on the val split: given boxes, and boxes jittered by ±15 %, five times."""
    given = meng(data, "val", "given")
    shaken = joined(meng(data, "val", "jittered", seed) for seed in range(20, 25))
    raw = joined(meng(data, "val", "raw", seed) for seed in range(30, 33))
    parts = {"given": given, "jittered": shaken, "raw_background": raw}
    return {name: figures(model.probabilities(part.features), part) for name, part in parts.items()}


def cross_validation(
    people: list[Samples],
    made: Samples,
    data: Path,
    out_of_fold: Callable[[list[Samples], Samples, list[Samples]], list[NDArray[np.float64]]],
) -> dict[str, Any]:
    """Return the figures of series-grouped cross-validation over train and val together."""
    kinds = (("given", 0), ("varied", 1), ("varied", 2), ("raw", 4))
    chosen = [people[0], people[1], people[2], people[4]]
    both = [
        joined([part, meng(data, "val", kind, seed)])
        for part, (kind, seed) in zip(chosen, kinds, strict=True)
    ]
    (found,) = out_of_fold(both, made, [both[0]])
    return figures(found, both[0])


def synthetic_report(model: ClassifierParameters) -> dict[str, Any]:
    """Return the figures on synthetic images of usual class mix that no fit has seen."""
    result = {}
    for k, (name, scene) in enumerate(SCENES.items()):
        rng = np.random.default_rng(k)
        images = [make_image(9000 + 10 * k + i, scene) for i in range(4)]
        images = [image for image in images if image.visible]
        for boxes in ("true", "fitted"):
            found_boxes = [
                true_boxes(im) if boxes == "true" else fitted_boxes(im, rng) for im in images
            ]
            pairs = list(zip(images, found_boxes, strict=True))
            for known in (True, False):
                part = joined(spines_of(im, given, known=known) for im, given in pairs)
                scale = "calibrated" if known else "uncalibrated"
                found = figures(model.probabilities(part.features), part)
                result[f"{name}, {boxes} boxes, {scale}"] = found
    return result
