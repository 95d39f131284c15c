"""The shafts' axis pixels as lines: traced, straight on through branch points, evened out.

What `shaft` finds is a thin net of pixels. It is cut where it branches, and arms much dimmer than
the image's shafts are left out: axons, and dendrites out of focus, whose spines nobody sees. At
each branch point the two arms that go straightest on are one line again, so that a dendrite is one
line and its side branch another.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from spinegui.backends.classical.head_width import head_px
from spinegui.backends.classical.parameters import PARAMETERS, DetectorParameters
from spinegui.backends.classical.profile import evenly, smooth_line
from spinegui.backends.classical.scale import WORKING_HEAD_PX
from spinegui.backends.classical.shaft import TRACE_HEAD_PX
from spinegui.backends.classical.working import working_image
from spinegui.storage.resources import resource

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.base import Frame
    from spinegui.backends.classical.working import WorkingImage

Pixel: TypeAlias = tuple[int, int]
Path: TypeAlias = "list[Pixel]"

_LEAST_LENGTH = 12.0
"""A shorter line, three spine heads, says nothing of density (px of the tracing grid)."""
_BRIGHT = 0.62
"""An arm's middle brightness, in shares of the brightest tenth's, from which on it is a shaft in
focus. As the root of intensity: about 0.4 of their light. On synthetic images (10 scenes with axons
and blurred dendrites) shafts have 0.66 and more, other lines hardly ever above 0.6."""
_STEP = 1.0
_SMOOTH = 2.0
_DEPTH_SMOOTH = 8.0
_ARM = 8
"""So many pixels of an arm tell where it heads."""
_STRAIGHT = -0.7
"""Cosine between two arms below which they are one line: they bend by less than 45 degrees."""
_AROUND = tuple((dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx)


def trace(frame: Frame) -> tuple[NDArray[np.float64], ...]:
    """Return the shafts' centre lines, (n, 3) each: x, y in image px, z in slices (0 in 2D).

    Seen in the maximum projection; the slice is where the shaft shines most, evened out along it.
    """
    parameters = DetectorParameters.load(resource("models/classical") / PARAMETERS)
    image = working_image(frame, head=head_px(frame, parameters.scale))
    if image.shaft.is_empty:
        return ()
    coarse = WORKING_HEAD_PX / TRACE_HEAD_PX
    glow = image.shaft.brightness
    thin = _thin(image, coarse)
    lines = [evenly(smooth_line(line, _SMOOTH), _STEP) for line in _lines(thin, glow, coarse)]
    return tuple(_placed(line * coarse, image) for line in lines if len(line) > _LEAST_LENGTH)


def _thin(image: WorkingImage, coarse: float) -> NDArray[np.bool_]:
    """Return the axis on the grid that it was traced on, where its pixels touch each other."""
    rows, columns = np.nonzero(image.shaft.axis)
    shape = [round(n / coarse) + 1 for n in image.shaft.axis.shape]
    thin = np.zeros(shape, np.bool_)
    thin[((rows + 0.5) / coarse).astype(int), ((columns + 0.5) / coarse).astype(int)] = True
    return thin


def _placed(line: NDArray[np.float64], image: WorkingImage) -> NDArray[np.float64]:
    """Return a line (n, 2) y, x on the working grid in the image's own x, y, z."""
    from scipy.ndimage import gaussian_filter1d

    rows, columns = (
        np.clip(line[:, axis].astype(int), 0, image.shaft_z.shape[axis] - 1) for axis in (0, 1)
    )
    depth = gaussian_filter1d(
        image.shaft_z[rows, columns].astype(np.float64), _DEPTH_SMOOTH, mode="nearest"
    )
    return np.column_stack([line[:, 1] / image.ratio_x, line[:, 0] / image.ratio_y, depth])


def _lines(
    thin: NDArray[np.bool_], glow: NDArray[np.float32], coarse: float
) -> list[NDArray[np.float64]]:
    """Return the bright lines (n, 2) y, x of a thin net, at the middles of its pixels."""
    from scipy.ndimage import label

    pixels: set[Pixel] = {(int(y), int(x)) for y, x in np.argwhere(thin)}
    near = {p: [q for q in _neighbours(p) if q in pixels] for p in pixels}
    forks = np.zeros(thin.shape, np.bool_)
    for y, x in (p for p in pixels if len(near[p]) > 2):
        forks[y, x] = True
    fork_of, _ = label(forks, np.ones((3, 3), int))
    paths = _bright(_arms(near, fork_of) + _rings(near, fork_of), glow, coarse)
    return [np.array(path, np.float64) + 0.5 for path in _straight_on(paths, fork_of)]


