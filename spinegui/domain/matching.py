"""Which detection found which annotated spine: greedy by score, one to one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.geometry import iou_matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from spinegui.domain.annotation import ReviewedRegion

HEAD_XY_UM = 1.2
HEAD_Z_SLICES = 3.0
MATCH_IOU = 0.5


class MatchBy(StrEnum):
    """What makes a detection and an annotated spine the same."""

    CENTER = "center"
    """The detection's centre lies in the annotated box; near the annotated head, if it has one."""
    IOU = "iou"
    """The boxes overlap enough."""


@dataclass(frozen=True, slots=True)
class MatchRule:
    """How to match. `pixel_um` (x, y) is needed for heads; without it their boxes count.

    `near_slices` asks for near slices where only boxes are compared, too, as IoU always does.
    """

    by: MatchBy = MatchBy.CENTER
    pixel_um: tuple[float, float] | None = None
    min_iou: float = MATCH_IOU
    near_slices: bool = False


@dataclass(frozen=True, eq=False)
class Spines:
    """Where spines are, as parallel arrays of length n.

    boxes (n, 4) float64 xyxy px; z (n,) float64 slices, NaN where unknown; head (n, 3) float64
    x, y px and z slices, NaN where not annotated.
    """

    boxes: NDArray[np.float64]
    z: NDArray[np.float64]
    head: NDArray[np.float64]

    @classmethod
    def build(
        cls,
        boxes: NDArray[np.float64],
        z: NDArray[np.float64] | None = None,
        head: NDArray[np.float64] | None = None,
    ) -> Spines:
        """Build with "unknown" where nothing is given."""
        n = len(boxes)
        return cls(
            np.asarray(boxes, np.float64).reshape(n, 4),
            np.full(n, np.nan) if z is None else np.asarray(z, np.float64),
            np.full((n, 3), np.nan) if head is None else np.asarray(head, np.float64),
        )

    def __len__(self) -> int:
        return len(self.boxes)

    @property
    def centers(self) -> NDArray[np.float64]:
        """The boxes' centres (n, 2), x and y px."""
        return (self.boxes[:, :2] + self.boxes[:, 2:]) / 2

    @property
    def has_head(self) -> NDArray[np.bool_]:
        """Tell (n,) whose head is annotated."""
        return np.asarray(~np.isnan(self.head).any(axis=1), np.bool_)

    @property
    def points(self) -> NDArray[np.float64]:
        """Where each spine is (n, 3) x, y, z: its head if annotated, else its box's centre."""
        centers = np.column_stack([self.centers, self.z])
        return np.where(self.has_head[:, None], self.head, centers)

    def take(self, index: NDArray[np.bool_] | NDArray[np.int64]) -> Spines:
        """Return the rows that `index` selects."""
        return Spines(self.boxes[index], self.z[index], self.head[index])


def match(
    found: Spines, scores: NDArray[np.float64], truth: Spines, rule: MatchRule
) -> NDArray[np.int64]:
    """Return, for each of n detections, the index of the spine it found, or -1: (n,) int64.

    The detection with the best score chooses first among the spines that the rule allows and
    nobody took, and takes the nearest (by IoU: the one that it overlaps most). So the matches above
    any score are those that a cut there would have given.
    """
    cost = _iou_cost(found, truth, rule) if rule.by is MatchBy.IOU else _cost(found, truth, rule)
    matched = np.full(len(found), -1, np.int64)
    if len(truth) == 0:
        return matched
    for i in np.argsort(-np.asarray(scores, np.float64), kind="stable"):
        j = int(np.argmin(cost[i]))
        if np.isfinite(cost[i, j]):
            matched[i] = j
            cost[:, j] = np.inf
    return matched


def _cost(found: Spines, truth: Spines, rule: MatchRule) -> NDArray[np.float64]:
    """Return the (n, m) distances in px between what may match, infinity elsewhere."""
    centers, boxes = found.centers[:, None, :], truth.boxes[None]
    allowed = ((boxes[..., :2] <= centers) & (centers < boxes[..., 2:])).all(axis=2)
    if rule.pixel_um is not None and truth.has_head.any():
        offset_um = (centers - truth.head[None, :, :2]) * np.asarray(rule.pixel_um)
        near = np.hypot(offset_um[..., 0], offset_um[..., 1]) <= HEAD_XY_UM
        near &= _near_in_z(found.z, truth.head[:, 2])
        allowed = np.where(truth.has_head[None], near, allowed)
    if rule.near_slices:
        allowed &= _near_in_z(found.z, truth.points[:, 2])
    offset = centers - truth.points[None, :, :2]
    return np.where(allowed, np.hypot(offset[..., 0], offset[..., 1]), np.inf)


def _iou_cost(found: Spines, truth: Spines, rule: MatchRule) -> NDArray[np.float64]:
    overlap = iou_matrix(found.boxes, truth.boxes)
    # In a stack, spines lie above one another; slices tell them apart where both are known.
    allowed = (overlap >= rule.min_iou) & _near_in_z(found.z, truth.points[:, 2])
    return np.where(allowed, 1 - overlap, np.inf)


def _near_in_z(found_z: NDArray[np.float64], truth_z: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell (n, m) which are at most 3 slices apart; an unknown slice is near to all."""
    apart: NDArray[np.float64] = np.abs(found_z[:, None] - truth_z[None])
    near: NDArray[np.bool_] = ~(apart > HEAD_Z_SLICES)
    return near


def counted(
    points: NDArray[np.float64],
    *,
    regions: Sequence[ReviewedRegion] | None = None,
    mask: NDArray[np.generic] | None = None,
) -> NDArray[np.bool_]:
    """Tell (n,) which of the points (n, 3) x, y, z lie where people looked.

    `regions` None means everywhere; `mask` (Y, X) is zero where nobody annotated. A point outside
    the mask's frame does not count; an unknown z (NaN) is inside every region's slices.
    """
    inside = np.ones(len(points), np.bool_)
    if regions is not None:
        inside &= np.array([_in_a_region(point, regions) for point in points], np.bool_)
    if mask is not None:
        column, row = np.floor(points[:, :2]).astype(np.int64).T
        height, width = mask.shape
        in_frame = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        inside &= in_frame
        inside[in_frame] &= mask[row[in_frame], column[in_frame]] != 0
    return inside


def _in_a_region(point: NDArray[np.float64], regions: Sequence[ReviewedRegion]) -> bool:
    x, y, z = (float(v) for v in point)
    return any(region.contains(x, y, None if np.isnan(z) else z) for region in regions)
