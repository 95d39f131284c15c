"""Chooses slope and shift of spinegui/backends/classical/cut_out.py on the Meng `train` split.

python packaging/models/fit_cut_out.py --data DATA prints them, with how well spines are found.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import Frame
from spinegui.backends.classical import cut_out
from spinegui.backends.classical.detector import ClassicalDetector
from spinegui.imaging.opening import open_image
from spinegui.reports.evaluation import detection_table, evaluate
from spinegui.storage.exchange.coco import read_coco
from spinegui.storage.resources import resource

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.domain.predictions import Predictions


class Quiet:
    """A reporter that nobody listens to."""

    def progress(self, *_said: object) -> None: ...
    def check_cancelled(self) -> None: ...


def detect(path: Path) -> Predictions:
    """Detect as on any image, without the calibration for cut-out ones."""
    cut_out.SLOPE, cut_out.SHIFT = 1.0, 0.0
    detector = ClassicalDetector.load(resource("models/classical"))
    with open_image(path) as source:
        frame = Frame(np.array(source.volume()), None)
    return detector.detect(frame, min_score=0.001, reporter=Quiet())  # type: ignore[arg-type]


def calibration(scores: NDArray[np.float64], hits: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and shift of a logistic regression of hits on the log odds of scores."""
    from sklearn.linear_model import LogisticRegression

    safe = np.clip(scores, 1e-6, 1 - 1e-6)
    logits = np.log(safe / (1 - safe))[:, None]
    fitted = LogisticRegression(C=1e6).fit(logits, hits)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    root = parser.parse_args().data / "meng_classes"
    dataset = read_coco(root / "train.json")
    with ProcessPoolExecutor(2) as pool:
        found = pool.map(detect, [root / image.pixels for image in dataset.images])
        result = evaluate(dataset, root, dict(enumerate(found)))
    assert result.detection is not None
    for name in ("ap", "best_f1", "best_cut", "f1"):
        print(f"{name} {result.detection[name].value:.3f}")
    table = detection_table(result.images)
    slope, shift = calibration(table.scores, table.is_match)
    print(f"slope {slope:.2f}, shift {shift:.2f}")


if __name__ == "__main__":
    main()
