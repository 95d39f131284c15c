"""Spines on shafts: where they sit, which way they point, of which class they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from spinegui.synthesis.beads import tangents, unit
from spinegui.synthesis.spine_shapes import Dimensions, SpineSolid, build_spine, draw_dimensions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.synthesis.settings import SceneSettings
    from spinegui.synthesis.shafts import Shaft

OVERLAP_UM = 0.08
"""How far two spines may run into each other in the projection."""

FAR_UM = 10.0
"""Spines with bases this far apart cannot touch."""


@dataclass(frozen=True, eq=False, slots=True)
class PlacedSpine:
    """A spine of the scene: its measures, its solid and the shaft that it sits on."""

    size: Dimensions
    solid: SpineSolid
    shaft: int


def place_spines(
    rng: np.random.Generator, shafts: list[Shaft], settings: SceneSettings
) -> list[PlacedSpine]:
    """Return spines at random along the shafts, none of them on top of another."""
    placed: list[PlacedSpine] = []
    labels = [label for label, _ in settings.class_mix]
    shares = np.array([share for _, share in settings.class_mix], float)
    for index, shaft in enumerate(shafts):
        inside = np.flatnonzero(_in_view(shaft, settings))
        if len(inside) < 2:
            continue
        length = shaft.along[inside[-1]] - shaft.along[inside[0]]
        for _ in range(int(rng.poisson(settings.spines_per_um * length))):
            label = str(rng.choice(labels, p=shares / shares.sum()))
            at = int(rng.choice(inside))
            spine = _sprout(rng, shaft, at, draw_dimensions(rng, label), settings)
            candidate = PlacedSpine(spine[0], spine[1], index)
            if _is_free(candidate, placed, shafts):
                placed.append(candidate)
    return placed


def _in_view(shaft: Shaft, settings: SceneSettings) -> NDArray[np.bool_]:
    _, height, width = settings.extent_um
    y, x = shaft.beads.centers[:, 1], shaft.beads.centers[:, 2]
    result: NDArray[np.bool_] = (y > 0) & (y < height) & (x > 0) & (x < width)
    return result


def _sprout(
    rng: np.random.Generator, shaft: Shaft, at: int, size: Dimensions, settings: SceneSettings
) -> tuple[Dimensions, SpineSolid]:
    points = shaft.beads.centers
    along = tangents(points[max(at - 3, 0) : at + 4])[min(at, 3)]
    up = unit(np.array([1.0, 0.0, 0.0]) - along[0] * along)
    side = np.cross(along, up) * rng.choice([-1, 1])
    elevation = np.deg2rad(np.clip(rng.normal(0, settings.elevation_sd_deg), -90, 90))
    normal = np.cos(elevation) * side + np.sin(elevation) * up
    base = points[at] + normal * shaft.beads.radii[at]
    outward = unit(normal + along * np.clip(rng.normal(0, 0.25), -0.6, 0.6))
    solid = build_spine(rng, size, base, outward, along)
    # Spines differ in how much dye and indicator they hold.
    gain = np.clip(rng.lognormal(np.log(1.1), 0.25), 0.65, 2.0)
    gain = gain * membrane_gain(solid.beads.radii, settings)
    return size, replace(solid, beads=solid.beads.scaled(gain))


def membrane_gain(radii_um: NDArray[np.float64], settings: SceneSettings) -> NDArray[np.float64]:
    """Return how much denser (n,) the label is in thin parts than in an average shaft.

    Labels sit partly in the membrane, whose share of a tube's volume goes with 1 / radius: necks
    and small heads look brighter than their volume alone would make them.
    """
    shaft = sum(settings.shaft_radius_um) / 2
    share = settings.membrane_share
    result: NDArray[np.float64] = 1 - share + share * shaft / np.maximum(radii_um, 0.05)
    return result


def _is_free(spine: PlacedSpine, placed: list[PlacedSpine], shafts: list[Shaft]) -> bool:
    """Tell whether it is clear of other spines in the projection, and its base of other shafts."""
    from scipy.spatial.distance import cdist

    mine = spine.solid.beads
    for other in placed:
        if np.linalg.norm(spine.solid.base - other.solid.base) > FAR_UM:
            continue
        theirs = other.solid.beads
        apart = cdist(mine.centers[:, 1:], theirs.centers[:, 1:])
        if (apart - mine.radii[:, None] - theirs.radii).min() < -OVERLAP_UM:
            return False
    for index, shaft in enumerate(shafts):
        if index == spine.shaft:
            continue
        gaps = np.linalg.norm(shaft.beads.centers - spine.solid.base, axis=1) - shaft.beads.radii
        if gaps.min() < 0.15:
            return False
    return True
