"""The pixels of one spine in a patch: the head at half height and the neck down to the shaft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.patch import HEAD_PX
from spinegui.backends.classical.profile import measure_widths, smooth_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.classical.patch import Plane, Points

    Mask = NDArray[np.bool_]
    Pixel = tuple[int, int]

_LONGEST = 4.2 * HEAD_PX
"""No pixel farther from the head belongs to the spine."""
_MOST_CONTRAST = 5.0
_NECK_REACH = 3.4 * HEAD_PX
_SHORT_NECK = 1.3 * HEAD_PX
_VISIBLE_NECK = 0.15
"""A longer neck must keep this share of the head's height, a very long one more: the farther the
shaft, the likelier the way there is a neighbour's or none."""


@dataclass(frozen=True, eq=False)
class Outline:
    """A spine's mask (n, n) and its axis (k, 2) row, column points from base to tip."""

    mask: Mask
    axis: Points
    background: float
    contrast: float
    shaft_width: float


def trace_outline(
    pixels: Plane, head: Pixel, surface: Plane | None, allowed: Mask | None
) -> Outline:
    """Find the spine whose head's peak is `head` (row, column), off the shaft below `surface`.

    `surface` (n, n) is the signed distance to the shaft, None where there is none; `allowed`
    (n, n) bounds the mask. All in patch pixels.
    """
    from scipy.ndimage import gaussian_filter

    smooth = gaussian_filter(pixels, 0.08 * HEAD_PX)
    free = np.ones(pixels.shape, bool) if surface is None else surface > 0
    background = _background(smooth, head, free)
    floor = np.full(smooth.shape, background, np.float32)
    if surface is not None:
        floor = np.maximum(floor, _shaft_glow(smooth, head, surface))
    height = max(float(smooth[head] - floor[head]), 1e-6)
    relative: Plane = np.clip((smooth - floor) / height, 0, 1).astype(np.float32)
    neck = _neck_path(relative, head, surface)
    usable = free & (_far_from(head, pixels.shape) < _LONGEST)
    if allowed is not None:
        usable &= allowed
    mask = _head_region(relative, head, neck, usable)
    if len(neck) > 2:
        mask |= _tube(pixels, neck, background) & usable
    mask = _one_piece(mask, head)
    shaft_width, contrast = _against_shaft(smooth, surface, background, height)
    return Outline(mask, _axis(mask, neck, relative), background, contrast, shaft_width)


def _far_from(pixel: Pixel, shape: tuple[int, ...]) -> Plane:
    distance: Plane = np.hypot(*(np.indices(shape) - np.reshape(pixel, (2, 1, 1))))
    return distance


def _background(smooth: Plane, head: Pixel, free: Mask) -> float:
    """Return the level around the head: low, so that neighbours do not count, but local."""
    near = free & (_far_from(head, smooth.shape) < 2.0 * HEAD_PX)
    values = smooth[near] if near.sum() > 20 else smooth.ravel()
    return float(np.percentile(values, 15))


def _shaft_glow(smooth: Plane, head: Pixel, surface: Plane) -> Plane:
    """Return how bright the shaft's blurred flank is at each pixel, learnt away from the spine.

    Else a spine close to a bright shaft would run out along the flank.
    """
    elsewhere = (surface > 0) & (_far_from(head, smooth.shape) > 1.2 * HEAD_PX)
    deepest = int(2 * HEAD_PX)
    levels = np.full(deepest, np.inf)
    for depth in range(deepest):
        ring = smooth[elsewhere & (surface > depth - 0.5) & (surface <= depth + 1.5)]
        if len(ring) >= 8:
            levels[depth] = np.percentile(ring, 40)
    levels = np.minimum.accumulate(levels)
    levels[~np.isfinite(levels)] = -np.inf
    glow = np.interp(surface, np.arange(deepest) + 0.5, np.maximum(levels, smooth.min()))
    result: Plane = np.where(surface > 0, glow, smooth.min()).astype(np.float32)
    return result


