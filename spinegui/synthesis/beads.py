"""Beads: overlapping balls along a path, the one shape that everything in a scene is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

SPACING_UM = 0.1


@dataclass(frozen=True, eq=False, slots=True)
class Beads:
    """A solid as a union of balls: centres (n, 3) float64 z, y, x in µm, radii (n,) in µm.

    brightness (n,) is each ball's dye concentration relative to an average shaft's.
    """

    centers: NDArray[np.float64]
    radii: NDArray[np.float64]
    brightness: NDArray[np.float64]

    @classmethod
    def plain(cls, centers: NDArray[np.float64], radii: NDArray[np.float64]) -> Beads:
        """Build with the concentration of an average shaft."""
        return cls(centers, radii, np.ones(len(radii)))

    def scaled(self, gain: float | NDArray[np.float64]) -> Beads:
        """Return it that much brighter."""
        return Beads(self.centers, self.radii, self.brightness * gain)

    def __len__(self) -> int:
        return len(self.radii)

    def chunks(self, size: int) -> Iterable[Beads]:
        """Yield runs of at most `size` neighbouring balls: each has a small bounding box."""
        for i in range(0, len(self), size):
            run = slice(i, i + size)
            yield Beads(self.centers[run], self.radii[run], self.brightness[run])


def joined(parts: Iterable[Beads]) -> Beads:
    """Return one solid of several."""
    parts = list(parts)
    return Beads(
        np.concatenate([p.centers for p in parts]),
        np.concatenate([p.radii for p in parts]),
        np.concatenate([p.brightness for p in parts]),
    )


def unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the vector, or each row of an array of them, with length 1."""
    norm = np.linalg.norm(vector, axis=-1, keepdims=True)
    result: NDArray[np.float64] = vector / np.maximum(norm, 1e-12)
    return result


def tangents(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the unit direction (n, 3) of a path (n >= 2, 3) at each of its points."""
    return unit(np.gradient(points, axis=0))


def arc_length(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distance (n,) along the path from its first point."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])
