"""What is in a field but is no spine: axons, autofluorescent blobs, dendrites out of focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.synthesis.beads import SPACING_UM, Beads
from spinegui.synthesis.shafts import smooth_noise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.synthesis.settings import SceneSettings


def grow_axons(rng: np.random.Generator, settings: SceneSettings) -> list[Beads]:
    """Return thin axons with boutons that cross the field at any depth.

    Boutons about 0.6 µm wide every few µm, as on CA3 collaterals (Shepherd & Harris 1998,
    J Neurosci 18:8300).
    """
    depth = settings.extent_um[0]
    axons = []
    for _ in range(settings.n_axons):
        path = _random_path(rng, settings, bend=0.3)
        n = len(path)
        z = np.clip(rng.uniform(0, depth) + smooth_noise(rng, n, 60) * 0.8, -1.0, depth + 1.0)
        radii = np.full(n, rng.uniform(0.08, 0.13))
        along = np.arange(n) * SPACING_UM
        position = rng.uniform(0, 4)
        while position < along[-1]:
            bouton = rng.uniform(0.18, 0.30)
            radii = np.maximum(radii, bouton * np.exp(-(((along - position) / 0.35) ** 2)))
            position += 1.2 + rng.exponential(4.5)
        solid = Beads.plain(np.column_stack([z, path]), radii)
        axons.append(solid.scaled(rng.uniform(0.7, 1.5)))
    return axons


def grow_blobs(rng: np.random.Generator, settings: SceneSettings) -> list[Beads]:
    """Return small clumps of autofluorescence (lipofuscin and the like), away from any order."""
    depth, height, width = settings.extent_um
    blobs = []
    for _ in range(settings.n_blobs):
        center = rng.uniform([0, 0, 0], [max(depth, 0.1), height, width])
        n = int(rng.integers(3, 9))
        centers = center + rng.normal(0, rng.uniform(0.1, 0.35), (n, 3))
        blobs.append(Beads.plain(centers, rng.uniform(0.12, 0.3, n)).scaled(rng.uniform(0.3, 0.9)))
    return blobs


def out_of_focus_layer(rng: np.random.Generator, settings: SceneSettings) -> NDArray[np.float32]:
    """Return the haze (planes, Y, X) float32 of dendrites above and below the imaged slices.

    Each is blurred by its distance and fades towards the far end of the stack; 1 is the brightness
    of an average shaft's axis.
    """
    n = settings.n_planes
    layers = np.zeros((n, settings.height, settings.width), np.float32)
    for _ in range(settings.n_out_of_focus):
        image = _defocused(rng, settings)
        fade = np.linspace(1.0, rng.uniform(0.15, 0.5), n, dtype=np.float32)
        if rng.random() < 0.5:
            fade = fade[::-1]
        layers += fade[:, None, None] * image
    return layers


def _defocused(rng: np.random.Generator, settings: SceneSettings) -> NDArray[np.float32]:
    from scipy.ndimage import gaussian_filter

    pixel = settings.pixel_um
    path = _random_path(rng, settings, bend=0.35)
    radii = rng.uniform(0.25, 0.5) * (1 + 0.25 * smooth_noise(rng, len(path), 5))
    image = np.zeros((settings.height, settings.width), np.float32)
    side_steps = rng.normal(0, 1.0, path.shape) * (rng.random(len(path)) < 0.10)[:, None]
    for (y, x), radius in zip(np.concatenate([path, path + side_steps]),
                              np.concatenate([radii, radii * 0.6]), strict=True):  # fmt: skip
        rows = slice(max(0, int((y - radius) / pixel)), max(0, int((y + radius) / pixel) + 1))
        cols = slice(max(0, int((x - radius) / pixel)), max(0, int((x + radius) / pixel) + 1))
        image[rows, cols] = 1.0
    blur = rng.uniform(0.25, 0.9)
    smooth: NDArray[np.float32] = gaussian_filter(image, blur / pixel, truncate=3)
    return smooth * np.float32(rng.uniform(0.10, 0.30))


def _random_path(
    rng: np.random.Generator, settings: SceneSettings, bend: float
) -> NDArray[np.float64]:
    """Return y, x (n, 2) in µm of a path across the field in any direction."""
    _, height, width = settings.extent_um
    reach = np.hypot(height, width)
    n = int(1.2 * reach / SPACING_UM)
    heading = rng.uniform(0, 2 * np.pi) + bend * smooth_noise(rng, n, 35)
    path = np.cumsum(SPACING_UM * np.stack([np.sin(heading), np.cos(heading)], axis=1), axis=0)
    middle = rng.uniform([0.1 * height, 0.1 * width], [0.9 * height, 0.9 * width])
    result: NDArray[np.float64] = path - path[n // 2] + middle
    return result
