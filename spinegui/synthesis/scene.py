"""Synthetic images: a scene of dendrites, imaged, with everything known about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.image_ref import PixelSize
from spinegui.synthesis.distractors import grow_axons, grow_blobs, out_of_focus_layer
from spinegui.synthesis.noise import add_background, digitise, expose
from spinegui.synthesis.optics import blur_planes, psf_sigmas, soft_sigma, z_weights
from spinegui.synthesis.render import (
    add_density,
    edge_width,
    fine_grid,
    paint_labels,
    slice_grid,
)
from spinegui.synthesis.settings import FRAME, SceneSettings
from spinegui.synthesis.shafts import Shaft, grow_shafts
from spinegui.synthesis.spines import PlacedSpine, place_spines
from spinegui.synthesis.truth import TrueSpine, describe

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.synthesis.beads import Beads

SOURCE = "synthetic"


@dataclass(frozen=True, eq=False, slots=True)
class SyntheticImage:
    """An image and its truth.

    pixels (Z, Y, X) uint8 or uint16, Z = 1 in 2D. spine_mask (Z, Y, X) uint16: k + 1 where spine k
    lies, drawn before the blur and without the part inside a shaft. shaft_mask (Z, Y, X) bool.
    shafts: one (n, 3) float64 path a dendrite, z in slices, y and x in px; shaft_radii_um their
    radii (n,). `spines` holds the hidden ones too (`is_hidden`); `visible` leaves them out.
    """

    pixels: NDArray[np.uint8] | NDArray[np.uint16]
    spines: list[TrueSpine]
    shafts: list[NDArray[np.float64]]
    shaft_radii_um: list[NDArray[np.float64]]
    pixel_size: PixelSize
    spine_mask: NDArray[np.uint16]
    shaft_mask: NDArray[np.bool_]
    settings: SceneSettings
    seed: int

    @property
    def visible(self) -> list[TrueSpine]:
        return [spine for spine in self.spines if not spine.is_hidden]


def make_image(seed: int, settings: SceneSettings = FRAME) -> SyntheticImage:
    """Return the image of that seed; the same seed and settings give the same image.

    The scene, its surroundings and the noise draw from streams of their own: other photons or more
    distractors leave the dendrites and spines as they are.
    """
    geometry, surroundings, camera = np.random.default_rng(seed).spawn(3)
    shafts = grow_shafts(geometry, settings)
    spines = place_spines(geometry, shafts, settings)
    others = grow_axons(surroundings, settings) + grow_blobs(surroundings, settings)
    signal = _image(shafts, spines, others, settings)
    signal += out_of_focus_layer(surroundings, settings)
    lit = add_background(surroundings, signal, settings)
    pixels = digitise(expose(camera, lit, settings), settings)
    if not settings.is_stack:
        pixels = pixels.max(axis=0, keepdims=True)
    spine_mask, shaft_mask = _masks(shafts, spines, settings)
    px = settings.pixel_um
    z_um = settings.z_step_um if settings.is_stack else None
    return SyntheticImage(
        pixels,
        [describe(spine, shafts, settings) for spine in spines],
        [_in_voxels(shaft, settings) for shaft in shafts],
        [shaft.beads.radii for shaft in shafts],
        PixelSize(px, px, z_um, SOURCE),
        spine_mask,
        shaft_mask,
        settings,
        seed,
    )


def _image(
    shafts: list[Shaft], spines: list[PlacedSpine], others: list[Beads], settings: SceneSettings
) -> NDArray[np.float32]:
    """Return the blurred planes (planes, Y, X) float32, 1 at the axis of an average shaft."""
    sigma_z, sigma_xy = psf_sigmas(settings.optics)
    grid = fine_grid(settings, 2.5 * sigma_z)
    density = np.zeros(grid.shape, np.float32)
    for beads in [*(s.beads for s in shafts), *(s.solid.beads for s in spines), *others]:
        add_density(density, grid, beads)
    width = edge_width(grid)
    planes_um = np.arange(settings.n_planes, dtype=np.float64) * settings.z_step_um
    weights = z_weights(planes_um, grid.z_um, soft_sigma(sigma_z, width))
    planes = blur_planes(density, weights, soft_sigma(sigma_xy, width) / settings.pixel_um)
    return planes / np.float32(_axis_brightness(planes, shafts, settings))


def _axis_brightness(
    planes: NDArray[np.float32], shafts: list[Shaft], settings: SceneSettings
) -> float:
    """Return the median of the planes' maximum along the shafts' axes, 1 where there is none."""
    top = planes.max(axis=0)
    places = (
        np.concatenate([s.beads.centers[:, 1:] for s in shafts]) if shafts else np.zeros((0, 2))
    )
    y, x = (places / settings.pixel_um).astype(int).T
    inside = (y >= 0) & (y < top.shape[0]) & (x >= 0) & (x < top.shape[1])
    return float(np.median(top[y[inside], x[inside]])) if inside.any() else 1.0


def _masks(
    shafts: list[Shaft], spines: list[PlacedSpine], settings: SceneSettings
) -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
    grid = slice_grid(settings)
    half_slab = settings.z_step_um / 2 if settings.is_stack else np.inf
    shaft_mask = paint_labels(grid, [s.beads for s in shafts], half_slab) > 0
    spine_mask = paint_labels(grid, [s.solid.beads for s in spines], half_slab)
    spine_mask[shaft_mask] = 0
    return spine_mask, shaft_mask


def _in_voxels(shaft: Shaft, settings: SceneSettings) -> NDArray[np.float64]:
    """Return the shaft's path (n, 3) with z in slices (0 in 2D), y and x in px."""
    z = 1 / settings.z_step_um if settings.is_stack else 0.0
    per_um = np.array([z, 1 / settings.pixel_um, 1 / settings.pixel_um])
    result: NDArray[np.float64] = shaft.beads.centers * per_um
    return result
