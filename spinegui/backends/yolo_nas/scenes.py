"""Annotated images as the network learns from them: where heads are, and where people looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import Frame
from spinegui.backends.classical.scale import HEAD_UM
from spinegui.backends.yolo_nas.views import BOX_HEADS, HEAD_PX, view_of
from spinegui.imaging.opening import open_image

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from spinegui.backends.yolo_nas.views import View
    from spinegui.domain.geometry import Box, Point3
    from spinegui.storage.training_values import TrainingImage
    from spinegui.synthesis.scene import SyntheticImage

IN_SLAB_UM = 2.0
"""A spine belongs to the slabs whose middle is this near."""

UNSURE_UM = 4.5
"""Up to this distance it may still shine through: nothing is learned there about it."""


@dataclass(frozen=True, eq=False)
class Part:
    """What was looked at in the slices `first` to `last` alone: px (Y, X) bool on the grid."""

    looked_at: NDArray[np.bool_]
    first: int
    last: int

    def has(self, z: float) -> bool:
        return self.first <= round(z) <= self.last


@dataclass(frozen=True, eq=False)
class Scene:
    """One image to learn from.

    heads (n, 3): x, y in grid px and z in slices, 0 in 2D. looked_at (Y, X) bool on the grid, what
    was looked at in all slices; `partly` what was in some only; `picked` (m, 4) x, y, z and half
    side of squares that were decided on one by one, wherever they lie.
    """

    view: View
    heads: NDArray[np.float64]
    looked_at: NDArray[np.bool_]
    picked: NDArray[np.float64]
    partly: tuple[Part, ...] = ()

    def heads_at(self, z: float) -> NDArray[np.float64]:
        """Return (m, 2) x, y of the heads that the slab around a slice shows."""
        if self.view.z_um is None:
            return self.heads[:, :2]
        near = np.abs(self.heads[:, 2] - z) * self.view.z_um <= IN_SLAB_UM
        return self.heads[near, :2]

    def looked_at_in(self, z: float) -> NDArray[np.bool_]:
        """Tell for each px (Y, X) whether people looked there in that slice, spines or not."""
        seen = self.looked_at.copy()
        for part in self.partly:
            if part.has(z):
                seen |= part.looked_at
        return seen

    def was_looked_at(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell for points (n, 3) x, y, z inside the image whether people looked there."""
        columns, rows = points[:, :2].astype(int).T
        seen: NDArray[np.bool_] = self.looked_at[rows, columns]
        for part in self.partly:
            seen = seen | (part.looked_at[rows, columns] & [part.has(z) for z in points[:, 2]])
        return seen

    def known_at(self, z: float) -> NDArray[np.bool_]:
        """Tell for each px (Y, X) whether people said what the slab around a slice shows there."""
        known = self.looked_at_in(z)
        if self.view.z_um is not None:
            away = np.abs(self.heads[:, 2] - z) * self.view.z_um
            for x, y, _ in self.heads[(away > IN_SLAB_UM) & (away <= UNSURE_UM)]:
                known[_square(x, y, HEAD_PX, known.shape)] = False
        # What was decided in this slab outranks what may shine through from others.
        for x, y, at, half in self.picked:
            if self.view.z_um is None or abs(at - z) * self.view.z_um <= IN_SLAB_UM:
                known[_square(x, y, half, known.shape)] = True
        return known


def frame_of(image: TrainingImage) -> Frame:
    """Read an image as the detector sees it: all slices of the channel that was looked at.

    Raises ImageReadError.
    """
    with open_image(image.file) as source:
        pixels = np.array(source.volume(c=image.channel))
        return Frame(pixels, image.pixel_size or source.pixel_size)