def _bright(paths: list[Path], glow: NDArray[np.float32], coarse: float) -> list[Path]:
    """Return the paths about as bright as the brightest; `glow` is on a grid `coarse` finer."""
    values = []
    for path in paths:
        at = ((np.array(path, np.float64) + 0.5) * coarse).astype(int)
        rows, columns = (np.minimum(at[:, k], glow.shape[k] - 1) for k in (0, 1))
        values.append(glow[rows, columns])
    if not values:
        return []
    least = _BRIGHT * float(np.percentile(np.concatenate(values), 90))
    return [p for p, value in zip(paths, values, strict=True) if np.median(value) >= least]


def _neighbours(pixel: Pixel) -> list[Pixel]:
    return [(pixel[0] + dy, pixel[1] + dx) for dy, dx in _AROUND]


def _arms(near: dict[Pixel, list[Pixel]], fork_of: NDArray[np.int64]) -> list[Path]:
    """Return the runs of pixels from end or fork to end or fork, both included."""
    found: list[Path] = []
    done: set[tuple[Pixel, Pixel]] = set()
    for start in sorted(p for p, around in near.items() if len(around) != 2):
        for second in near[start]:
            if (start, second) in done or (fork_of[start] and fork_of[start] == fork_of[second]):
                continue
            path = [start, second]
            while len(near[path[-1]]) == 2:
                path.append(next(q for q in near[path[-1]] if q != path[-2]))
            done |= {(path[0], path[1]), (path[-1], path[-2])}
            found.append(path)
    return found


def _rings(near: dict[Pixel, list[Pixel]], fork_of: NDArray[np.int64]) -> list[Path]:
    """Return the closed runs, which have neither an end nor a fork."""
    used = {p for path in _arms(near, fork_of) for p in path}
    left = {p for p, around in near.items() if len(around) == 2} - used
    found: list[Path] = []
    while left:
        path = [min(left)]
        path.append(near[path[0]][0])
        while path[-1] != path[0]:
            path.append(next(q for q in near[path[-1]] if q != path[-2]))
        left -= set(path)
        found.append(path)
    return found


def _straight_on(paths: list[Path], fork_of: NDArray[np.int64]) -> list[Path]:
    """Join, at each fork, the two arms that go straightest on; then the next two."""
    ends: dict[int, list[tuple[int, bool]]] = {}
    for i, path in enumerate(paths):
        for is_last in (False, True):
            fork = int(fork_of[path[-1 if is_last else 0]])
            if fork:
                ends.setdefault(fork, []).append((i, is_last))
    partner: dict[tuple[int, bool], tuple[int, bool]] = {}
    for meeting in ends.values():
        heading = {end: _heading(paths[end[0]], is_last=end[1]) for end in meeting}
        pairs = sorted(
            ((float(heading[a] @ heading[b]), a, b) for a, b in combinations(meeting, 2)),
            key=lambda pair: pair[0],
        )
        for cosine, a, b in pairs:
            if cosine < _STRAIGHT and a not in partner and b not in partner and a[0] != b[0]:
                partner[a], partner[b] = b, a
    return _chained(paths, partner)


def _heading(path: Path, *, is_last: bool) -> NDArray[np.float64]:
    """Return the direction (2,) in which an arm leaves its fork."""
    arm = np.array(path[::-1] if is_last else path, np.float64)[: _ARM + 1]
    away = arm[-1] - arm[0]
    length = float(np.hypot(*away))
    result: NDArray[np.float64] = away / length if length else away
    return result


def _chained(paths: list[Path], partner: dict[tuple[int, bool], tuple[int, bool]]) -> list[Path]:
    """Return the paths, partners joined end to end."""
    left = set(range(len(paths)))
    found: list[Path] = []
    # Chains are walked from an end without partner; what is left over then are closed ones.
    starts = [(i, last) for i in range(len(paths)) for last in (False, True)]
    for i, is_last in sorted(starts, key=lambda end: end in partner):
        if i not in left:
            continue
        chain: Path = []
        at: tuple[int, bool] | None = (i, is_last)
        while at is not None and at[0] in left:
            left.discard(at[0])
            chain += paths[at[0]][::-1] if at[1] else paths[at[0]]
            at = partner.get((at[0], not at[1]))
        found.append(chain)
    return found
