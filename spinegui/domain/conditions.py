"""Which spines are meant: conditions on size, score, class, state and place, as values.

A condition on something unknown, such as µm without a pixel size, holds for nothing: what nobody
measured is never changed by a batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.geometry import iou_matrix

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from spinegui.domain.annotation import Annotation
    from spinegui.domain.detection import Detection, ReviewState
    from spinegui.domain.image_ref import ImageRef, PixelSize

_BLOCK = 512


class Measure(StrEnum):
    """A number that a spine has."""

    LONGER_UM = "longer_um"
    """The longer side of its box, in µm."""
    SHORTER_UM = "shorter_um"
    LONGER_PX = "longer_px"
    SHORTER_PX = "shorter_px"
    SCORE = "score"
    """The detector's, 0 to 1."""
    SHARE = "share"
    """The classifier's probability of its likeliest class, 0 to 1."""
    OVERLAP = "overlap"
    """The largest intersection over union with another spine that meets it in z, 0 to 1."""
    EDGE_PX = "edge_px"
    """From its box to the nearest edge of the image, in px; negative beyond it."""
    SLICES = "slices"
    """How many slices it spans."""


@dataclass(frozen=True, slots=True)
class NumberCondition:
    """A measure below or above a value; what equals it is neither."""

    measure: Measure
    is_below: bool
    value: float


@dataclass(frozen=True, slots=True)
class LabelCondition:
    """The label shown is this one, or is not; None stands for no label."""

    label: str | None
    is_wanted: bool = True


@dataclass(frozen=True, slots=True)
class StateCondition:
    """Predicted or accepted; rejected spines are never meant."""

    state: ReviewState


Condition = NumberCondition | LabelCondition | StateCondition


@dataclass(frozen=True, slots=True)
class Ground:
    """The image that spines lie on, as far as it is needed to measure them."""

    image: ImageRef
    pixel_size: PixelSize | None


def matching(
    annotation: Annotation, ground: Ground, conditions: Sequence[Condition]
) -> list[Detection]:
    """Return the visible detections for which every condition holds, in their order.

    Without any condition there are none: to mean everything is to say something that all share.
    """
    visible = list(annotation.visible())
    if not conditions or not visible:
        return []
    holds = np.ones(len(visible), np.bool_)
    for condition in conditions:
        holds &= _holds(condition, visible, ground)
    return [d for d, is_meant in zip(visible, holds.tolist(), strict=True) if is_meant]


def measured(
    measure: Measure, detections: Sequence[Detection], ground: Ground
) -> NDArray[np.float64]:
    """Return (n,) what that measure says of each of these detections of one image, NaN unknown."""
    return _MEASURES[measure](detections, ground)


def _holds(
    condition: Condition, detections: Sequence[Detection], ground: Ground
) -> NDArray[np.bool_]:
    if isinstance(condition, NumberCondition):
        values = measured(condition.measure, detections, ground)
        result: NDArray[np.bool_] = (
            values < condition.value if condition.is_below else values > condition.value
        )
        return result
    if isinstance(condition, LabelCondition):
        return np.array([(d.label == condition.label) is condition.is_wanted for d in detections])
    return np.array([d.state is condition.state for d in detections])


def _boxes(detections: Sequence[Detection]) -> NDArray[np.float64]:
    return np.array([d.box.as_xyxy() for d in detections], np.float64).reshape(-1, 4)


def _sides(detections: Sequence[Detection]) -> NDArray[np.float64]:
    boxes = _boxes(detections)
    result: NDArray[np.float64] = boxes[:, 2:] - boxes[:, :2]
    return result


def _sides_um(detections: Sequence[Detection], ground: Ground) -> NDArray[np.float64]:
    size = ground.pixel_size
    um = (np.nan, np.nan) if size is None else (size.x_um, size.y_um)
    result: NDArray[np.float64] = _sides(detections) * um
    return result


def _edge(detections: Sequence[Detection], ground: Ground) -> NDArray[np.float64]:
    boxes = _boxes(detections)
    beyond = np.array([ground.image.width, ground.image.height]) - boxes[:, 2:]
    result: NDArray[np.float64] = np.hstack([boxes[:, :2], beyond]).min(axis=1)
    return result


def _overlap(detections: Sequence[Detection], _ground: Ground) -> NDArray[np.float64]:
    boxes = _boxes(detections)
    whole = (-np.inf, np.inf)
    z = np.array([d.z_range or whole for d in detections], np.float64).reshape(-1, 2)
    best = np.zeros(len(boxes))
    for start in range(0, len(boxes), _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, len(boxes)))
        overlap = iou_matrix(boxes[rows], boxes)
        apart = (z[rows, None, 1] < z[None, :, 0]) | (z[None, :, 1] < z[rows, None, 0])
        overlap[apart] = 0
        overlap[np.arange(len(rows)), rows] = 0
        best[rows] = overlap.max(axis=1)
    return best


def _score(detections: Sequence[Detection], _ground: Ground) -> NDArray[np.float64]:
    return np.array([np.nan if d.score is None else d.score for d in detections], np.float64)


def _share(detections: Sequence[Detection], _ground: Ground) -> NDArray[np.float64]:
    shares = [max((p for _, p in d.class_scores), default=np.nan) for d in detections]
    return np.array(shares, np.float64)


def _slices(detections: Sequence[Detection], _ground: Ground) -> NDArray[np.float64]:
    spans = [np.nan if d.z_range is None else d.z_range[1] - d.z_range[0] + 1 for d in detections]
    return np.array(spans, np.float64)


_MEASURES: dict[Measure, Callable[[Sequence[Detection], Ground], NDArray[np.float64]]] = {
    Measure.LONGER_UM: lambda found, ground: _sides_um(found, ground).max(axis=1),
    Measure.SHORTER_UM: lambda found, ground: _sides_um(found, ground).min(axis=1),
    Measure.LONGER_PX: lambda found, _ground: _sides(found).max(axis=1),
    Measure.SHORTER_PX: lambda found, _ground: _sides(found).min(axis=1),
    Measure.SCORE: _score,
    Measure.SHARE: _share,
    Measure.OVERLAP: _overlap,
    Measure.EDGE_PX: _edge,
    Measure.SLICES: _slices,
}
