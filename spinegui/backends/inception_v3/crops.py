"""What the network sees of a spine: a square crop with context, at the image's scale.

A spine head always has the same number of crop pixels, whatever the zoom and whatever the box, so
that a large spine looks large. Only a spine too long for the crop makes it cover more.

Three channels, each 0 to 1: brightness against the spine's own, root of brightness against the
crop's brightest (so shaft and faint necks show side by side), and the box with soft edges, which
says which of several spines is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from spinegui.backends.base import Frame
    from spinegui.backends.classical.detector import ClassicalDetector

    Plane = NDArray[np.float32]

SIZE_PX = 224
HEADS_ACROSS = 6.0
"""Side of a crop in head diameters: 37 px a head at 224."""

_LARGEST = 0.8
"""Share of the crop that a box's longer side may take before the crop has to cover more."""
_SOFT_HEADS = 0.12
"""Half the width of the box's soft edge, in head diameters."""
_DARK, _BRIGHT, _OWN = 10.0, 99.5, 95.0
"""Percentiles of a crop: its background, its brightest; and of the box: the spine's own level."""
_DEPTH_UM = 1.0
"""Slices this far above and below a spine's best focus are projected to see all of it."""


@dataclass(frozen=True, slots=True)
class CropGeometry:
    """How crops are cut: `size_px` pixels a side that show `heads_across` head diameters."""

    size_px: int = SIZE_PX
    heads_across: float = HEADS_ACROSS

    def to_json(self) -> dict[str, object]:
        """Return it as a JSON object."""
        return {"size_px": self.size_px, "heads_across": self.heads_across}

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> CropGeometry:
        """Build from `to_json`'s object; raises KeyError, TypeError, ValueError."""
        size, heads = int(str(value["size_px"])), float(str(value["heads_across"]))
        if not 32 <= size <= 1024 or not 1 <= heads <= 50:
            raise ValueError("The crop's geometry is out of range.")
        return cls(size, heads)


@dataclass(frozen=True, slots=True)
class View:
    """A variation of a crop: turned (radians), mirrored, shown `zoom` times as large."""

    turn: float = 0.0
    mirrored: bool = False
    zoom: float = 1.0


STRAIGHT = View()


def crop_side(
    box: NDArray[np.float64], head_px: tuple[float, float], geometry: CropGeometry
) -> float:
    """Return the side in head diameters that a crop around a box (4,) xyxy px covers.

    `head_px` is the width of a head along x and y. It is `heads_across` unless the box is too long.
    """
    longer = max((box[2] - box[0]) / head_px[0], (box[3] - box[1]) / head_px[1])
    return float(max(geometry.heads_across, longer / _LARGEST))


def cut_crop(
    plane: Plane,
    box: NDArray[np.float64],
    head_px: tuple[float, float],
    geometry: CropGeometry,
    view: View = STRAIGHT,
) -> Plane:
    """Return the crop (size, size, 3) float32 around a box (4,) xyxy px of a plane (Y, X).

    `head_px` is the width of a head in px along x and along y. Beyond the image's edge the edge's
    values go on.
    """
    n = geometry.size_px
    side = crop_side(box, head_px, geometry) / view.zoom
    grid = ((np.arange(n) + 0.5) / n - 0.5) * side
    u, v = (-grid if view.mirrored else grid)[None], grid[:, None]
    if view.turn:
        cos, sin = np.cos(view.turn), np.sin(view.turn)
        u, v = cos * u - sin * v, sin * u + cos * v
    x = u * head_px[0] + (box[0] + box[2]) / 2
    y = v * head_px[1] + (box[1] + box[3]) / 2
    pixels = _sampled(plane, y, x, (side * head_px[1] / n, side * head_px[0] / n))
    inside = np.minimum(
        np.minimum(x - box[0], box[2] - x) / head_px[0],
        np.minimum(y - box[1], box[3] - y) / head_px[1],
    )
    mask = np.clip(0.5 + inside / (2 * _SOFT_HEADS), 0, 1).astype(np.float32)
    own, shared = _normalised(pixels, mask)
    return np.stack([own, shared, mask], axis=-1)


