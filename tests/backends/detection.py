"""What the detector's tests share: a silent reporter, synthetic scenes, matching to their truth."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import Frame
from spinegui.backends.classical.detector import ClassicalDetector
from spinegui.storage.resources import resource
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import FRAME, STACK

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.domain.predictions import Predictions
    from spinegui.synthesis.scene import SyntheticImage

SMALL = replace(FRAME, width=320, height=320)
SMALL_STACK = replace(STACK, width=256, height=192, n_z=14)
REACH_UM = 0.6


class Silent:
    """A reporter that keeps what it is told."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.metrics: list[tuple[str, float, int]] = []
        self.lines: list[str] = []

    def progress(self, done: int, total: int, stage: str = "") -> None:
        assert 0 <= done <= total
        self.stages.append(stage)

    def metric(self, name: str, value: float, step: int) -> None:
        self.metrics.append((name, value, step))

    def log(self, text: str) -> None:
        self.lines.append(text)

    def checkpoint(self, path: Path) -> None:
        raise AssertionError(f"nothing to continue from: {path}")

    def should_stop_early(self) -> bool:
        return False

    def check_cancelled(self) -> None:
        return None


@lru_cache
def shipped() -> ClassicalDetector:
    return ClassicalDetector.load(resource("models/classical"))


@lru_cache(maxsize=16)
def scene(seed: int, *, stack: bool = False) -> SyntheticImage:
    return make_image(seed, SMALL_STACK if stack else SMALL)


def detect(frame: Frame, min_score: float = 0.5) -> Predictions:
    return shipped().detect(frame, min_score=min_score, reporter=Silent())


def frame_of(image: SyntheticImage) -> Frame:
    return Frame(image.pixels, image.pixel_size)


def hits(image: SyntheticImage, found: Predictions) -> list[tuple[int, int]]:
    """Pairs of detection and spine, one to one, best scores first, heads within REACH_UM."""
    spines = image.visible
    free = set(range(len(spines)))
    pairs: list[tuple[int, int]] = []
    for i in np.argsort(-found.scores, kind="stable"):
        x, y, _ = found.head[i]
        gaps = {
            j: np.hypot(spines[j].head.x - x, spines[j].head.y - y) * image.pixel_size.x_um
            for j in free
        }
        near = min(gaps, key=gaps.__getitem__, default=None)
        if near is not None and gaps[near] <= REACH_UM:
            free.discard(near)
            pairs.append((int(i), near))
    return pairs


def f1(images: list[SyntheticImage], found: list[Predictions]) -> float:
    right = sum(len(hits(i, p)) for i, p in zip(images, found, strict=True))
    return 2 * right / (sum(len(p) for p in found) + sum(len(i.visible) for i in images))
