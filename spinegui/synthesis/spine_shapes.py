"""Spine shapes: how large the spines of each class are, and their solids.

Sizes follow serial-section electron microscopy: Harris & Stevens 1989 (J Neurosci 9:2982), Harris,
Jensen & Tsao 1992 (J Neurosci 12:2685), Peters & Kaiserman-Abramof 1970 (Am J Anat 127:321),
Arellano et al. 2007 (Front Neurosci 1:131: necks around 0.2 µm wide); filopodia as in Fiala et al.
1998 (J Neurosci 18:8900). The classes are told apart by the rules of Risher et al. 2014 (PLoS ONE
9:e107591). Rodriguez et al. 2008 (PLoS ONE 3:e1997) cut elsewhere: they call any head above 0.35 µm
that is clearly wider than its neck a mushroom, so the larger thin spines here are theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.synthesis.beads import SPACING_UM, Beads, joined, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILOPODIUM_LENGTH_UM = 2.0
MUSHROOM_WIDTH_UM = 0.6


@dataclass(frozen=True, slots=True)
class Dimensions:
    """A spine's measures in µm. `length_um` runs from the shaft's surface to the tip."""

    label: str
    length_um: float
    head_width_um: float
    head_length_um: float
    neck_width_um: float

    @property
    def neck_length_um(self) -> float:
        return max(0.0, self.length_um - self.head_length_um)


def rule_class(length_um: float, head_width_um: float) -> str:
    """Return the class by Risher et al. 2014, in their order.

    Longer than 2 µm: filopodium; else head wider than 0.6 µm: mushroom; else longer than wide:
    thin; else stubby.
    """
    if length_um > FILOPODIUM_LENGTH_UM:
        return "filopodia"
    if head_width_um > MUSHROOM_WIDTH_UM:
        return "mushroom"
    return "thin" if length_um > head_width_um else "stubby"


def draw_dimensions(rng: np.random.Generator, label: str) -> Dimensions:
    """Return random measures of a spine that `rule_class` puts into that class."""
    if label == "mushroom":
        width = _bounded(rng, 0.76, 0.10, 0.64, 1.05)
        head = width * rng.uniform(0.72, 0.95)
        return Dimensions(label, _bounded(rng, 1.35, 0.25, head + 0.3, 1.95), width, head,
                          _bounded(rng, 0.22, 0.04, 0.15, 0.32))  # fmt: skip
    if label == "thin":
        width = _bounded(rng, 0.43, 0.06, 0.30, 0.55)
        head = width * rng.uniform(0.9, 1.25)
        return Dimensions(label, _bounded(rng, 1.20, 0.30, head + 0.25, 1.90), width, head,
                          _bounded(rng, 0.16, 0.03, 0.10, 0.22))  # fmt: skip
    if label == "stubby":
        width = _bounded(rng, 0.54, 0.04, 0.44, 0.59)
        length = width * rng.uniform(0.78, 0.99)
        return Dimensions(label, length, width, length, width)
    width = _bounded(rng, 0.22, 0.03, 0.16, 0.30)
    return Dimensions(label, _bounded(rng, 2.6, 0.45, 2.1, 3.8), width, width, width * 0.85)


def _bounded(
    rng: np.random.Generator, mean: float, deviation: float, low: float, high: float
) -> float:
    return float(np.clip(rng.normal(mean, deviation), low, high))


@dataclass(frozen=True, eq=False, slots=True)
class SpineSolid:
    """A spine in place: its solid from inside the shaft to the tip; points z, y, x in µm."""

    beads: Beads
    head_center: NDArray[np.float64]
    tip: NDArray[np.float64]
    base: NDArray[np.float64]


def build_spine(
    rng: np.random.Generator,
    size: Dimensions,
    base: NDArray[np.float64],
    outward: NDArray[np.float64],
    along: NDArray[np.float64],
) -> SpineSolid:
    """Return a spine that leaves the shaft's surface at `base`, with a gently bent neck.

    `outward` and `along` are unit vectors (3,), the shaft's normal at the base and its direction.
    """
    reach = np.linspace(-0.25, size.length_um, max(6, int(size.length_um / SPACING_UM * 2)))
    path = base + reach[:, None] * outward + _sway(rng, size, reach, outward, along)
    # The sway lengthens the path a little; measures are taken along the straight axis.
    head_at = max(size.length_um - size.head_length_um / 2, 0.0)
    center = _at(path, reach, head_at)
    axis = unit(_at(path, reach, size.length_um) - _at(path, reach, size.length_um - 0.1))
    tip = center + axis * size.head_length_um / 2
    if size.label == "stubby":
        beads = _stubby(size, base, axis)
    elif size.label == "filopodia":
        beads = _filopodium(size, path, reach)
    else:
        neck = reach <= head_at
        beads = joined([_neck(size, path[neck], reach[neck], head_at),
                        _head(rng, size, center, axis)])  # fmt: skip
    return SpineSolid(beads, center, tip, base)


def _sway(
    rng: np.random.Generator,
    size: Dimensions,
    reach: NDArray[np.float64],
    outward: NDArray[np.float64],
    along: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return how far (n, 3) a spine's middle line strays sideways: necks bend, filopodia wave."""
    share = np.clip(reach / size.length_um, 0, 1)[:, None]
    if size.label == "stubby":
        return np.zeros((len(reach), 3))
    bend = np.clip(rng.normal(0, 0.14), -0.3, 0.3) * size.length_um * share**2 * along
    if size.label != "filopodia":
        return np.asarray(bend)
    wave = np.sin(share * rng.uniform(3, 6) + rng.uniform(0, 3)) * share
    sideways = unit(np.cross(outward, rng.normal(size=3)))
    return np.asarray(bend + rng.uniform(0.12, 0.28) * wave * sideways)


