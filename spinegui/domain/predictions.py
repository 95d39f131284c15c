"""What a model returns, and how it joins what people decided.

This is the only place that turns a model's arrays into detections.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.annotation import ImageChannel
from spinegui.domain.detection import Detection, Origin, ReviewState
from spinegui.domain.edits import Change, Edit
from spinegui.domain.geometry import Box, Point3

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from spinegui.domain.annotation import Annotation

SAME_SPINE_IOU = 0.3
"""Two boxes that overlap this much, or hold each other's centre, mean the same spine."""
_BLOCK = 256


@dataclass(frozen=True, eq=False)
class Predictions:
    """A model's detections on one image as parallel arrays of length n.

    boxes (n, 4) float64 xyxy px; scores (n,) float64, calibrated; class_scores (n, k) float64 over
    `class_ids` (k may be 0); z (n,) float64, NaN in 2D; z_range (n, 2) int64 inclusive, -1 in 2D;
    head and base (n, 3) float64 x, y, z, NaN where unknown. Raises ValueError where lengths differ.
    """

    model: str
    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]
    class_ids: tuple[str, ...]
    class_scores: NDArray[np.float64]
    z: NDArray[np.float64]
    z_range: NDArray[np.int64]
    head: NDArray[np.float64]
    base: NDArray[np.float64]

    def __post_init__(self) -> None:
        n = len(self.scores)
        shapes = {
            "boxes": (n, 4), "class_scores": (n, len(self.class_ids)), "z": (n,),
            "z_range": (n, 2), "head": (n, 3), "base": (n, 3),
        }  # fmt: skip
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                found = getattr(self, name).shape
                raise ValueError(f"Predictions.{name} has shape {found}, expected {shape}.")

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def empty(cls, model: str, class_ids: tuple[str, ...] = ()) -> Predictions:
        return cls.build(model, np.zeros((0, 4)), np.zeros(0), class_ids=class_ids)

    @classmethod
    def build(  # noqa: PLR0913  one argument an array, all but three optional
        cls,
        model: str,
        boxes: NDArray[np.float64],
        scores: NDArray[np.float64],
        *,
        class_ids: tuple[str, ...] = (),
        class_scores: NDArray[np.float64] | None = None,
        z: NDArray[np.float64] | None = None,
        z_range: NDArray[np.int64] | None = None,
        head: NDArray[np.float64] | None = None,
        base: NDArray[np.float64] | None = None,
    ) -> Predictions:
        """Build with "unknown" in every array that is not given."""
        n = len(scores)
        return cls(
            model,
            np.asarray(boxes, np.float64).reshape(n, 4),
            np.asarray(scores, np.float64),
            class_ids,
            np.zeros((n, len(class_ids))) if class_scores is None else class_scores,
            np.full(n, np.nan) if z is None else np.asarray(z, np.float64),
            np.full((n, 2), -1) if z_range is None else np.asarray(z_range, np.int64),
            np.full((n, 3), np.nan) if head is None else np.asarray(head, np.float64),
            np.full((n, 3), np.nan) if base is None else np.asarray(base, np.float64),
        )

    @property
    def is_sound(self) -> NDArray[np.bool_]:
        """Tell (n,) which rows can be a detection: a box with an area, a score from 0 to 1.

        What a backend returns may be anything; z, head and base may be NaN, unknown, not infinite.
        """
        z_range = self.z_range
        with np.errstate(invalid="ignore"):
            is_sound = np.isfinite(self.boxes).all(axis=1) & np.isfinite(self.class_scores).all(
                axis=1
            )
            is_sound &= (self.boxes[:, 2:] > self.boxes[:, :2]).all(axis=1)
            is_sound &= (self.scores >= 0) & (self.scores <= 1)
            is_sound &= ~np.isinf(np.column_stack([self.z, self.head, self.base])).any(axis=1)
            is_sound &= (z_range[:, 0] < 0) | (z_range[:, 0] <= z_range[:, 1])
        result: NDArray[np.bool_] = is_sound
        return result

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_] | Sequence[int]) -> Predictions:
        """Return the rows that `index` selects."""
        return Predictions(
            self.model, self.boxes[index], self.scores[index], self.class_ids,
            self.class_scores[index], self.z[index], self.z_range[index],
            self.head[index], self.base[index],
        )  # fmt: skip

    def with_class_scores(
        self, class_ids: tuple[str, ...], class_scores: NDArray[np.float64]
    ) -> Predictions:
        return replace(self, class_ids=class_ids, class_scores=class_scores)

    def detection(self, i: int, *, image_id: str, detection_id: str) -> Detection:
        """Return row i as an undecided detection."""
        box = Box(*self.boxes[i].tolist())
        z, (z0, z1) = float(self.z[i]), self.z_range[i].tolist()
        return Detection(
            id=detection_id,
            image_id=image_id,
            box=box,
            z=None if math.isnan(z) else z,
            z_range=None if z0 < 0 else (z0, z1),
            head=_point(self.head[i]),
            base=_point(self.base[i]),
            origin=Origin.MODEL,
            state=ReviewState.PREDICTED,
            score=float(self.scores[i]),
            class_scores=tuple(zip(self.class_ids, self.class_scores[i].tolist(), strict=True)),
            model=self.model,
            proposed_box=box,
        )


