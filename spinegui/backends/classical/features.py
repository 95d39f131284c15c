"""What is measured at a candidate: two patches turned so that the shaft lies below, and numbers.

Everything is taken from the working grid. A fine patch shows the head and neck, a coarse one the
surroundings; curvatures, contrasts and rings are linear in them, relative to the head's contrast.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.classical.working import WorkingImage

FINE_N, FINE_STEP, _FINE_BLUR = 21, 1.0, 0.6
COARSE_N, COARSE_STEP, _COARSE_BLUR = 17, 2.6, 1.3
"""Patch sizes in samples, their distance and the blur before sampling (working px)."""

_FINE_SIGMAS = (1.1, 1.7, 2.5, 3.6)
_COARSE_SIGMAS = (5.0, 8.0)
_RING_RADII = (4.0, 6.5, 9.5)
_RING_N = 16
_BLOCK = 4096
_HEAD_COLUMN = 6
"""Column of the fine answers that holds the brightness of the head (Gaussian of 1.7 px)."""

DEPTH_UM = (-3.0, -2.0, -1.0, 1.0, 2.0, 3.0)
"""Depths against the candidate at which a stack's profile through it is sampled."""


@dataclass(frozen=True, eq=False)
class Measurements:
    """What was measured at n candidates.

    numbers: (n, d) float32. fine (n, 21, 21) and coarse (n, 17, 17) float32: patches with mean 0
    and deviation about 1; rows lead towards the shaft, columns along it.
    depth: (n, k) float32, the profile through the slices; zeros in 2D.
    """

    numbers: NDArray[np.float32]
    fine: NDArray[np.float32]
    coarse: NDArray[np.float32]
    depth: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.numbers)

    def inputs(self, *, mirrored: bool = False) -> NDArray[np.float32]:
        """Return (n, m) all of numbers and patches; mirrored: as if seen from the other side."""
        step = -1 if mirrored else 1
        n = len(self)
        patches = [
            p[:, :, ::step].reshape(n, p.shape[1] * p.shape[2]) for p in (self.fine, self.coarse)
        ]
        return np.concatenate([self.numbers, *patches], axis=1)


class _Aim(NamedTuple):
    """Unit vector from each candidate towards the shaft, and how it lies to it."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    cosine: NDArray[np.float64]


def measure(image: WorkingImage, candidates: NDArray[np.float64]) -> Measurements:
    """Measure candidates (n, 3) z, y, x in working px."""
    from scipy import ndimage as ndi

    blurred = [
        ndi.gaussian_filter(image.volume, (0, blur, blur)) for blur in (_FINE_BLUR, _COARSE_BLUR)
    ]
    # In blocks: the sampling points of a large image's candidates would fill the memory.
    starts = range(0, max(len(candidates), 1), _BLOCK)
    parts = [_measure_block(image, blurred, candidates[i : i + _BLOCK]) for i in starts]
    return Measurements(
        np.concatenate([part.numbers for part in parts]),
        np.concatenate([part.fine for part in parts]),
        np.concatenate([part.coarse for part in parts]),
        np.concatenate([part.depth for part in parts]),
    )


def _measure_block(
    image: WorkingImage, blurred: list[NDArray[np.float32]], candidates: NDArray[np.float64]
) -> Measurements:
    aim = _aim(image, candidates)
    fine, fine_outside = _patches(blurred[0], candidates, aim, FINE_N, FINE_STEP)
    coarse, coarse_outside = _patches(blurred[1], candidates, aim, COARSE_N, COARSE_STEP)
    numbers, contrast = _numbers(image, candidates, aim, fine, coarse)
    outside = np.stack([fine_outside, coarse_outside], 1)
    return Measurements(
        np.concatenate([numbers, outside], 1).astype(np.float32),
        _standardised(fine),
        _standardised(coarse),
        _depth_profile(image, blurred[1], candidates, contrast),
    )


def _at(image: NDArray[np.float32], candidates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a (Y, X) map's values at the candidates."""
    rows = np.clip(candidates[:, 1].astype(int), 0, image.shape[0] - 1)
    columns = np.clip(candidates[:, 2].astype(int), 0, image.shape[1] - 1)
    values: NDArray[np.float64] = image[rows, columns].astype(np.float64)
    return values


