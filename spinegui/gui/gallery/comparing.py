"""Compares crops beside the window: how unlike its label each is, or how like one of them."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QObject, Signal

from spinegui.domain.crop_likeness import features, likeness, outlyingness, ring_points
from spinegui.domain.crop_list import label_of
from spinegui.gui.background import Background
from spinegui.gui.language import tr
from spinegui.imaging.crop_rings import sample_rings
from spinegui.imaging.crops import CropReader, Place
from spinegui.imaging.source import ImageReadError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from spinegui.gui.background import Task
    from spinegui.gui.gallery.calm import Calm
    from spinegui.gui.gallery.contents import Contents

STEP = 8
BREATH_S = 0.001
"""After so many crops the thread stands back for a moment, so that scrolling stays smooth."""


class Asked(NamedTuple):
    """What is compared: ids, labels, places, box sizes and class shares, row by row."""

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    places: tuple[Place, ...]
    sizes: NDArray[np.float64]
    shares: NDArray[np.float64]


class Compared(NamedTuple):
    """The answer: features (n, d), how unlike its label each is (n,), whose row is which.

    `asked` are all ids that were compared; those whose image could not be read have no row.
    """

    asked: frozenset[str]
    row_of: dict[str, int]
    points: NDArray[np.float64]
    unlike: NDArray[np.float64]


class Comparing(QObject):
    """One comparison at a time; what was read of a crop is kept for the next one."""

    done = Signal()

    def __init__(self, calm: Calm, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calm = calm
        self.background = Background(self)
        self._rings: dict[Place, NDArray[np.float32]] = {}
        self._task: Task[Compared] | None = None
        self._asked: Asked | None = None
        self._compared: Compared | None = None

    def start(self, contents: Contents) -> None:
        """Compare all crops that the filter admits under any label; `done` says when."""
        self.stop()
        asked = asked_of(contents)
        if asked.ids:
            self._asked = asked
            self._task = self.background.start(
                tr("Comparing crops"),
                lambda task: self._compare(task, asked),
                partial(self._on_success, asked),
                self._on_failure,
            )

    def stop(self) -> None:
        """Leave a comparison under way."""
        if self._task is not None:
            self._task.cancel()
        self._task = self._asked = None

    def forget(self) -> None:
        """Let go of everything, as for another project."""
        self.stop()
        self._compared = None
        self._rings = {}

    def close(self) -> None:
        self.background.close()

    def knows(self, ids: Sequence[str]) -> bool:
        """Tell whether all of these were in the last comparison."""
        return self._compared is not None and self._compared.asked.issuperset(ids)

    def unlike(self) -> dict[str, float]:
        """Return how unlike its label each crop is; empty before the first answer."""
        found = self._compared
        return {i: float(found.unlike[row]) for i, row in found.row_of.items()} if found else {}

    def like(self, crop_id: str) -> dict[str, float]:
        """Return how like that one each crop is; empty where it was not compared."""
        found = self._compared
        if found is None or crop_id not in found.row_of:
            return {}
        alike = likeness(found.points, found.row_of[crop_id])
        keys = {i: float(alike[row]) for i, row in found.row_of.items()}
        return {**keys, crop_id: np.inf}  # before its own twins

    def _on_success(self, asked: Asked, compared: Compared) -> None:
        if asked is not self._asked:  # stopped when it was done already
            return
        self._task = self._asked = None
        self._compared = compared
        self.done.emit()

    def _on_failure(self, error: Exception) -> None:
        self._task = self._asked = None
        raise error  # a mistake of ours: it is shown and logged as every other

    # -- on the thread -----------------------------------------------------------------------

    def _compare(self, task: Task[Compared], asked: Asked) -> Compared:
        reader, points = CropReader(), ring_points()
        rings: dict[int, NDArray[np.float32]] = {}
        known = self._rings
        try:
            for row, place in enumerate(asked.places):
                found = known.get(place)
                if found is None:
                    self._calm.wait()
                    found = _read(reader, place, points)
                if found is not None:
                    rings[row] = known[place] = found
                if row % STEP == 0:
                    task.step(row, len(asked.places))
                    time.sleep(BREATH_S)
        finally:
            reader.close()
        rows = list(rings)
        if not rows:
            return Compared(frozenset(asked.ids), {}, np.zeros((0, 1)), np.zeros(0))
        found_points = features(
            np.stack([rings[row] for row in rows]), asked.sizes[rows], asked.shares[rows]
        )
        unlike = outlyingness(found_points, [asked.labels[row] for row in rows])
        row_of = {asked.ids[row]: i for i, row in enumerate(rows)}
        return Compared(frozenset(asked.ids), row_of, found_points, unlike)


def asked_of(contents: Contents) -> Asked:
    """Return what a comparison needs to know, by value: it runs beside further edits."""
    crops = [contents.crops[i] for i in contents.ids_of_any_label()]
    classes = sorted({label for c in crops for label, _ in c.detection.class_scores})
    unit = [c.um if contents.is_calibrated and c.um else 1.0 for c in crops]
    sizes = [(c.detection.box.width, c.detection.box.height) for c in crops]
    shares = []
    for crop in crops:
        told = dict(crop.detection.class_scores)
        shares.append([told.get(label, 0.0) if told else np.nan for label in classes])
    return Asked(
        ids=tuple(c.detection.id for c in crops),
        labels=tuple(label_of(c.detection) for c in crops),
        places=tuple(c.place(contents.common_px(c)) for c in crops),
        sizes=np.array(sizes, np.float64).reshape(-1, 2) * np.array(unit).reshape(-1, 1),
        shares=np.array(shares, np.float64).reshape(len(crops), len(classes)),
    )


def _read(
    reader: CropReader, place: Place, points: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.float32] | None:
    """Return a crop's rings; None where its image cannot be read, which its cell says."""
    try:
        return sample_rings(reader.values(place), place, points)
    except ImageReadError:
        return None