def _neck_path(relative: Plane, head: Pixel, surface: Plane | None) -> Points:
    """Return the bright way from the shaft's surface to the head's peak, (k, 2), base first."""
    from scipy.ndimage import gaussian_filter1d
    from skimage.graph import MCP_Geometric

    alone = np.array([head], np.float64)
    if surface is None or surface[head] <= 0:
        return alone
    search = MCP_Geometric(1 / (0.08 + relative))
    cumulative, _ = search.find_costs([head])
    reachable = (surface <= 0.5) & (_far_from(head, relative.shape) < _NECK_REACH)
    if not reachable.any():
        return alone
    end = np.unravel_index(int(np.where(reachable, cumulative, np.inf).argmin()), relative.shape)
    path = np.array(search.traceback(end), np.float64)[::-1]
    index = path.astype(int)
    off = surface[index[:, 0], index[:, 1]] > 1
    values = gaussian_filter1d(relative[index[:, 0], index[:, 1]], 1.0)[off]
    longer = len(values) / _SHORT_NECK - 1
    if longer > 0 and values.min() < _VISIBLE_NECK * (1 + 2 * longer):
        return alone
    return path


def _head_region(relative: Plane, head: Pixel, neck: Points, usable: Mask) -> Mask:
    """Return what lies above half height and drains to this spine rather than to a neighbour."""
    from scipy.ndimage import binary_opening, maximum_filter
    from skimage.segmentation import watershed

    markers = np.zeros(relative.shape, np.int32)
    crest = relative >= maximum_filter(relative, size=2 * round(0.35 * HEAD_PX) + 1)
    peaks = np.argwhere(crest & (relative > 0.35))
    markers[peaks[:, 0], peaks[:, 1]] = np.arange(len(peaks)) + 2
    index = neck.astype(int)
    ours = np.zeros(relative.shape, bool)
    ours[index[:, 0], index[:, 1]] = True
    markers[_far_from(head, relative.shape) < 0.4 * HEAD_PX] = 1
    markers[ours] = 1
    land = usable & (relative > 0.05)
    basins = watershed(-relative, markers, mask=land)  # type: ignore[no-untyped-call]
    bright = (basins == 1) & (relative > 0.5) & usable
    # Slivers between neighbours are not part of a head.
    result: Mask = binary_opening(bright, np.ones((2, 2), bool))
    result[head] = True
    return result


def _tube(pixels: Plane, neck: Points, background: float) -> Mask:
    """Return the neck: discs as wide as the profile across its path."""
    line = smooth_line(neck, 0.15 * HEAD_PX)
    sides = measure_widths(pixels, line, reach=0.8 * HEAD_PX, floor=background)
    radius = np.clip(sides.narrow_side, 0.6, 0.6 * HEAD_PX)
    rows, cols = np.indices(pixels.shape)
    tube = np.zeros(pixels.shape, bool)
    for (row, col), r in zip(line, radius, strict=True):
        tube |= (rows - row) ** 2 + (cols - col) ** 2 <= r * r
    return tube


def _one_piece(mask: Mask, head: Pixel) -> Mask:
    from scipy.ndimage import binary_fill_holes, label

    filled = binary_fill_holes(mask)
    pieces, _ = label(filled, structure=np.ones((3, 3), int))
    result: Mask = pieces == pieces[head] if pieces[head] else filled
    result[head] = True
    return result


def _axis(mask: Mask, neck: Points, relative: Plane) -> Points:
    """Return the line from the base through the head to the pixel of the mask farthest away."""
    from skimage.graph import MCP_Geometric

    base = (int(neck[0, 0]), int(neck[0, 1]))
    inside = mask.copy()
    index = neck.astype(int)
    inside[index[:, 0], index[:, 1]] = True
    walk = MCP_Geometric(np.where(inside, 1.0, 1e6))
    steps, _ = walk.find_costs([base])
    tip = np.unravel_index(int(np.where(inside, steps, -1).argmax()), mask.shape)
    central = MCP_Geometric(np.where(inside, 1 / (0.1 + relative), 1e6))
    central.find_costs([base])
    line = np.array(central.traceback(tip), np.float64)
    return line if len(line) > 1 else np.vstack([line, line + 1e-3])


def _against_shaft(
    smooth: Plane, surface: Plane | None, background: float, height: float
) -> tuple[float, float]:
    """Return the shaft's width near the spine and the head's height against the shaft's."""
    if surface is None or not (surface < 0).any():
        return 0.0, 1.0
    depth = float(-np.percentile(surface[surface < 0], 3))
    core = float(np.percentile(smooth[surface < -0.5 * depth], 50)) - background
    return 2 * depth, min(height / max(core, 1e-6), _MOST_CONTRAST)