def scene_of(image: TrainingImage, head_px: Callable[[Frame], float]) -> Scene:
    """Read an image and bring it and its annotation to the grid. Raises ImageReadError."""
    frame = frame_of(image)
    view = view_of(frame, head_px(frame))
    spines = [_point(s.box, s.z, s.head, view) for s in image.positives]
    heads = np.array(spines, np.float64).reshape(-1, 3)
    half = BOX_HEADS * HEAD_PX / 2
    picked = [(*head, half) for head in heads]
    picked += [(*_point(n.box, n.z, None, view), half) for n in image.negatives]
    placed = np.array(picked, np.float64).reshape(-1, 4)
    seen, partly = _looked_at(image, view)
    return Scene(view, heads, seen, placed, partly)


def synthetic_scene(image: SyntheticImage) -> Scene:
    """Bring a synthetic image, whose every visible spine is known, to the grid."""
    view = view_of(Frame(image.pixels, image.pixel_size), HEAD_UM / image.pixel_size.x_um)
    heads = [(s.head.x, s.head.y, s.head.z if view.is_stack else 0.0) for s in image.visible]
    placed = np.array(heads, np.float64).reshape(-1, 3) * (view.ratio_x, view.ratio_y, 1.0)
    everywhere = np.ones(view.volume.shape[1:], bool)
    return Scene(view, placed, everywhere, np.zeros((0, 4)))


def _point(box: Box, z: float | None, head: Point3 | None, view: View) -> tuple[float, ...]:
    x, y = box.center if head is None else (head[0], head[1])
    at = (x * view.ratio_x, y * view.ratio_y)
    if not view.is_stack:
        return (*at, 0.0)
    if head is not None:
        return (*at, head[2])
    return (*at, _brightest_slice(view, *at) if z is None else z)


def _brightest_slice(view: View, x: float, y: float) -> float:
    """Return the slice in which a spine that was drawn without one shines most."""
    patch = view.volume[(slice(None), *_square(x, y, HEAD_PX / 3, view.volume.shape[1:]))]
    return float(patch.mean(axis=(1, 2)).argmax()) if patch.size else 0.0


def _looked_at(image: TrainingImage, view: View) -> tuple[NDArray[np.bool_], tuple[Part, ...]]:
    """Return what was looked at in all slices (Y, X), and what was in some."""
    shape = view.volume.shape[1:]
    allowed = _allowed(image, view)
    seen = np.full(shape, image.reviewed_regions is None)
    partly = []
    for region in image.reviewed_regions or ():
        area = np.zeros(shape, bool)
        area[_covered(region.box, view)] = True
        if view.is_stack and region.z_range is not None:
            partly.append(Part(area & allowed, *region.z_range))
        else:
            seen |= area
    return seen & allowed, tuple(partly)


def _covered(box: Box, view: View) -> tuple[slice, slice]:
    ends = ((box.y0, box.y1, view.ratio_y), (box.x0, box.x1, view.ratio_x))
    rows, columns = (slice(max(0, round(a * r)), max(0, round(b * r))) for a, b, r in ends)
    return rows, columns


def _allowed(image: TrainingImage, view: View) -> NDArray[np.bool_]:
    """Return where the image's mask lets anything be said (Y, X); everywhere without one."""
    shape = view.volume.shape[1:]
    if image.roi_mask is None:
        return np.ones(shape, bool)
    with open_image(image.roi_mask) as source:
        mask = np.asarray(source.plane()) > 0
    at = [
        np.minimum(((np.arange(n) + 0.5) / ratio).astype(int), side - 1)
        for n, ratio, side in zip(shape, (view.ratio_y, view.ratio_x), mask.shape, strict=True)
    ]
    result: NDArray[np.bool_] = mask[np.ix_(*at)]
    return result


def _square(x: float, y: float, half: float, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the rows and columns of the px within `half` of a point, none outside the image."""
    low = np.floor([y - half, x - half]).astype(int)
    high = np.ceil([y + half, x + half]).astype(int)
    ends = [(max(0, a), max(0, min(b, n))) for a, b, n in zip(low, high, shape, strict=True)]
    return slice(*ends[0]), slice(*ends[1])
