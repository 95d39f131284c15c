"""The microscope's blur: a Gaussian approximation of its point spread function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.synthesis.settings import Optics


def psf_sigmas(optics: Optics) -> tuple[float, float]:
    """Return the deviations (sigma_z, sigma_xy) in µm of the point spread function.

    Two-photon: the squared illumination's 1/e radii of Zipfel, Williams & Webb 2003 (Nat Biotechnol
    21:1369), divided by the root of 2. Confocal: the paraxial Gaussian fits of Zhang, Zerubia &
    Olivo-Marin 2007 (Appl Opt 46:1819) for excitation and emission, multiplied.
    """
    na, n = optics.numerical_aperture, optics.refractive_index
    if optics.modality == "two_photon":
        power = 0.91 if na > 0.7 else 1.0
        factor = 0.325 if na > 0.7 else 0.320
        lateral = factor * optics.excitation_um / (np.sqrt(2) * na**power)
        axial = 0.532 * optics.excitation_um / np.sqrt(2) / (n - np.sqrt(n**2 - na**2))
        return float(axial / np.sqrt(2)), float(lateral / np.sqrt(2))
    per_um2 = optics.excitation_um**-2 + optics.emission_um**-2
    wavelength = per_um2**-0.5
    return float(0.78 * n * wavelength / na**2), float(0.225 * wavelength / na)


def soft_sigma(sigma_um: float, edge_um: float) -> float:
    """Return the blur still due where linear edges of that width have blurred a little already."""
    return float(np.sqrt(max(sigma_um**2 - edge_um**2 / 12, (sigma_um / 2) ** 2)))


def z_weights(
    planes_um: NDArray[np.float64], fine_um: NDArray[np.float64], sigma_um: float
) -> NDArray[np.float32]:
    """Return (planes, fine slices) float32: how much each fine slice gives each imaged plane."""
    step = fine_um[1] - fine_um[0]
    offset = (planes_um[:, None] - fine_um[None, :]) / sigma_um
    weights = np.exp(-0.5 * offset**2) * step / (np.sqrt(2 * np.pi) * sigma_um)
    result: NDArray[np.float32] = weights.astype(np.float32)
    return result


def blur_planes(
    density: NDArray[np.float32], weights: NDArray[np.float32], sigma_px: float
) -> NDArray[np.float32]:
    """Return the planes (planes, Y, X) seen of a density (fine slices, Y, X), both float32.

    Blurring along z first, straight onto the planes wanted, leaves few slices to blur in xy.
    """
    from scipy.ndimage import gaussian_filter1d

    n_fine, height, width = density.shape
    planes = (weights @ density.reshape(n_fine, -1)).reshape(-1, height, width)
    for axis in (1, 2):
        planes = gaussian_filter1d(planes, sigma_px, axis=axis, mode="nearest", truncate=3.5)
    result: NDArray[np.float32] = planes
    return result
