"""Annotated images as samples for the detector: candidates, what was measured, spine or not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from detector_images import Example, frames, stacks, synthetic, varied

from spinegui.backends.classical.candidates import find_candidates
from spinegui.backends.classical.features import Measurements, measure
from spinegui.backends.classical.scale import HEAD_UM, WORKING_HEAD_PX
from spinegui.backends.classical.shaft import trace_normalised
from spinegui.backends.classical.working import working_image

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.backends.classical.working import WorkingImage

IGNORED = -1
POSITIVE_PX, MATCH_PX, UNSURE_PX = 4.0, 8.0, 6.0
"""A candidate this close to a head is one; the nearest up to 8 px is; up to 6 px who knows."""

MATCH_Z_UM = 3.0
MATCH_HEADS = 1.6
MATCH_SLICES = 3
"""A detection of a stack is right within 1.6 head diameters, 1.2 µm, and 3 slices of the head."""

N_FRAME_VARIANTS = 3
N_STACK_VARIANTS = 3
N_SYNTHETIC = 120


@dataclass(frozen=True, eq=False)
class Samples:
    """Candidates of one example: points z, y, x in working px; targets 1, 0 or IGNORED.

    Patches are kept in half precision. `surroundings` is the working image without its pixels.
    """

    source: str
    group: str
    is_variant: bool
    heads: NDArray[np.float64]
    boxes: NDArray[np.float64]
    points: NDArray[np.float64]
    measured: Measurements
    targets: NDArray[np.int64]
    surroundings: WorkingImage
    looked_at: NDArray[np.bool_] | None

    @property
    def z_um(self) -> float | None:
        return self.surroundings.z_um

    def in_image(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the points z, y, x of rows in image px."""
        ratios = (1.0, self.surroundings.ratio_y, self.surroundings.ratio_x)
        return self.points[rows] / ratios

    def is_hit(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return 1 for rows (best first) that find a spine of their own, 0, NaN outside the mask.

        Frames: the point lies in the annotated box. Else: within 1.2 µm of the head, 3 slices.
        """
        hits = np.zeros(len(rows))
        free = np.ones(len(self.heads), bool)
        for i, point in enumerate(self.in_image(rows)):
            near = np.flatnonzero(free & self._agrees(point))
            if len(near):
                gaps = np.hypot(*(self.heads[near, 1:] - point[1:]).T)
                free[near[gaps.argmin()]] = False
                hits[i] = 1.0
        if self.looked_at is not None:
            outside = ~_inside(self.points[rows], self.looked_at, self.surroundings)
            hits[outside & (hits == 0)] = np.nan
        return hits

    def _agrees(self, point: NDArray[np.float64]) -> NDArray[np.bool_]:
        z, y, x = point
        if self.source == "frames":
            b = self.boxes
            return (b[:, 0] <= x) & (x < b[:, 2]) & (b[:, 1] <= y) & (y < b[:, 3])
        reach = MATCH_HEADS * WORKING_HEAD_PX / self.surroundings.ratio_x
        near = np.hypot(self.heads[:, 1] - y, self.heads[:, 2] - x) <= reach
        deep = self.z_um is not None
        return near & (np.abs(self.heads[:, 0] - z) <= MATCH_SLICES) if deep else near


def collect(root: Path, without: Collection[str] = ()) -> list[Samples]:
    """Return the samples of every training image, and of some variants of each annotated one.

    Real sources named in `without` are left out.
    """
    draw = np.random.default_rng(1)
    collected: list[Samples] = []
    real = [*stacks(root, "train"), *stacks(root, "train", projected=True)]
    real += [] if "frames" in without else frames(root, "train")
    real = [example for example in real if example.source not in without]
    for example in real:
        collected.append(sample(example))
        copies = N_FRAME_VARIANTS if example.source == "frames" else N_STACK_VARIANTS
        collected += [sample(varied(example, draw)) for _ in range(copies)]
    collected += [sample(e) for e in synthetic(N_SYNTHETIC, first_seed=1000)]
    return collected


def sample(example: Example) -> Samples:
    """Find and measure an example's candidates, and tell which are spines."""
    size = example.frame.pixel_size
    head = example.head_px if size is None else HEAD_UM / size.x_um
    assert head is not None
    image = working_image(example.frame, head=head)
    points = find_candidates(image)
    targets = tell(points, example.heads * (1.0, image.ratio_y, image.ratio_x), image.z_um)
    if example.looked_at is not None:
        targets[~_inside(points, example.looked_at, image)] = IGNORED
    m = measure(image, points)
    measured = Measurements(m.numbers, _half(m.fine), _half(m.coarse), m.depth)
    is_variant = example.name.endswith("varied")
    kept = replace(image, volume=image.volume[:1, :1, :1])
    if is_variant:
        # Variants have no part in the final stage; hundreds of unused shaft maps fill the memory.
        nothing = np.zeros((2, 2), np.float32)
        kept = replace(kept, shaft=trace_normalised(nothing, WORKING_HEAD_PX), shaft_z=nothing)
    return Samples(
        example.source, example.group, is_variant, example.heads, example.boxes, points, measured,
        targets, kept, example.looked_at,
    )  # fmt: skip


def _half(patches: NDArray[np.float32]) -> NDArray[np.float16]:
    return patches.astype(np.float16)


def tell(
    points: NDArray[np.float64], heads: NDArray[np.float64], z_um: float | None
) -> NDArray[np.int64]:
    """Return 1 for candidates that are heads, 0 for others, IGNORED in between."""
    targets = np.zeros(len(points), np.int64)
    if len(heads) == 0 or len(points) == 0:
        return targets
    gap = points[:, None, :] - heads[None, :, :]
    distance = np.hypot(gap[..., 1], gap[..., 2])
    depth = np.abs(gap[..., 0]) * (0.0 if z_um is None else z_um)
    distance = np.where(depth <= MATCH_Z_UM, distance + depth, np.inf)
    nearest = distance.min(axis=1)
    targets[nearest < UNSURE_PX] = IGNORED
    targets[nearest < POSITIVE_PX] = 1
    pairs = np.argwhere(distance < MATCH_PX)
    order = np.argsort(distance[pairs[:, 0], pairs[:, 1]], kind="stable")
    used_points: set[int] = set()
    used_heads: set[int] = set()
    for i, j in pairs[order]:
        if i not in used_points and j not in used_heads:
            used_points.add(int(i))
            used_heads.add(int(j))
            targets[i] = 1
    return targets


def _inside(
    points: NDArray[np.float64], mask: NDArray[np.bool_], image: WorkingImage
) -> NDArray[np.bool_]:
    rows = np.clip((points[:, 1] / image.ratio_y).astype(int), 0, mask.shape[0] - 1)
    columns = np.clip((points[:, 2] / image.ratio_x).astype(int), 0, mask.shape[1] - 1)
    return mask[rows, columns]
