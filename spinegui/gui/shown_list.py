"""The detections in the picture, in reading order, kept up to date edit by edit."""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING

from spinegui.domain.detection import ReviewState

if TYPE_CHECKING:
    from spinegui.domain.annotation import Annotation
    from spinegui.domain.detection import Detection

ROW_PX = 32
FEW = 200


def is_shown(detection: Detection, threshold: float | None) -> bool:
    """Tell whether it is in the picture: decided, or predicted above the threshold if any."""
    is_found = threshold is not None and (detection.score or 0.0) >= threshold
    return detection.is_visible and (detection.is_decided or is_found)


def reading_order(detection: Detection) -> tuple[int, float, str]:
    """Return what sorts by rows, then left to right."""
    x, y = detection.box.center
    return int(y // ROW_PX), x, detection.id


class ShownList:
    """Remembers its last answer: it is asked several times an edit, about thousands of spines.

    Annotations never change, so an answer stays true for as long as it is the same annotation.
    """

    def __init__(self) -> None:
        self._annotation: Annotation | None = None
        self._threshold: float | None = 0.0
        self._rows: list[Detection] = []
        self._n_decided: int | None = None

    def of(self, annotation: Annotation, threshold: float | None) -> list[Detection]:
        """Return the shown detections of an annotation; with None only what is decided."""
        if annotation is not self._annotation or threshold != self._threshold:
            self._rows = self._updated(annotation, threshold)
            self._annotation, self._threshold = annotation, threshold
            self._n_decided = None
        return list(self._rows)

    def n_decided(self, annotation: Annotation, threshold: float | None) -> int:
        """Return how many of them are decided, counted once for all who say so."""
        rows = self.of(annotation, threshold)
        if self._n_decided is None:
            self._n_decided = len(rows) - [d.state for d in rows].count(ReviewState.PREDICTED)
        return self._n_decided

    def _updated(self, annotation: Annotation, threshold: float | None) -> list[Detection]:
        before = self._annotation
        new = annotation.detections
        if before is not None and threshold == self._threshold:
            old = before.detections
            changed = [d for key, d in new.items() if old.get(key) is not d]
            stale = {d.id for d in changed} | (old.keys() - new.keys())
            if len(stale) <= FEW:
                rows = [d for d in self._rows if d.id not in stale]
                for detection in changed:
                    if is_shown(detection, threshold):
                        insort(rows, detection, key=reading_order)
                return rows
        return sorted((d for d in new.values() if is_shown(d, threshold)), key=reading_order)