def _point(xyz: NDArray[np.float64]) -> Point3 | None:
    x, y, z = xyz.tolist()
    return None if math.isnan(x + y + z) else Point3(x, y, z)


def merge_predictions(
    annotation: Annotation,
    predictions: Predictions,
    *,
    new_id: Callable[[], str],
    channel: int = 0,
) -> Edit:
    """Return the edit that brings in a model's predictions and leaves every decision as it is.

    Earlier proposals that nobody decided on are replaced (one that stays keeps its id); a
    prediction of a spine that a person accepted, drew or rejected is dropped. `channel` is the one
    that the model looked in.
    """
    known = list(annotation.detections.values())
    same = _same_as(known, predictions)
    gone = {d.id: d for d in known if not d.is_decided}
    changes: list[Change] = []
    for i in np.argsort(-predictions.scores, kind="stable").tolist():
        near = [(known[j], overlap) for j, overlap in same.get(i, ())]
        if any(d.is_decided for d, _ in near):
            continue
        left = [pair for pair in near if pair[0].id in gone]
        kept = max(left, key=lambda pair: pair[1])[0] if left else None
        detection_id = new_id() if kept is None else kept.id
        gone.pop(detection_id, None)
        new = predictions.detection(i, image_id=annotation.image_id, detection_id=detection_id)
        if new != kept:
            changes.append(Change(kept, new))
    changes += [Change(d, None) for d in gone.values()]
    if channel != annotation.channel:
        looked_in = ImageChannel(annotation.image_id, channel)
        changes.append(Change(annotation.image_channel, looked_in))
    return Edit(f"Detect with {predictions.model}", tuple(changes))


def _same_as(
    known: Sequence[Detection], predictions: Predictions
) -> dict[int, list[tuple[int, float]]]:
    """Return, by prediction, the known detections of the same spine and how much they overlap.

    A block of predictions is compared with what its rows of the image hold only: thousands on an
    image would else make hundreds of millions of pairs.
    """
    boxes = np.array([d.box.as_xyxy() for d in known], np.float64).reshape(-1, 4)
    ranges = np.array([d.z_range or (-1, -1) for d in known], np.int64).reshape(-1, 2)
    same: dict[int, list[tuple[int, float]]] = {}
    down = np.argsort(predictions.boxes[:, 1], kind="stable")
    for block in (down[k : k + _BLOCK] for k in range(0, len(down), _BLOCK)):
        found = predictions.boxes[block]
        near = np.flatnonzero((boxes[:, 1] < found[:, 3].max()) & (boxes[:, 3] > found[:, 1].min()))
        a, b = _touching(found, boxes[near])
        i, j = block[a], near[b]
        overlap = _iou_of_pairs(predictions.boxes[i], boxes[j])
        is_same = (overlap >= SAME_SPINE_IOU) | _hold_each_other(predictions.boxes[i], boxes[j])
        is_same &= _meet_in_z(predictions.z_range[i], ranges[j])
        for row in np.flatnonzero(is_same):
            same.setdefault(int(i[row]), []).append((int(j[row]), float(overlap[row])))
    return same


def _touching(
    a: NDArray[np.float64], b: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of boxes (n, 4) and (m, 4) that overlap, as two lists of indices."""
    across = (a[:, None, 0] < b[None, :, 2]) & (b[None, :, 0] < a[:, None, 2])
    down = (a[:, None, 1] < b[None, :, 3]) & (b[None, :, 1] < a[:, None, 3])
    first, second = np.nonzero(across & down)
    return first.astype(np.int64), second.astype(np.int64)


def _iou_of_pairs(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (k,) intersection over union of boxes (k, 4) that overlap."""
    size = np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2])
    overlap = size[:, 0] * size[:, 1]
    areas = sum((box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1]) for box in (a, b))
    result: NDArray[np.float64] = overlap / (areas - overlap)
    return result


def _hold_each_other(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell (k,) which boxes (k, 4) hold each other's centre."""
    is_mutual = np.ones(len(a), np.bool_)
    for box, other in ((a, b), (b, a)):
        center = (other[:, :2] + other[:, 2:]) / 2
        is_mutual &= ((box[:, :2] <= center) & (center < box[:, 2:])).all(axis=1)
    return is_mutual


def _meet_in_z(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell (k,) which inclusive slices (k, 2) share one; unknown ones, -1, share all."""
    is_known = (a[:, 0] >= 0) & (b[:, 0] >= 0)
    apart = (a[:, 1] < b[:, 0]) | (b[:, 1] < a[:, 0])
    result: NDArray[np.bool_] = ~(is_known & apart)
    return result
