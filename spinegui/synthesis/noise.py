"""The camera: background, shot noise, read noise and quantisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.synthesis.settings import SceneSettings

FULL_SCALE_SIGNAL = 1.9
"""What 8-bit and 12-bit images clip at, in brightness of an average shaft's axis."""

COARSE = 4
HALO_UM = 1.6
GRAIN_UM = 0.22
GRAIN_SHARE = 0.22


def add_background(
    rng: np.random.Generator, signal: NDArray[np.float32], settings: SceneSettings
) -> NDArray[np.float32]:
    """Return the signal (planes, Y, X) with scattered light, background and vignette, float32."""
    shape = signal.shape[1:]
    floor = _background(rng, (shape[0], shape[1]), settings)
    # What is scattered into a projected plane comes from all planes.
    glow = _glow(signal.mean(axis=0), settings) * np.sqrt(len(signal))
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :]
    shade = 1 - settings.vignette * (np.abs(x) ** 3 + np.abs(y) ** 3) / 2
    lit: NDArray[np.float32] = (signal + (settings.haze * glow + floor).astype(np.float32)) * shade
    return lit


def _glow(plane: NDArray[np.float32], settings: SceneSettings) -> NDArray[np.float32]:
    """Return the wide halo (Y, X) of light that tissue scatters, blurred on a coarse grid."""
    from scipy.ndimage import gaussian_filter

    small = gaussian_filter(
        plane[::COARSE, ::COARSE], HALO_UM / (COARSE * settings.pixel_um), truncate=3
    )
    return _enlarged(small, plane.shape[0], plane.shape[1])


def _background(
    rng: np.random.Generator, shape: tuple[int, int], settings: SceneSettings
) -> NDArray[np.float32]:
    """Return neuropil (Y, X): a slow variation over the field with a fine grain on it."""
    from scipy.ndimage import gaussian_filter

    coarse = gaussian_filter(rng.normal(size=(12, 12)), 1.3, mode="reflect")
    slow = _enlarged((coarse / coarse.std()).astype(np.float32), *shape)
    grain = gaussian_filter(
        rng.standard_normal(shape, dtype=np.float32), GRAIN_UM / settings.pixel_um, truncate=3
    )
    variation = settings.background_variation * (slow + GRAIN_SHARE * grain / grain.std())
    result: NDArray[np.float32] = settings.background * np.clip(1 + variation, 0.15, None)
    return result


def _enlarged(small: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Return a small image interpolated to that size."""
    from scipy.ndimage import zoom

    factors = (height / small.shape[0], width / small.shape[1])
    result: NDArray[np.float32] = zoom(small, factors, order=1, mode="nearest")
    return result


def expose(
    rng: np.random.Generator, signal: NDArray[np.float32], settings: SceneSettings
) -> NDArray[np.float32]:
    """Return the photons counted (planes, Y, X): Poisson shot noise plus Gaussian read noise."""
    expected = signal * np.float32(settings.photons)
    counted = rng.poisson(expected).astype(np.float32)
    counted += rng.standard_normal(signal.shape, dtype=np.float32) * np.float32(settings.read_noise)
    return counted


def digitise(
    counted: NDArray[np.float32], settings: SceneSettings
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return the counts as the file holds them: uint8, or uint16 for 12 and 16 bits.

    A converter's offset keeps the read noise above zero. 16-bit data use a small part of the
    range, as photomultipliers' do.
    """
    if settings.bit_depth == 16:
        wide: NDArray[np.uint16] = np.clip(counted * 24 + 180, 0, 65535).astype(np.uint16)
        return wide
    top = 2**settings.bit_depth - 1
    scale = top / (FULL_SCALE_SIGNAL * settings.photons)
    values = np.clip(counted * scale + 0.012 * top, 0, top)
    digital: NDArray[np.uint8] | NDArray[np.uint16]
    digital = values.astype(np.uint8 if settings.bit_depth == 8 else np.uint16)
    return digital
