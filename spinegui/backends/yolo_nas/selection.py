"""How good a network is while it learns: on images set aside, whole and as they will be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.yolo_nas.linking import find
from spinegui.backends.yolo_nas.views import BOX_HEADS, HEAD_PX
from spinegui.domain.matching import MatchRule, Spines, match

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from spinegui.backends.base import Reporter
    from spinegui.backends.yolo_nas.linking import Runner
    from spinegui.backends.yolo_nas.scenes import Scene

_RULE = MatchRule(near_slices=True)


@dataclass(frozen=True, eq=False)
class Outcome:
    """Detections that could be judged, and how many spines there were.

    scores (n,) float64 uncalibrated; is_hit (n,) bool; scene (n,) int64; spines (scenes,) int64.
    """

    scores: NDArray[np.float64]
    is_hit: NDArray[np.bool_]
    scene: NDArray[np.int64]
    spines: NDArray[np.int64]

    @property
    def n(self) -> int:
        """How many spines there were."""
        return int(self.spines.sum())

    @property
    def best_f1(self) -> float:
        """The F1 at the cut where it is highest; 0 where nothing was found."""
        return self._best()[0]

    @property
    def best_cut(self) -> float:
        """The score at which F1 is highest."""
        return self._best()[1]

    def of(self, scenes: NDArray[np.bool_]) -> Outcome:
        """Return what belongs to the scenes that are picked (scenes,)."""
        mine = scenes[self.scene]
        kept = np.where(scenes, self.spines, 0)
        return Outcome(self.scores[mine], self.is_hit[mine], self.scene[mine], kept)

    def _best(self) -> tuple[float, float]:
        if self.n == 0 or len(self.scores) == 0:
            return 0.0, 0.5
        order = np.argsort(-self.scores, kind="stable")
        hits = np.cumsum(self.is_hit[order])
        f1 = 2 * hits / (np.arange(1, len(order) + 1) + self.n)
        k = int(f1.argmax())
        return float(f1[k]), float(self.scores[order[k]])


def judge(
    scenes: Sequence[Scene],
    run: Runner,
    reporter: Reporter,
) -> Outcome:
    """Run a network over whole scenes and match what it finds with what people annotated."""
    scores, hits, index, spines = [np.zeros(0)], [np.zeros(0, bool)], [np.zeros(0, int)], []
    for i, scene in enumerate(scenes):
        found = find(scene.view, run, reporter)
        truth = _squares(scene.heads)
        matched = match(_squares(found.points), found.scores, truth, _RULE) >= 0
        judged = matched | scene.was_looked_at(found.points)
        scores.append(found.scores[judged])
        hits.append(matched[judged])
        index.append(np.full(int(judged.sum()), i))
        spines.append(len(truth))
    return Outcome(
        np.concatenate(scores), np.concatenate(hits), np.concatenate(index), np.array(spines, int)
    )


def _squares(points: NDArray[np.float64]) -> Spines:
    half = BOX_HEADS * HEAD_PX / 2
    boxes = np.concatenate([points[:, :2] - half, points[:, :2] + half], axis=1)
    return Spines.build(boxes, points[:, 2])
