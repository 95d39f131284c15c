"""Dendritic shafts: tortuous, tapering, branching paths through the field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.synthesis.beads import SPACING_UM, Beads, arc_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.synthesis.settings import SceneSettings

MARGIN_UM = 3.0
"""Paths start and end this far outside the field, so that nothing ends at its edge."""

RALL = 2 / 3
"""Rall's law: the 3/2 powers of the daughters' radii add up to the parent's (Rall 1959)."""


@dataclass(frozen=True, eq=False, slots=True)
class Shaft:
    """A dendrite: its solid, and the arc length (n,) in µm of each of its points."""

    beads: Beads
    along: NDArray[np.float64]


def grow_shafts(rng: np.random.Generator, settings: SceneSettings) -> list[Shaft]:
    """Return the dendrites in focus: the main ones, then their side branches."""
    depth, height, width = settings.extent_um
    shafts = []
    heading = rng.uniform(0, np.pi)
    for i in range(settings.n_dendrites):
        # Dendrites lie side by side, roughly parallel, and rarely cross.
        offset = (i - (settings.n_dendrites - 1) / 2) * min(height, width) / settings.n_dendrites
        offset += rng.normal(0, 0.06) * min(height, width)
        radius = rng.uniform(*settings.shaft_radius_um)
        path = _crossing_path(rng, settings, heading + rng.normal(0, 0.15), offset)
        shafts.append(_shaft(rng, path, radius, depth))
    for _ in range(settings.n_branches if shafts else 0):
        parent = int(rng.integers(settings.n_dendrites))
        shafts[parent], daughter = _branch(rng, shafts[parent], settings)
        shafts.append(daughter)
    return shafts


def _crossing_path(
    rng: np.random.Generator, settings: SceneSettings, heading: float, offset: float
) -> NDArray[np.float64]:
    """Return y, x (n, 2) of a path that crosses the field's centre at that offset."""
    _, height, width = settings.extent_um
    reach = np.hypot(height, width) / 2 + 2 * MARGIN_UM
    n = int(2 * reach / SPACING_UM)
    bend = smooth_noise(rng, n, 40) * 0.22 + smooth_noise(rng, n, 14) * 0.10
    angle = heading + settings.tortuosity * (bend - bend.mean())
    steps = SPACING_UM * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    path = np.cumsum(steps, axis=0)
    normal = np.array([np.cos(heading), -np.sin(heading)])
    path += np.array([height, width]) / 2 + offset * normal - path[n // 2]
    return path[_in_field(path, height, width)]


def _in_field(path: NDArray[np.float64], height: float, width: float) -> NDArray[np.intp]:
    """Return the indices of the run of points around the field, margin included."""
    lo = -MARGIN_UM
    inside = ((path >= lo) & (path <= np.array([height, width]) + MARGIN_UM)).all(axis=1)
    found = np.flatnonzero(inside)
    return np.arange(found[0], found[-1] + 1) if len(found) else np.arange(2)


def _shaft(
    rng: np.random.Generator, path: NDArray[np.float64], radius: float, depth: float
) -> Shaft:
    n = len(path)
    z = depth / 2 + smooth_noise(rng, n, 120) * depth * 0.14
    taper = np.linspace(1.12, 0.88, n)
    varicose = np.clip(1 + 0.08 * smooth_noise(rng, n, 7), 0.75, 1.3)
    # Mitochondria and the like exclude dye here and there.
    dye = np.clip(1 + 0.10 * smooth_noise(rng, n, 6), 0.7, 1.3)
    points = np.column_stack([z, path])
    return Shaft(Beads(points, radius * taper * varicose, dye), arc_length(points))


def _branch(
    rng: np.random.Generator, parent: Shaft, settings: SceneSettings
) -> tuple[Shaft, Shaft]:
    """Return the parent, thinner beyond the fork, and the daughter that leaves it there."""
    depth, height, width = settings.extent_um
    points, radii = parent.beads.centers, parent.beads.radii.copy()
    at = int(len(points) * rng.uniform(0.3, 0.6))
    share = rng.uniform(0.35, 0.5)
    blend = np.clip((np.arange(len(radii)) - at) / 15, 0, 1)
    radii *= 1 - blend * (1 - (1 - share) ** RALL)
    ahead = points[min(at + 8, len(points) - 1)] - points[at - 8]
    turn = rng.choice([-1, 1]) * np.deg2rad(rng.uniform(30, 60))
    heading = np.arctan2(ahead[1], ahead[2]) + turn
    n = int((height + width) / SPACING_UM)
    bend = smooth_noise(rng, n, 40) * 0.22 + smooth_noise(rng, n, 14) * 0.10
    angle = heading + settings.tortuosity * (bend - bend[0])
    path = np.cumsum(SPACING_UM * np.stack([np.sin(angle), np.cos(angle)], axis=1), axis=0)
    path += points[at, 1:]
    path = path[_in_field(path, height, width)]
    daughter = _shaft(rng, path, parent.beads.radii[at] * share**RALL, depth)
    rise = daughter.beads.centers[:, 0] - daughter.beads.centers[0, 0]
    daughter.beads.centers[:, 0] = np.clip(points[at, 0] + rise, 0.0, depth)
    return Shaft(Beads(points, radii, parent.beads.brightness), parent.along), daughter


def smooth_noise(rng: np.random.Generator, n: int, period: float) -> NDArray[np.float64]:
    """Return n values of smooth noise with mean 0 and deviation about 1 that turns in `period`."""
    from scipy.ndimage import gaussian_filter1d

    pad = int(3 * period)
    smooth = gaussian_filter1d(rng.normal(size=n + 2 * pad), period, mode="wrap")
    result: NDArray[np.float64] = smooth[pad : pad + n] * np.sqrt(2 * np.sqrt(np.pi) * period)
    return result
