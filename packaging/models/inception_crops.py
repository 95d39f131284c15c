"""Crops for training the base: windows varied as microscopes, people and estimates vary them."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from classifier_examples import CLASSES, jittered, with_background

from spinegui.backends.classical.shape import fit_in_box
from spinegui.backends.inception_v3.crops import CropGeometry, View, cut_crop
from spinegui.domain.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from inception_windows import Windows
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

BOX_SHARE = 0.25
"""Boxes' sides move by up to half of this share of their size."""
SCALE_SPREAD = 0.15
"""Standard deviation of the logarithm of the estimated head size."""


def varied(
    windows: Windows,
    i: int,
    rng: np.random.Generator,
    geometry: CropGeometry,
    *,
    refit: bool = False,
) -> Plane:
    """Return a varied crop (s, s, 3) of window `i`; with `refit` around a box that we fit."""
    head = windows.head_px
    plane = np.asarray(windows.pixels[i], np.float32)
    cut_out = (windows.clear[i] == 255).all()
    if cut_out and rng.random() < 0.4 and plane.max() > 0:
        plane = with_background(plane, head, rng)
    elif not cut_out and rng.random() < 0.5:
        plane = _cut_out(plane, windows.clear[i], rng)
    plane = _exposed(_blurred(plane, head, rng), rng)
    box = windows.boxes[i, int(rng.random() < 0.35)]
    box = jittered(box[None], rng.uniform(0, BOX_SHARE), rng)[0]
    if refit:
        scale = head * float(np.exp(np.clip(rng.normal(0, SCALE_SPREAD), -0.35, 0.35)))
        box = np.array(fit_in_box(plane, Box(*map(float, box)), scale_px=scale).box.as_xyxy())
    view = View(float(rng.uniform(0, 2 * np.pi)), bool(rng.random() < 0.5))
    size = head * float(np.exp(np.clip(rng.normal(0, SCALE_SPREAD), -0.35, 0.35)))
    crop = cut_crop(plane, box, (size, size), geometry, view)
    return _toned(crop, rng)


def straight(windows: Windows, i: int, geometry: CropGeometry, box: int = 0) -> Plane:
    """Return the crop (s, s, 3) of window `i` as it is."""
    plane = np.asarray(windows.pixels[i], np.float32)
    head = windows.head_px
    return cut_crop(plane, windows.boxes[i, box], (head, head), geometry)


def _cut_out(plane: Plane, clear: NDArray[np.uint8], rng: np.random.Generator) -> Plane:
    """Return a plane whose background somebody blackened, along an unsteady line."""
    from scipy.ndimage import gaussian_filter

    wobble = gaussian_filter(rng.standard_normal(plane.shape), 3.0)
    limit = rng.uniform(0.5, 4.0) + rng.uniform(0, 1.5) * wobble / (wobble.std() + 1e-9)
    kept = clear <= np.maximum(limit, 0)
    dark = float(np.percentile(plane, rng.uniform(2, 60)))
    return np.where(kept, np.clip(plane - dark, 0, None), 0).astype(np.float32)


def _blurred(plane: Plane, head: float, rng: np.random.Generator) -> Plane:
    from scipy.ndimage import gaussian_filter

    if rng.random() < 0.5:
        return plane
    return gaussian_filter(plane, float(rng.uniform(0.02, 0.14)) * head)


def _exposed(plane: Plane, rng: np.random.Generator) -> Plane:
    """Return a plane noisier and clipped at the bright end, as often happens."""
    bright = float(np.percentile(plane[plane > 0], 95)) if (plane > 0).any() else 1.0
    if rng.random() < 0.4:
        spread = rng.uniform(0.01, 0.08) * np.sqrt(np.clip(plane, 0, None) * bright)
        plane = plane + (plane > 0) * spread * rng.standard_normal(plane.shape)
    if rng.random() < 0.4:
        plane = np.minimum(plane, bright * rng.uniform(0.5, 1.1))
    return np.asarray(np.clip(plane, 0, None), np.float32)


def _toned(crop: Plane, rng: np.random.Generator) -> Plane:
    for channel in (0, 1):
        crop[..., channel] **= np.float32(np.exp(rng.normal(0, 0.2)))
    return crop


@dataclass(frozen=True, eq=False)
class Pool:
    """Spines to draw from: which window of which file, by source and class."""

    files: tuple[Path, ...]
    entries: tuple[NDArray[np.int64], ...]
    """A class each: (m, 2) file and window."""

    @classmethod
    def of(cls, files: Sequence[Path]) -> Pool:
        """Read the labels of all files of windows."""
        rows = [
            (f, i, label)
            for f, path in enumerate(files)
            for i, label in enumerate(load(path).labels)
        ]
        table = np.array(rows, np.int64).reshape(-1, 3)
        return cls(tuple(files), tuple(table[table[:, 2] == c, :2] for c in range(len(CLASSES))))

    def draw(
        self, rng: np.random.Generator, geometry: CropGeometry, shares: NDArray[np.float64]
    ) -> tuple[Plane, int]:
        """Return a varied crop of a random spine and its class, classes by their shares."""
        label = int(rng.choice(len(CLASSES), p=shares))
        f, i = self.entries[label][rng.integers(len(self.entries[label]))]
        return varied(load(self.files[f]), int(i), rng, geometry), label


def load(path: Path) -> Windows:
    """Read windows that this recipe wrote a moment ago."""
    with path.open("rb") as file:
        windows: Windows = pickle.load(file)  # noqa: S301  our own, from this run
    return windows
