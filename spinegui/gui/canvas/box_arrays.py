"""The boxes of one image as parallel arrays, one row a detection: what drawing and hitting read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from spinegui.domain.detection import ReviewState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from spinegui.domain.detection import Detection
    from spinegui.domain.geometry import Box
    from spinegui.domain.labels import LabelSet

NO_Z = np.iinfo(np.int32).max
SCORE_LEVELS = 4


class Form(IntEnum):
    """What people decided about it, as the overlay draws it."""

    PREDICTED = 0
    DECIDED = 1
    REJECTED = 2


class Style(IntEnum):
    """How much of it is drawn."""

    HIDDEN = 0
    CORNERS = 1
    FAINT = 2
    FULL = 3


HINT_SHARE = 0.4
"""Predictions below this share of the threshold are not even hinted at."""


@dataclass(frozen=True, slots=True)
class Showing:
    """What of the annotation is on show. `z` None means all slices, as in a projection."""

    threshold: float = 0.5
    z: int | None = None
    z_to: int | None = None
    """The last slice on show, where more than `z` are, as in a slab."""
    boxes: bool = True
    labels: bool = True
    predictions_only: bool = False
    rejected: bool = False
    hide_below_threshold: bool = False
    hide_other_slices: bool = False
    decided_only: bool = False


_FORMS = {
    ReviewState.PREDICTED: Form.PREDICTED,
    ReviewState.ACCEPTED: Form.DECIDED,
    ReviewState.REJECTED: Form.REJECTED,
}


class BoxArrays:
    """Rows of `xyxy` (n, 4) float64 px, class, form, score and z range, with the ids beside them.

    Rows keep no order: removing one moves the last into its place.
    """

    def __init__(self, detections: Iterable[Detection] = (), labels: LabelSet | None = None):
        self._codes = {c.id: i + 1 for i, c in enumerate(labels.classes)} if labels else {}
        self.ids: list[str] = []
        self.row_of: dict[str, int] = {}
        self._fill(list(detections))
        self._styles: tuple[Showing, NDArray[np.uint8]] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def xyxy(self) -> NDArray[np.float64]:
        return self._xyxy[: len(self)]

    @property
    def form(self) -> NDArray[np.uint8]:
        return self._form[: len(self)]

    @property
    def label(self) -> NDArray[np.uint8]:
        """0 for none, 1… in the order of the label set, the last for `unsure`."""
        return self._label[: len(self)]

    @property
    def score(self) -> NDArray[np.float32]:
        return self._score[: len(self)]

    def level(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return 0 to SCORE_LEVELS - 1 for how strongly each row is drawn, by its score."""
        raw = (self._score[rows] * SCORE_LEVELS).astype(np.intp)
        return np.where(self._form[rows] == Form.PREDICTED, raw, SCORE_LEVELS).clip(
            0, SCORE_LEVELS - 1
        )

    def styles(self, showing: Showing) -> NDArray[np.uint8]:
        """Return the Style of every row, kept until something changes."""
        if self._styles is None or self._styles[0] != showing:
            self._styles = (showing, self._styled(showing))
        return self._styles[1]

    def put(self, detection: Detection) -> None:
        """Add it, or replace the row with its id."""
        row = self.row_of.get(detection.id)
        if row is None:
            row = len(self.ids)
            self.ids.append(detection.id)
            self.row_of[detection.id] = row
            if row == len(self._xyxy):
                self._grow()
        for column, value in zip(self._columns(), self._values(detection), strict=True):
            column[row] = value
        self._styles = None

    def remove(self, detection_id: str) -> None:
        """Take it out; without effect where it is not there."""
        row = self.row_of.pop(detection_id, None)
        if row is None:
            return
        last = len(self.ids) - 1
        moved = self.ids.pop()
        if row != last:
            self.ids[row] = moved
            self.row_of[moved] = row
            for column in self._columns():
                column[row] = column[last]
        self._styles = None

    def set_box(self, row: int, box: Box) -> None:
        """Show another box in that row, as while it is dragged."""
        self._xyxy[row] = box.as_xyxy()

    def rows(self, ids: Iterable[str]) -> NDArray[np.intp]:
        found = [self.row_of[i] for i in ids if i in self.row_of]
        return np.array(found, dtype=np.intp)

    def _styled(self, showing: Showing) -> NDArray[np.uint8]:
        styles = np.full(len(self), Style.FULL, np.uint8)
        if not showing.boxes:
            styles[:] = Style.HIDDEN
            return styles
        predicted = self.form == Form.PREDICTED
        if showing.z is not None:
            n = len(self)
            last = showing.z if showing.z_to is None else showing.z_to
            elsewhere = (self._z0[:n] > last) & (self._z0[:n] != NO_Z)
            elsewhere |= (self._z1[:n] < showing.z) & (self._z0[:n] != NO_Z)
            styles[elsewhere] = Style.HIDDEN if showing.hide_other_slices else Style.FAINT
        below = predicted & (self.score < showing.threshold) & (styles == Style.FULL)
        styles[below] = Style.HIDDEN if showing.hide_below_threshold else Style.CORNERS
        # Hints are for near misses; marks on every faint candidate would hide the image.
        styles[below & (self.score < showing.threshold * HINT_SHARE)] = Style.HIDDEN
        # A weak proposal on another slice is two steps away from the eye.
        styles[predicted & (self.score < showing.threshold) & (styles == Style.FAINT)] = 0
        if showing.predictions_only:
            styles[~predicted] = Style.HIDDEN
        elif not showing.rejected:
            styles[self.form == Form.REJECTED] = Style.HIDDEN
        if showing.decided_only:
            styles[predicted] = Style.HIDDEN
        return styles

    def _fill(self, detections: list[Detection]) -> None:
        n = len(detections)
        self.ids = [d.id for d in detections]
        self.row_of = {detection_id: row for row, detection_id in enumerate(self.ids)}
        rows = [self._values(d) for d in detections]
        box, form, label, score, z0, z1 = zip(*rows, strict=True) if rows else ((),) * 6
        # Column by column: culling and hitting compare one edge of all boxes at a time.
        self._xyxy = np.asfortranarray(np.array(box, np.float64).reshape(n, 4))
        self._form = np.array(form, np.uint8)
        self._label = np.array(label, np.uint8)
        self._score = np.array(score, np.float32)
        self._z0 = np.array(z0, np.int32)
        self._z1 = np.array(z1, np.int32)

    def _values(self, d: Detection) -> tuple[tuple[float, ...], int, int, float, int, int]:
        label = d.label
        code = 0 if label is None else self._codes.get(label, len(self._codes) + 1)
        z0, z1 = d.z_range if d.z_range is not None else (NO_Z, NO_Z)
        score = 1.0 if d.score is None else d.score
        return d.box.as_xyxy(), _FORMS[d.state], code, score, z0, z1

    def _columns(self) -> tuple[NDArray[Any], ...]:
        return self._xyxy, self._form, self._label, self._score, self._z0, self._z1

    def _grow(self) -> None:
        room = max(16, len(self._xyxy))
        grown = [
            np.asfortranarray(np.concatenate([c, np.zeros((room, *c.shape[1:]), c.dtype)]))
            for c in self._columns()
        ]
        self._xyxy, self._form, self._label, self._score, self._z0, self._z1 = grown
