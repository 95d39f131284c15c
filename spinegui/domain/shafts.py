"""The shafts of an image as centre lines, and where along them something lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from spinegui.domain.image_ref import PixelSize

Points: TypeAlias = "NDArray[np.float64]"

Unit = tuple[float, float, float]
"""How much a px in x, a px in y and a slice are: in µm, or 1, 1, 0 where nobody knows."""

_BLOCK = 2_000_000


@dataclass(frozen=True, eq=False)
class Shaft:
    """One unbranched line. points (n, 3) float64 x, y in px and z in slices, n at least 2.

    along (n,) float64: the length from the first point on, in the unit it was measured in.
    """

    points: Points
    along: NDArray[np.float64]

    @property
    def length(self) -> float:
        return float(self.along[-1])

    def part(self, start: float, end: float) -> Points:
        """Return the points (k, 3) of the line between two lengths, both ends included."""
        inside = self.along[(self.along > start) & (self.along < end)]
        at = np.concatenate([[start], inside, [end]])
        return np.column_stack([np.interp(at, self.along, self.points[:, k]) for k in range(3)])


@dataclass(frozen=True, eq=False)
class OnShaft:
    """Where places (m,) lie: nearest shaft's index, length along it, distance across, in units.

    Without any shaft, `shaft` is -1 and the distance infinite.
    """

    shaft: NDArray[np.int64]
    along: NDArray[np.float64]
    distance: NDArray[np.float64]


def unit_of(size: PixelSize | None) -> Unit:
    """Return µm a px and slice; in px where nobody knows, and flat where only z is unknown."""
    return (1.0, 1.0, 0.0) if size is None else (size.x_um, size.y_um, size.z_um or 0.0)


def measured(lines: Iterable[Points], unit: Unit) -> tuple[Shaft, ...]:
    """Return the lines (n, 3) with their lengths; what has no length is left out."""
    found = []
    for points in lines:
        steps = np.linalg.norm(np.diff(points, axis=0) * unit, axis=1)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        if len(points) > 1 and along[-1] > 0:
            found.append(Shaft(np.asarray(points, np.float64), along))
    return tuple(found)


def nearest_on(shafts: Sequence[Shaft], places: Points, unit: Unit) -> OnShaft:
    """Return for places (m, 2) x, y in px the nearest point of a shaft, seen from above.

    Depth is left out: a shaft's slice is much less sure than its course. The lines' own points
    stand for them; they lie a fraction of a spine head apart.
    """
    m = len(places)
    if not shafts or not m:
        return OnShaft(np.full(m, -1), np.zeros(m), np.full(m, np.inf))
    flat = np.array(unit[:2])
    points = np.concatenate([s.points[:, :2] for s in shafts]) * flat
    owner = np.repeat(np.arange(len(shafts)), [len(s.points) for s in shafts])
    along = np.concatenate([s.along for s in shafts])
    nearest = np.empty(m, np.int64)
    distance = np.empty(m)
    block = max(1, _BLOCK // len(points))
    for i in range(0, m, block):
        gaps = np.linalg.norm((places[i : i + block] * flat)[:, None] - points[None], axis=2)
        nearest[i : i + block] = gaps.argmin(axis=1)
        distance[i : i + block] = gaps.min(axis=1)
    return OnShaft(owner[nearest], along[nearest], distance)
