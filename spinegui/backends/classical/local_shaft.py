"""The dendrite's shaft in one patch, as the bright path that runs past the spine."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.patch import HEAD_PX
from spinegui.backends.classical.profile import evenly, measure_widths, smooth_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.classical.patch import Plane, Points

_DETOUR = 60.0
"""How much dearer a step through the spine itself is: the shaft must pass it by."""
_MAX_ENDS = 6


def find_local_shaft(
    pixels: Plane, avoid: NDArray[np.bool_], hint: NDArray[np.bool_] | None = None
) -> Plane | None:
    """Return the signed distance (n, n) float32 to the shaft's surface, or None where none is seen.

    In patch pixels, negative inside. `avoid` (n, n) marks the inner part of the spine,
    `hint` (n, n) where a shaft was traced in the whole image: preferred, not trusted.
    """
    from scipy.ndimage import gaussian_filter

    bright = _normalised(gaussian_filter(pixels, 0.15 * HEAD_PX))
    cost: Plane = (1 / (0.02 + bright**1.5)).astype(np.float32)
    if hint is not None:
        cost[hint] *= 0.6
    cost[avoid] *= _DETOUR
    axis = _best_path(bright, cost, avoid)
    return None if axis is None else _surface_distance(pixels, axis)


def _normalised(pixels: Plane) -> Plane:
    low, high = np.percentile(pixels, [15, 99])
    scaled: Plane = np.clip((pixels - low) / max(float(high - low), 1e-6), 0, 1)
    return scaled


def _best_path(bright: Plane, cost: Plane, avoid: NDArray[np.bool_]) -> Points | None:
    """Return the bright line through the patch that passes nearest to the spine, (k, 2)."""
    from skimage.graph import MCP_Geometric

    n = len(bright)
    ends = _border_peaks(bright)
    if not ends:
        return None
    pairs = [(a, b) for a, b in combinations(ends, 2) if np.hypot(*np.subtract(a, b)) > 0.6 * n]
    brightest = max(ends, key=lambda end: bright[end])
    starts = {a for a, _ in pairs} or {brightest}
    search = {start: MCP_Geometric(cost) for start in starts}
    cumulative = {start: search[start].find_costs([start])[0] for start in starts}
    if not pairs:  # the dendrite ends inside the patch
        far = np.hypot(*(np.indices(bright.shape) - np.reshape(brightest, (2, 1, 1))))
        reached = (bright > 0.4) & ~avoid & (far > 0.3 * n)
        if not reached.any():
            return None
        score = np.where(reached, far / (cumulative[brightest] + 1), -1)
        stop = np.unravel_index(int(score.argmax()), score.shape)
        pairs = [(brightest, (int(stop[0]), int(stop[1])))]
    lines = [np.array(search[a].traceback(b), np.float64) for a, b in pairs]
    return max(lines, key=lambda line: _merit(line, bright, avoid))


def _merit(line: Points, bright: Plane, avoid: NDArray[np.bool_]) -> float:
    """Say how much a line looks like the spine's own shaft: bright throughout, straight, near."""
    index = line.astype(int)
    values = bright[index[:, 0], index[:, 1]]
    middle = (len(bright) - 1) / 2
    nearest = float(np.hypot(*(line - middle).T).min()) / middle
    straight = float(np.hypot(*(line[-1] - line[0]))) / max(len(line), 1)
    crossed = float(avoid[index[:, 0], index[:, 1]].mean())
    faint = float(np.percentile(values, 15))
    return float(values.mean()) + 0.5 * faint + 0.3 * min(straight, 1) - 0.7 * nearest - crossed


def _border_peaks(bright: Plane) -> list[tuple[int, int]]:
    """Return where bright lines leave the patch, brightest first."""
    n = len(bright)
    edge = np.arange(n - 1)
    last = np.full(n - 1, n - 1)
    rows = np.concatenate([np.zeros(n - 1, int), edge, last, n - 1 - edge])
    cols = np.concatenate([edge, last, n - 1 - edge, np.zeros(n - 1, int)])
    ring = bright[rows, cols]
    reach = int(HEAD_PX)
    around = np.stack([np.roll(ring, k) for k in range(-reach, reach + 1)])
    peaks = np.flatnonzero((ring >= around.max(axis=0)) & (ring > 0.2))
    best = peaks[np.argsort(-ring[peaks], kind="stable")][:_MAX_ENDS]
    return [(int(rows[i]), int(cols[i])) for i in best]


def _surface_distance(pixels: Plane, axis: Points) -> Plane:
    """Return the distance to the shaft's axis less its local half width."""
    from scipy.ndimage import distance_transform_edt, median_filter

    line = evenly(smooth_line(axis, 0.4 * HEAD_PX), 0.5)
    floor = float(np.percentile(pixels, 10))
    sides = measure_widths(pixels, line, reach=1.8 * HEAD_PX, floor=floor)
    typical = float(np.median(sides.narrow_side))
    local = median_filter(sides.narrow_side, size=int(3 * HEAD_PX), mode="nearest")
    local = np.clip(local, 0.7 * typical, 1.4 * typical)
    index = np.clip(np.rint(line).astype(int), 0, len(pixels) - 1)
    off_axis = np.ones(pixels.shape, bool)
    off_axis[index[:, 0], index[:, 1]] = False
    radius = np.zeros(pixels.shape)
    radius[index[:, 0], index[:, 1]] = local
    distance, nearest = distance_transform_edt(off_axis, return_indices=True)
    signed: Plane = (distance - radius[nearest[0], nearest[1]]).astype(np.float32)
    return signed
