"""What a synthetic scene looks like: its size, its dendrites, its microscope and its camera."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Literal

from spinegui.domain.labels import SPINE_CLASSES

Modality = Literal["two_photon", "confocal"]
BIT_DEPTHS = (8, 12, 16)

ADULT_MIX: tuple[tuple[str, float], ...] = (
    ("mushroom", 0.30),
    ("thin", 0.43),
    ("stubby", 0.20),
    ("filopodia", 0.07),
)
"""Thin spines lead and filopodia are rare, as in adult cortex and CA1 (Harris, Jensen & Tsao 1992,
J Neurosci 12:2685; Peters & Kaiserman-Abramof 1970, Am J Anat 127:321). Filopodia are kept above
their adult share, so that an image of 30 spines usually shows one."""


@dataclass(frozen=True, slots=True)
class Optics:
    """The microscope: excitation and emission in µm, numerical aperture, refractive index."""

    modality: Modality = "two_photon"
    excitation_um: float = 0.92
    emission_um: float = 0.52
    numerical_aperture: float = 1.0
    refractive_index: float = 1.33

    def __post_init__(self) -> None:
        if not 0.0 < self.numerical_aperture < self.refractive_index:
            raise ValueError("The numerical aperture lies between 0 and the refractive index.")
        if self.excitation_um <= 0 or self.emission_um <= 0:
            raise ValueError("Wavelengths are positive, in µm.")


@dataclass(frozen=True, slots=True)
class SceneSettings:
    """Everything but the seed that decides an image. Lengths in µm, sizes in px.

    `n_z` = 1 makes a 2D image: the maximum projection of slices `z_step_um` apart through
    `depth_um`. `photons` is what the axis of an average shaft gives one pixel; `background` is a
    share of that, `membrane_share` the part of the label that sits in the membrane. Dendritic
    diameters of 0.6 to 1.3 µm and densities around 1 spine per µm are those of pyramidal side
    branches (Harris & Stevens 1989, J Neurosci 9:2982; Peters & Kaiserman-Abramof 1970). Raises
    ValueError for settings that make no image.
    """

    width: int = 512
    height: int = 512
    n_z: int = 1
    pixel_um: float = 0.065
    z_step_um: float = 0.6
    depth_um: float = 6.0
    bit_depth: int = 8

    n_dendrites: int = 1
    n_branches: int = 1
    shaft_radius_um: tuple[float, float] = (0.34, 0.52)
    tortuosity: float = 1.0
    spines_per_um: float = 0.8
    class_mix: tuple[tuple[str, float], ...] = ADULT_MIX
    elevation_sd_deg: float = 34.0

    n_out_of_focus: int = 2
    n_axons: int = 2
    n_blobs: int = 4

    optics: Optics = field(default_factory=Optics)
    membrane_share: float = 0.4
    photons: float = 110.0
    read_noise: float = 1.5
    background: float = 0.10
    background_variation: float = 0.5
    haze: float = 0.10
    vignette: float = 0.15

    def __post_init__(self) -> None:
        if min(self.width, self.height) < 16 or self.n_z < 1:
            raise ValueError("A scene is at least 16 px wide and high and one slice deep.")
        sizes = (self.pixel_um, self.z_step_um, self.depth_um, self.photons)
        if not all(math.isfinite(v) and v > 0 for v in sizes):
            raise ValueError("Pixel size, z step, depth and photons are positive numbers.")
        if self.bit_depth not in BIT_DEPTHS:
            raise ValueError(f"The bit depth is one of {BIT_DEPTHS}, not {self.bit_depth}.")
        known = set(SPINE_CLASSES.ids)
        shares = [share for _, share in self.class_mix]
        if {label for label, _ in self.class_mix} - known or min(shares) < 0 or sum(shares) <= 0:
            raise ValueError(f"The class mix gives shares to some of {sorted(known)}.")

    @property
    def is_stack(self) -> bool:
        return self.n_z > 1

    @property
    def n_planes(self) -> int:
        """Slices that are imaged: those of the stack, or those that a 2D image projects."""
        return self.n_z if self.is_stack else max(1, round(self.depth_um / self.z_step_um))

    @property
    def extent_um(self) -> tuple[float, float, float]:
        """The field (z, y, x) in µm; z from the first slice's centre to the last one's."""
        depth = (self.n_planes - 1) * self.z_step_um
        return depth, self.height * self.pixel_um, self.width * self.pixel_um


FRAME = SceneSettings()
"""A 512 × 512 px two-photon projection, 8-bit."""

STACK = replace(
    FRAME, width=384, height=288, n_z=20, pixel_um=0.08, z_step_um=0.5, bit_depth=16, photons=70.0
)
"""A calibrated 16-bit z-stack."""

TINY = replace(
    FRAME,
    width=128,
    height=128,
    pixel_um=0.08,
    depth_um=2.4,
    n_branches=0,
    spines_per_um=1.2,
    n_out_of_focus=1,
    n_axons=0,
    n_blobs=1,
)
"""A few spines in a fraction of a second, for tests."""
