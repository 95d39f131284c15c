"""What people say against what a model says, with the spines behind each pair of the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.geometry import Box
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.domain.metrics import bin_of
from spinegui.gui.language import tr
from spinegui.gui.spots import Spot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.reports.evaluation import Evaluation
    from spinegui.reports.image_results import ImageResult
    from spinegui.storage.exchange.coco_values import Id

NO_CLASS = "spine"
"""A spine whose class nobody said, or a model that tells no classes."""
NOTHING = ""
"""As people's word: no spine there. As a model's: it missed the spine."""

Cell = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Confusion:
    """The spines behind each pair of what people say (row) and what the model says (column)."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    spots: Mapping[Cell, tuple[Spot, ...]]

    @property
    def n(self) -> int:
        return sum(len(spots) for spots in self.spots.values())

    def count(self, row: str, column: str) -> int:
        return len(self.spots.get((row, column), ()))

    def share(self, row: str, column: str) -> float:
        """Return what part of its row a cell is."""
        whole = sum(self.count(row, each) for each in self.columns)
        return self.count(row, column) / whole if whole else 0.0


def confusions(
    evaluations: tuple[Evaluation, ...], files: Mapping[Id, Path], *, detects: bool
) -> tuple[Confusion, ...]:
    """Return the confusion of each evaluation, all with the same rows and columns.

    With `detects`, spines that were missed and detections where people see none count too; without,
    the boxes were given, and spines of no known class are left out.
    """
    found = [dict[Cell, list[Spot]]() for _ in evaluations]
    for spots, evaluation in zip(found, evaluations, strict=True):
        for result in evaluation.images:
            for cell, spot in _cells(result, files[result.image.id], detects=detects):
                if detects or NO_CLASS not in cell:
                    spots.setdefault(cell, []).append(spot)
    known = [c for e in evaluations for r in e.images for c in r.predictions.class_ids]
    rows = _ordered({row for spots in found for row, _ in spots} | set(known))
    columns = _ordered({column for spots in found for _, column in spots} | set(known))
    return tuple(
        Confusion(rows, columns, {cell: tuple(each) for cell, each in spots.items()})
        for spots in found
    )


def answers_in_bin(
    evaluation: Evaluation, files: Mapping[Id, Path], number: int, *, detects: bool
) -> tuple[Spot, ...]:
    """Return what was answered with a score in that calibration bin, the surest first.

    With `detects` these are detections, else the classes of given boxes as far as people said one.
    """
    found = []
    for result in evaluation.images:
        for i, j in enumerate(result.matched.tolist()):
            is_known = detects or (j >= 0 and result.labels[j] in result.predictions.class_ids)
            said, certainty = _said(result, i, detects=detects)
            if is_known and bin_of(np.array([certainty]))[0] == number:
                marked = tr("a spine") if j >= 0 else tr("not marked")
                caption = f"{certainty:.2f}, {marked}"
                if not detects:
                    caption = tr(
                        "{said} {certainty:.2f}\nis {labels}",
                        said=said,
                        certainty=certainty,
                        labels=result.labels[j],
                    )
                box, z = result.predictions.boxes[i], float(result.predictions.z[i])
                spot = _spot(files[result.image.id], box, z, result.image.channel, caption)
                found.append((certainty, spot))
    return tuple(spot for _, spot in sorted(found, key=lambda pair: -pair[0]))


def is_right(cell: Cell) -> bool:
    """Tell whether people and model agree, as far as either side says a class."""
    return cell[0] == cell[1] or (NO_CLASS in cell and NOTHING not in cell)


def _ordered(labels: set[str]) -> tuple[str, ...]:
    """Return classes in their usual order, then a project's own, then what is no class."""
    usual = [label for label in SPINE_CLASSES.ids if label in labels]
    own = sorted(labels - {*usual, NO_CLASS, NOTHING})
    return (*usual, *own, *(label for label in (NO_CLASS, NOTHING) if label in labels))


def _cells(result: ImageResult, file: Path, *, detects: bool) -> Iterator[tuple[Cell, Spot]]:
    predictions, channel = result.predictions, result.image.channel
    for i in np.flatnonzero(result.is_kept):
        j = int(result.matched[i])
        row = NOTHING if j < 0 else result.labels[j] or NO_CLASS
        column, certainty = _said(result, int(i), detects=detects)
        box, z = predictions.boxes[i], float(predictions.z[i])
        yield (row, column), _spot(file, box, z, channel, f"{certainty:.2f}")
    for j in result.missed if detects else ():
        box, z = result.truth.boxes[j], float(result.truth.points[j, 2])
        yield (result.labels[j] or NO_CLASS, NOTHING), _spot(file, box, z, channel, file.name)


def _said(result: ImageResult, i: int, *, detects: bool) -> tuple[str, float]:
    """Return the model's class and how sure it is: of the spine, or of the class in given boxes."""
    predictions = result.predictions
    if not predictions.class_ids:
        return NO_CLASS, float(predictions.scores[i])
    scores = predictions.class_scores[i]
    best = int(np.argmax(scores))
    certainty = predictions.scores[i] if detects else scores[best]
    return predictions.class_ids[best], float(certainty)


def _spot(file: Path, box: NDArray[np.float64], z: float, channel: int, caption: str) -> Spot:
    x0, y0, x1, y1 = (float(v) for v in box)
    at = None if np.isnan(z) else z
    return Spot(file, Box(x0, y0, x1, y1), at, channel, caption, file.name)