def _at(
    path: NDArray[np.float64], reach: NDArray[np.float64], distance: float
) -> NDArray[np.float64]:
    return np.array([np.interp(distance, reach, path[:, k]) for k in range(3)])


def _neck(
    size: Dimensions, path: NDArray[np.float64], reach: NDArray[np.float64], head_at: float
) -> Beads:
    """Return a neck that widens a little where it meets the shaft and the head."""
    slim = size.neck_width_um / 2
    flare = (
        1 + 0.5 * np.exp(-np.clip(reach, 0, None) / 0.12) + 0.4 * np.exp((reach - head_at) / 0.1)
    )
    return Beads.plain(path, slim * flare)


def _head(
    rng: np.random.Generator,
    size: Dimensions,
    center: NDArray[np.float64],
    axis: NDArray[np.float64],
) -> Beads:
    """Return a head of just that width across and that length along the axis."""
    across = unit(np.cross(axis, rng.normal(size=3)))
    radius = min(size.head_width_um, size.head_length_um) / 2
    wide = size.head_width_um / 2 - radius
    long = size.head_length_um / 2 - radius
    offsets = [np.zeros(3), wide * across, -wide * across, long * axis, -long * axis]
    third = np.cross(axis, across) * wide * rng.uniform(0.3, 1.0)
    return Beads.plain(center + np.array([*offsets, third, -third]), np.full(7, radius))


def _stubby(size: Dimensions, base: NDArray[np.float64], axis: NDArray[np.float64]) -> Beads:
    radius = size.head_width_um / 2
    reach = np.linspace(-0.15, max(size.length_um - radius, -0.1), 5)
    return Beads.plain(base + reach[:, None] * axis, np.full(5, radius))


def _filopodium(size: Dimensions, path: NDArray[np.float64], reach: NDArray[np.float64]) -> Beads:
    share = np.clip(reach / size.length_um, 0, 1)
    radii = size.neck_width_um / 2 * (1.15 - 0.2 * share)
    radii = np.where(share > 0.93, size.head_width_um / 2, radii)
    inside = reach <= size.length_um - size.head_width_um / 2
    return Beads.plain(path[inside], radii[inside])
