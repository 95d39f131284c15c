"""Rendering: solids of beads onto grids, as soft density for the microscope and as label masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from spinegui.synthesis.beads import Beads
    from spinegui.synthesis.settings import SceneSettings

FINE_STEP_UM = 0.2
CHUNK = 10


@dataclass(frozen=True, eq=False, slots=True)
class Grid:
    """Voxel centres (z, y, x) in µm along each axis."""

    z_um: NDArray[np.float64]
    y_um: NDArray[np.float64]
    x_um: NDArray[np.float64]

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.z_um), len(self.y_um), len(self.x_um)

    def window(self, beads: Beads, margin: tuple[float, float]) -> tuple[slice, slice, slice]:
        """Return the voxels around the beads, grown by a margin (z, xy) in µm."""
        reach = beads.radii[:, None] + np.array([margin[0], margin[1], margin[1]])
        low, high = (beads.centers - reach).min(axis=0), (beads.centers + reach).max(axis=0)
        axes = (self.z_um, self.y_um, self.x_um)
        return tuple(  # type: ignore[return-value]  # three axes, three slices
            slice(int(np.searchsorted(axis, a)), int(np.searchsorted(axis, b, "right")))
            for axis, a, b in zip(axes, low, high, strict=True)
        )


def fine_grid(settings: SceneSettings, margin_um: float) -> Grid:
    """Return the grid that density is rendered on: finer than the slices, and reaching beyond."""
    depth = settings.extent_um[0]
    n = int(np.ceil((depth + 2 * margin_um) / FINE_STEP_UM)) + 1
    z = depth / 2 + (np.arange(n) - (n - 1) / 2) * FINE_STEP_UM
    return Grid(z.astype(np.float64), *_lateral(settings))


def slice_grid(settings: SceneSettings) -> Grid:
    """Return the grid of the image's own voxels; a 2D image's one slice lies at half depth."""
    depth = settings.extent_um[0]
    z = np.arange(settings.n_z) * settings.z_step_um if settings.is_stack else np.array([depth / 2])
    return Grid(z.astype(np.float64), *_lateral(settings))


def _lateral(settings: SceneSettings) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    y = (np.arange(settings.height) + 0.5) * settings.pixel_um
    x = (np.arange(settings.width) + 0.5) * settings.pixel_um
    return y.astype(np.float64), x.astype(np.float64)


def edge_width(grid: Grid) -> float:
    """Return the width in µm of the soft edges that keep thin necks whole on this grid."""
    return float(max(grid.x_um[1] - grid.x_um[0], grid.z_um[1] - grid.z_um[0]))


def add_density(volume: NDArray[np.float32], grid: Grid, beads: Beads) -> None:
    """Draw a solid into a float32 volume (Z, Y, X), as a union with what is there.

    Balls thinner than the soft edge are dimmed so that a neck holds as much dye as its true
    cross-section.
    """
    width = edge_width(grid)
    for part in beads.chunks(CHUNK):
        window = grid.window(part, (width / 2, width / 2))
        covered = np.zeros([s.stop - s.start for s in window], np.float32)
        if covered.size == 0:
            continue
        gains = (_dimming(part, width) * part.brightness).astype(np.float32)
        for center, radius, gain in zip(part.centers, part.radii, gains, strict=True):
            distance = _distance(grid, window, center, 0.0)
            np.maximum(
                covered, gain * np.clip(0.5 + (radius - distance) / width, 0, 1), out=covered
            )
        target = volume[window]
        np.maximum(target, covered, out=target)


def _dimming(beads: Beads, width: float) -> NDArray[np.float64]:
    """Return true over rendered cross-section (n,) of cylinders with these radii."""
    radii = beads.radii
    reach = radii + width / 2
    soft = np.where(radii >= width / 2, radii**2 + width**2 / 12, reach**3 / (3 * width))
    result: NDArray[np.float64] = radii**2 / soft
    return result


def _distance(
    grid: Grid,
    window: tuple[slice, slice, slice],
    center: NDArray[np.float64],
    half_slab: float,
) -> NDArray[np.float32]:
    """Return the distance in µm from a point to voxels that reach `half_slab` up and down in z."""
    dz = np.clip(np.abs(grid.z_um[window[0]] - center[0]) - half_slab, 0, None)
    dy = grid.y_um[window[1]] - center[1]
    dx = grid.x_um[window[2]] - center[2]
    square = (
        (dz**2).astype(np.float32)[:, None, None]
        + (dy**2).astype(np.float32)[None, :, None]
        + (dx**2).astype(np.float32)[None, None, :]
    )
    result: NDArray[np.float32] = np.sqrt(square, out=square)
    return result


def paint_labels(shape_grid: Grid, solids: Iterable[Beads], half_slab: float) -> NDArray[np.uint16]:
    """Return a (Z, Y, X) uint16 mask: 0 outside, k + 1 where the k-th solid crosses the voxel.

    A voxel counts as a slab of half thickness `half_slab` µm (infinite for a projection), so that a
    thin neck between two slices is not lost. Where solids overlap the later one wins.
    """
    mask = np.zeros(shape_grid.shape, np.uint16)
    reach = half_slab if np.isfinite(half_slab) else 1e6
    pixel = float(shape_grid.x_um[1] - shape_grid.x_um[0])
    for label, beads in enumerate(solids, start=1):
        for part in beads.chunks(CHUNK):
            window = shape_grid.window(part, (reach, pixel))
            target = mask[window]
            if target.size == 0:
                continue
            for center, radius in zip(part.centers, part.radii, strict=True):
                # Half a pixel at least, or a neck between pixel centres would break up.
                solid = max(radius, 0.5 * pixel)
                target[_distance(shape_grid, window, center, reach) <= solid] = label
    return mask
