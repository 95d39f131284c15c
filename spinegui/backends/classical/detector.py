"""The embedded detector: candidates, measurements, a calibrated score, one detection a spine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical import cut_out
from spinegui.backends.classical.boxes import fit_boxes
from spinegui.backends.classical.candidates import find_candidates
from spinegui.backends.classical.context import describe_context
from spinegui.backends.classical.features import measure
from spinegui.backends.classical.head_width import head_px
from spinegui.backends.classical.parameters import PARAMETERS, DetectorParameters
from spinegui.backends.classical.scale import is_cut_out
from spinegui.backends.classical.suppression import suppress
from spinegui.backends.classical.working import slab, working_image
from spinegui.domain.predictions import Predictions

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.backends.base import Frame, Reporter
    from spinegui.backends.classical.parameters import Opinions
    from spinegui.backends.classical.working import WorkingImage

SPINE_APART_PX = 7.0
"""Two detections closer than this, a head's diameter, are one spine (working px)."""

SPINE_APART_UM = 4.0
"""In depth, where the optical blur is some µm long, they are one up to this distance."""

FAINTEST = -5.0
"""Log odds of the first opinion under which a candidate is not looked at again."""

_STAGES = 4


@dataclass(frozen=True, eq=False)
class Judged:
    """Detections of one image before any cut: one a spine.

    points (n, 3) z, y, x in working px; inputs (n, k) of the final regression; scores (n,).
    """

    points: NDArray[np.float64]
    inputs: NDArray[np.float64]
    scores: NDArray[np.float64]


class ClassicalDetector:
    """Finds spines by image analysis and logistic regression; numpy and scipy only."""

    def __init__(self, parameters: DetectorParameters, name: str) -> None:
        self.parameters = parameters
        self._name = name

    @classmethod
    def load(cls, model_dir: Path) -> ClassicalDetector:
        """Load from a model folder; raises BackendError."""
        return cls(DetectorParameters.load(model_dir / PARAMETERS), model_dir.name)

    def detect(self, frame: Frame, *, min_score: float, reporter: Reporter) -> Predictions:
        """Return all detections scored at least `min_score`; one a spine, also in a stack."""
        reporter.progress(0, _STAGES, "Tracing shafts")
        head = self.head_px(frame)
        image = working_image(frame, head=head)
        reporter.check_cancelled()
        reporter.progress(1, _STAGES, "Measuring candidates")
        judged = self.judge(image)
        if is_cut_out(np.asarray(frame.pixels).max(axis=0)):
            judged = replace(judged, scores=cut_out.calibrated(judged.scores))
        reporter.check_cancelled()
        kept = np.flatnonzero(judged.scores >= min_score)
        kept = kept[np.argsort(-judged.scores[kept], kind="stable")]
        result = self._predictions(frame, image, judged, kept, reporter)
        reporter.progress(_STAGES, _STAGES, "Fitting boxes")
        return result

    def head_px(self, frame: Frame) -> float:
        """Return how many px a spine head is across along x, by the pixel size or by estimate."""
        return head_px(frame, self.parameters.scale)

    def judge(self, image: WorkingImage, *, also: NDArray[np.float64] | None = None) -> Judged:
        """Find the candidates of a working image, keep one a spine and score it.

        Points `also` (m, 3) z, y, x in working px are scored too where no candidate is near.
        """
        opinions = self._opinions(image)
        points = find_candidates(image)
        wanted = np.zeros(len(points), bool)
        if also is not None:
            points = np.concatenate([points, _apart(also, points, image.z_um)])
            wanted = ~_is_apart(points, also, image.z_um)
        measured = measure(image, points)
        features = self.parameters.expansion.expand(measured)
        if image.is_stack:
            features = np.concatenate([features, measured.depth], axis=1)
        logits = opinions.first.logits(features)
        kept = suppress(spread(points, image.z_um), logits, SPINE_APART_PX)
        # What a person put there is looked at however faint it is.
        kept = kept[(logits[kept] > FAINTEST) | wanted[kept]]
        context = describe_context(image, points[kept], logits[kept])
        inputs = np.concatenate([features[kept], context], axis=1)
        return Judged(points[kept], inputs, opinions.final.scores(inputs))

    def _opinions(self, image: WorkingImage) -> Opinions:
        return self.parameters.stack if image.is_stack else self.parameters.plane

    def _predictions(
        self,
        frame: Frame,
        image: WorkingImage,
        judged: Judged,
        kept: NDArray[np.int64],
        reporter: Reporter,
    ) -> Predictions:
        points, scores = judged.points[kept], judged.scores[kept]
        heads = np.stack([points[:, 2] / image.ratio_x, points[:, 1] / image.ratio_y, points[:, 0]])
        heads = heads.T
        planes = slab(frame, image.z_um)
        boxes, bases = fit_boxes(planes, heads, scores, self.head_px(frame), reporter)
        base = np.concatenate([bases, heads[:, 2:]], axis=1)
        if not image.is_stack:
            return Predictions.build(self._name, boxes, scores, head=heads, base=base)
        return Predictions.build(
            self._name, boxes, scores, z=points[:, 0], z_range=_z_ranges(image, points),
            head=heads, base=base,
        )  # fmt: skip


def _apart(
    extra: NDArray[np.float64], points: NDArray[np.float64], z_um: float | None
) -> NDArray[np.float64]:
    """Return the extra points that are not near any point."""
    return extra[_is_apart(extra, points, z_um)]


def _is_apart(
    points: NDArray[np.float64], others: NDArray[np.float64], z_um: float | None
) -> NDArray[np.bool_]:
    """Tell for each point whether none of the others means the same spine."""
    from scipy.spatial import cKDTree

    if len(points) == 0 or len(others) == 0:
        return np.ones(len(points), bool)
    gaps, _ = cKDTree(spread(others, z_um)).query(spread(points, z_um))
    result: NDArray[np.bool_] = gaps > SPINE_APART_PX
    return result


def _z_ranges(image: WorkingImage, points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return (n, 2) the slices around each head in which it is at least half as bright."""
    rows = np.clip(points[:, 1].astype(int), 0, image.volume.shape[1] - 1)
    columns = np.clip(points[:, 2].astype(int), 0, image.volume.shape[2] - 1)
    profiles = image.volume[:, rows, columns].T.astype(np.float64) ** 2
    middle = points[:, 0].astype(int)
    ranges = np.stack([middle, middle], axis=1).astype(np.int64)
    floor = np.percentile(profiles, 20, axis=1) if len(profiles) else np.zeros(0)
    for k, profile in enumerate(profiles):
        bright = profile >= floor[k] + 0.5 * (profile[middle[k]] - floor[k])
        while ranges[k, 0] > 0 and bright[ranges[k, 0] - 1]:
            ranges[k, 0] -= 1
        while ranges[k, 1] < len(profile) - 1 and bright[ranges[k, 1] + 1]:
            ranges[k, 1] += 1
    return ranges


def spread(points: NDArray[np.float64], z_um: float | None) -> NDArray[np.float64]:
    """Return points z, y, x with depth stretched so that one distance serves all axes."""
    depth = 1.0 if z_um is None else z_um * SPINE_APART_PX / SPINE_APART_UM
    return points * (depth, 1.0, 1.0)
