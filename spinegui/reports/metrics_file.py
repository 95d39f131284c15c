"""The figures of an evaluation as the JSON object of metrics.json, and what each of them means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.domain.bootstrap import RESAMPLES
from spinegui.domain.metrics import SCORE_CUT

if TYPE_CHECKING:
    from spinegui.reports.evaluation import ClassResult, Evaluation
    from spinegui.reports.provenance import Provenance

DETECTION_ROWS = {
    "ap": ("Average precision", "area under the precision-recall curve"),
    "precision": ("Precision", "of the detections from 0.5 up, the share that are spines"),
    "recall": ("Recall", "of the spines, the share found from 0.5 up"),
    "f1": ("F1", "both in one, at the cut of 0.5"),
    "best_f1": ("Best F1", "at the cut that would have been best here"),
    "best_precision": (
        "Precision at the best cut",
        "the share of detections that are spines there",
    ),
    "best_recall": ("Recall at the best cut", "the share of spines found there"),
    "best_cut": ("Best cut", "that cut"),
    "count_error": ("Count error", "mean of |found − annotated| an image, in spines"),
    "count_bias": ("Count bias", "(found − annotated) / annotated over all images"),
    "brier": ("Brier score", "mean squared error of the score; lower is better"),
    "calibration_error": ("Calibration error", "mean gap between score and truth; lower is better"),
}
CLASS_ROWS = {
    "accuracy": ("Accuracy", "share of labels that agree with people's"),
    "balanced_accuracy": ("Balanced accuracy", "mean recall of the classes that occur"),
    "kappa": ("Cohen's kappa", "agreement beyond chance"),
    "brier": ("Brier score", "squared error over classes, 0 to 2; lower is better"),
    "calibration_error": ("Calibration error", "of the most likely class; lower is better"),
}


def metrics_json(evaluation: Evaluation, provenance: Provenance | None = None) -> dict[str, object]:
    """Return every figure with its interval and n, as the JSON object of metrics.json."""
    found = evaluation.detection
    classes = {"given_boxes": evaluation.given_boxes, "matched": evaluation.matched}
    return {
        "format": 1,
        "models": list(evaluation.models),
        "n_images": len(evaluation.images),
        "n_spines": evaluation.n_spines,
        "match": str(evaluation.match_by),
        "score_cut": SCORE_CUT,
        "bootstrap": {"resamples": RESAMPLES, "over": "images", "seed": evaluation.seed},
        "detection": {k: e.to_json() for k, e in found.items()} if found else None,
        "classification": {
            name: _class_json(result) if result else None for name, result in classes.items()
        },
        "left_out": dict(evaluation.left_out),
        "unlabelled": evaluation.unlabelled,
        "provenance": provenance.to_json() if provenance else None,
    }


def _class_json(result: ClassResult) -> dict[str, object]:
    labels = result.table.label_ids
    return {
        **{name: result.figures[name].to_json() for name in CLASS_ROWS},
        "per_class": {
            label: {
                name: result.figures[f"{name}/{label}"].to_json()
                for name in ("precision", "recall", "f1")
            }
            for label in labels
        },
        "confusion": {"labels": list(labels), "counts": result.table.confusion().tolist()},
    }