def _aim(image: WorkingImage, candidates: NDArray[np.float64]) -> _Aim:
    shaft = image.shaft
    dx = _at(shaft.nearest_x, candidates) - candidates[:, 2]
    dy = _at(shaft.nearest_y, candidates) - candidates[:, 1]
    distance = np.hypot(dx, dy)
    angle = _at(shaft.direction, candidates)
    normal_x, normal_y = -np.sin(angle), np.cos(angle)
    side = np.where(normal_x * dx + normal_y * dy < 0, -1.0, 1.0)
    # Close to the axis the way to it is mostly rounding; the shaft's normal is steadier.
    weight = np.clip((distance - 2) / 4, 0, 1)
    x = weight * dx / np.maximum(distance, 0.1) + (1 - weight) * normal_x * side
    y = weight * dy / np.maximum(distance, 0.1) + (1 - weight) * normal_y * side
    length = np.maximum(np.hypot(x, y), 1e-3)
    cosine = np.abs(dx * normal_x + dy * normal_y) / np.maximum(distance, 0.5)
    return _Aim(x / length, y / length, cosine)


def _patches(
    volume: NDArray[np.float32], candidates: NDArray[np.float64], aim: _Aim, n: int, step: float
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return (n, k, k) turned patches, and the share of each that lies outside the image."""
    from scipy import ndimage as ndi

    toward, along = _offsets(n, step)
    x = candidates[:, 2, None, None] - 0.5 + toward * aim.x[:, None, None]
    y = candidates[:, 1, None, None] - 0.5 + toward * aim.y[:, None, None]
    x = x - along * aim.y[:, None, None]
    y = y + along * aim.x[:, None, None]
    z = np.broadcast_to(candidates[:, 0, None, None], x.shape)
    patches = ndi.map_coordinates(volume, [z, y, x], order=1, mode="nearest", output=np.float32)
    height, width = volume.shape[1:]
    outside = (x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)
    return patches, outside.mean(axis=(1, 2))


def _offsets(n: int, step: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    line = (np.arange(n) - n // 2) * step
    toward, along = np.meshgrid(line, line, indexing="ij")
    return toward, along


def _standardised(patches: NDArray[np.float32]) -> NDArray[np.float32]:
    flat = patches.reshape(len(patches), patches.shape[1] * patches.shape[2])
    mean, spread = flat.mean(axis=1), flat.std(axis=1) + np.float32(0.02)
    result: NDArray[np.float32] = (patches - mean[:, None, None]) / spread[:, None, None]
    return result


def _numbers(
    image: WorkingImage,
    candidates: NDArray[np.float64],
    aim: _Aim,
    fine: NDArray[np.float32],
    coarse: NDArray[np.float32],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (n, d) numbers, and (n, 2) each head's background and contrast."""
    n = len(candidates)
    flat = fine.reshape(n, FINE_N * FINE_N)
    wide = coarse.reshape(n, COARSE_N * COARSE_N)
    answers = np.concatenate(
        [flat @ _filters(FINE_N, FINE_STEP, _FINE_SIGMAS),
         wide @ _filters(COARSE_N, COARSE_STEP, _COARSE_SIGMAS)], axis=1
    ).astype(np.float64)  # fmt: skip
    head = answers[:, _HEAD_COLUMN]
    ground = np.minimum(np.percentile(wide, 10, axis=1), head) if n else head
    contrast = np.maximum(head - ground, 0.02)
    answers[:, 0::6] -= ground[:, None]
    # A mirrored candidate is the same candidate, so the sign of the mixed derivative says nothing.
    answers[:, 4::6] = np.abs(answers[:, 4::6])
    relative = np.clip(answers / contrast[:, None], -4, 4)
    place = _place(image, candidates, aim)
    bright = _at(image.shaft.brightness, candidates)
    ratio = np.minimum(contrast / np.maximum(bright - ground, 0.03), 4)
    noise = np.full(n, np.log(image.noise))
    light = np.stack([head, ground, contrast, noise, np.log(contrast) - noise, ratio, bright], 1)
    rings = _rings(flat, head, contrast)
    numbers = np.concatenate([light, place, answers, relative, rings], axis=1)
    return numbers, np.stack([ground, contrast], 1)


def _place(image: WorkingImage, candidates: NDArray[np.float64], aim: _Aim) -> NDArray[np.float64]:
    distance = _at(image.shaft.distance, candidates)
    radius = _at(image.shaft.radius, candidates)
    return np.stack(
        [np.minimum(distance, 40), np.clip(distance - radius, -15, 40), radius,
         np.minimum(distance / np.maximum(radius, 1), 8), aim.cosine], axis=1
    )  # fmt: skip


def _rings(
    flat: NDArray[np.float32], head: NDArray[np.float64], contrast: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return brightness on rings around the head: mirror pairs, their difference, order statistics.

    From 0 (towards the shaft) to 8 (away from it), against the head's brightness and contrast.
    """
    parts: list[NDArray[np.float64]] = []
    for radius in _RING_RADII:
        ring = (flat @ _ring_weights(radius) - head[:, None]) / contrast[:, None]
        ring = np.clip(ring, -2, 3)
        mirror = ring[:, -np.arange(_RING_N) % _RING_N]
        parts.append(((ring + mirror) / 2)[:, :9])
        parts.append(np.abs(ring - mirror)[:, 1:8:2])
        parts.append(np.sort(ring, axis=1)[:, [0, 4, 8, 12, 15]])
        parts.append((ring > -0.15).mean(axis=1)[:, None])
    return np.concatenate(parts, axis=1)


@lru_cache
def _filters(n: int, step: float, sigmas: tuple[float, ...]) -> NDArray[np.float32]:
    """Return (n * n, 6 * len(sigmas)) filters: Gaussian, difference of Gaussians, derivatives.

    Second derivatives towards the shaft, along it and mixed, and the first towards it.
    """
    u, t = _offsets(n, step)
    columns: list[NDArray[np.float64]] = []
    for sigma in sigmas:
        bell = np.exp(-(u * u + t * t) / (2 * sigma**2))
        bell /= bell.sum()
        wide = np.exp(-(u * u + t * t) / (2 * (1.6 * sigma) ** 2))
        wide /= wide.sum()
        curves = [bell * (u * u / sigma**2 - 1), bell * (t * t / sigma**2 - 1)]
        curves = [curve - bell * curve.sum() for curve in curves]
        mixed, slope = bell * u * t / sigma**2, bell * u / sigma
        columns += [bell, bell - wide, *curves, mixed, slope]
    return np.stack([c.ravel() for c in columns], axis=1).astype(np.float32)


@lru_cache
def _ring_weights(radius: float) -> NDArray[np.float32]:
    """Return (21 * 21, 16) bilinear weights that sample a fine patch on a ring."""
    weights = np.zeros((FINE_N, FINE_N, _RING_N), np.float32)
    for k in range(_RING_N):
        angle = 2 * np.pi * k / _RING_N
        row = radius * np.cos(angle) / FINE_STEP + FINE_N // 2
        column = radius * np.sin(angle) / FINE_STEP + FINE_N // 2
        top, left = min(int(row), FINE_N - 2), min(int(column), FINE_N - 2)
        down, right = row - top, column - left
        weights[top, left, k] += (1 - down) * (1 - right)
        weights[top + 1, left, k] += down * (1 - right)
        weights[top, left + 1, k] += (1 - down) * right
        weights[top + 1, left + 1, k] += down * right
    return weights.reshape(FINE_N * FINE_N, _RING_N)


def _depth_profile(
    image: WorkingImage,
    blurred: NDArray[np.float32],
    candidates: NDArray[np.float64],
    contrast: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Return (n, k) brightness above and below against the head's, and the depth of the shaft."""
    from scipy import ndimage as ndi

    n = len(candidates)
    if image.z_um is None:
        return np.zeros((n, len(DEPTH_UM) + 4), np.float32)
    z = candidates[:, 0, None] + np.array((0.0, *DEPTH_UM)) / image.z_um
    y = np.broadcast_to(candidates[:, 1, None] - 0.5, z.shape)
    x = np.broadcast_to(candidates[:, 2, None] - 0.5, z.shape)
    values = ndi.map_coordinates(blurred, [z, y, x], order=1, mode="nearest")
    above = np.clip((values[:, 1:] - values[:, :1]) / contrast[:, 1:], -3, 3)
    highest = _at(blurred.max(axis=0), candidates)[:, None]
    hidden = np.clip((highest - values[:, :1]) / contrast[:, 1:], 0, 3)
    gap = (candidates[:, 0] - _at(image.shaft_z, candidates))[:, None] * image.z_um
    edge = np.minimum(candidates[:, 0], blurred.shape[0] - 1 - candidates[:, 0])[:, None]
    last = [hidden, np.clip(np.abs(gap), 0, 10) / 3, np.clip(gap, -10, 10) / 3, np.minimum(edge, 3)]
    return np.concatenate([above, *last], axis=1).astype(np.float32)
