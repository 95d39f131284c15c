from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from spinegui.backends.yolo_nas.detector import YoloNasDetector
from spinegui.storage.model_store import ModelStore
from tests.backends.detection import Silent, frame_of, hits, scene

if TYPE_CHECKING:
    from spinegui.domain.predictions import Predictions


@pytest.fixture
def detector() -> YoloNasDetector:
    models = [m for m in ModelStore().list() if m.shipped and m.backend == "yolo_nas"]
    if not models:
        pytest.skip("no YOLO-NAS model is shipped")
    return YoloNasDetector.load(models[0].folder)


def detect(detector: YoloNasDetector, seed: int, *, stack: bool = False) -> Predictions:
    return detector.detect(frame_of(scene(seed, stack=stack)), min_score=0.5, reporter=Silent())


def test_that_most_spines_of_a_synthetic_frame_are_found(detector):
    found, image = detect(detector, 1), scene(1)
    right = len(hits(image, found))
    assert right >= 0.7 * len(image.visible)
    assert right >= 0.7 * len(found)


def test_that_most_spines_of_a_synthetic_stack_are_found_in_their_slice(detector):
    found, image = detect(detector, 1, stack=True), scene(1, stack=True)
    pairs = hits(image, found)
    assert len(pairs) >= 0.7 * len(image.visible)
    assert len(pairs) >= 0.7 * len(found)
    gaps = [abs(found.z[i] - image.visible[k].z) for i, k in pairs]
    assert np.median(gaps) <= 2
    assert ((found.z_range[:, 0] <= found.z) & (found.z <= found.z_range[:, 1])).all()