def _sampled(
    plane: Plane, y: NDArray[np.float64], x: NDArray[np.float64], step: tuple[float, float]
) -> Plane:
    """Return the plane's values at pixel coordinates y, x that lie `step` px apart.

    Both are (n, n); or (n, 1) and (1, n), which is a straight grid and four times as fast.
    """
    from scipy.ndimage import gaussian_filter, map_coordinates

    # Pixel centres lie at +0.5; indices start at 0.
    down, across = y - 0.5, x - 0.5
    limits = np.asarray(plane.shape) - 1
    first, last = np.array([[down.min(), across.min()], [down.max(), across.max()]])
    low = np.clip(np.floor(first) - 4, 0, limits).astype(int)
    high = np.clip(np.ceil(last) + 5, low + 1, limits + 1).astype(int)
    window = np.asarray(plane[low[0] : high[0], low[1] : high[1]], np.float32)
    blur = [0.45 * np.sqrt(max(s**2 - 1, 0.0)) for s in step]
    if max(blur) > 0:  # else fine texture would fold into the coarser grid
        window = gaussian_filter(window, blur, mode="nearest")
    if down.shape[1] == 1:
        return _between(_between(window, down[:, 0] - low[0]).T, across[0] - low[1]).T
    index = np.stack([down - low[0], across - low[1]])
    values: Plane = map_coordinates(window, index, output=np.float32, order=1, mode="nearest")
    return values


def _between(rows: Plane, at: NDArray[np.float64]) -> Plane:
    """Return rows (n, m) interpolated at places along the first axis, the edge's beyond it."""
    inside = np.clip(at, 0, len(rows) - 1)
    before = np.floor(inside).astype(int)
    after = np.minimum(before + 1, len(rows) - 1)
    share = (inside - before).astype(np.float32)[:, None]
    # In this form a flat image stays flat to the last bit.
    result: Plane = rows[before] + share * (rows[after] - rows[before])
    return result


def _normalised(pixels: Plane, mask: Plane) -> tuple[Plane, Plane]:
    """Return brightness against the box's level, halved, and the root against the brightest."""
    dark, bright = np.percentile(pixels, [_DARK, _BRIGHT])
    inside = pixels[mask > 0.5]
    own = float(np.percentile(inside, _OWN)) if len(inside) else float(bright)
    if bright <= dark:
        zeros = np.zeros_like(pixels)
        return zeros, zeros
    own = max(own, float(dark) + 0.05 * float(bright - dark))
    above = pixels - np.float32(dark)
    first: Plane = np.clip(above / np.float32(2 * (own - dark)), 0, 1)
    second: Plane = np.sqrt(np.clip(above / np.float32(bright - dark), 0, 1))
    return first, second


def slab(frame: Frame, at: float) -> Plane:
    """Return the maximum of the slices in focus about slice `at` (of all where NaN), (Y, X)."""
    slices, size = frame.pixels, frame.pixel_size
    if not np.isnan(at):
        reach = max(1, round(_DEPTH_UM / size.z_um)) if size and size.z_um else 1
        middle = int(np.clip(round(at), 0, len(slices) - 1))
        slices = slices[max(0, middle - reach) : middle + reach + 1]
    top = np.asarray(np.max(slices, axis=0), np.float32)
    return np.nan_to_num(top, nan=0.0, posinf=0.0, neginf=0.0)


def head_size(frame: Frame) -> tuple[float, float]:
    """Return how many px a typical head is across along x and y: by the pixel size, or estimated.

    The estimate looks at the whole image and not at boxes: one box alone could not tell.
    """
    from spinegui.backends.classical.scale import HEAD_UM

    size = frame.pixel_size
    if size is not None:
        return HEAD_UM / size.x_um, HEAD_UM / size.y_um
    head = _estimator().head_px(frame)
    return head, head


@cache
def _estimator() -> ClassicalDetector:
    """Return the embedded detector, which reads the scale off an image."""
    from spinegui.backends.classical.detector import ClassicalDetector
    from spinegui.storage.resources import resource

    return ClassicalDetector.load(resource("models/classical"))


def frame_crops(
    frame: Frame,
    boxes: NDArray[np.float64],
    z: NDArray[np.float64],
    geometry: CropGeometry,
    head_px: tuple[float, float] | None = None,
) -> Plane:
    """Return the crops (n, size, size, 3) float32 of boxes (n, 4) xyxy px in slices z (n,)."""
    head = head_px or head_size(frame)
    n = geometry.size_px
    crops = np.zeros((len(boxes), n, n, 3), np.float32)
    planes: dict[float | None, Plane] = {}
    for i, (box, depth) in enumerate(zip(boxes, z, strict=True)):
        at = None if np.isnan(depth) else float(round(float(depth)))
        if at not in planes:
            planes = {at: slab(frame, float(depth))}
        crops[i] = cut_crop(planes[at], box, head, geometry)
    return crops
