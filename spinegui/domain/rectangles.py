"""Areas made of rectangles: their union, and one area without another, as few disjoint boxes.

Reviewed regions are boxes, so whatever is painted, drawn or walked over ends up here: the boxes
that come out cover exactly what went in, none of it twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


def united(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """Return few disjoint boxes that cover exactly what these cover, in reading order."""
    return _less(tuple(boxes), ())


def without(boxes: Iterable[Box], taken: Iterable[Box]) -> tuple[Box, ...]:
    """Return few disjoint boxes that cover what `boxes` cover and `taken` do not."""
    return _less(tuple(boxes), tuple(taken))


def covered_area(boxes: Iterable[Box]) -> float:
    """Return the area in px² that these boxes cover, what lies under several counted once."""
    return sum(box.area for box in united(boxes))


def touching(boxes: Iterable[Box], seeds: Iterable[Box]) -> tuple[Box, ...]:
    """Return those of `boxes` that overlap a seed, share a border with one, or one another's."""
    left, found, front = list(boxes), [], list(seeds)
    while front:
        near = front.pop()
        met = [box for box in left if _meet(box, near)]
        left = [box for box in left if not _meet(box, near)]
        found += met
        front += met
    return tuple(found)


def _meet(a: Box, b: Box) -> bool:
    return a.x0 <= b.x1 and b.x0 <= a.x1 and a.y0 <= b.y1 and b.y0 <= a.y1


def _less(boxes: Sequence[Box], taken: Sequence[Box]) -> tuple[Box, ...]:
    if not boxes:
        return ()
    # Between the sorted edges of all boxes lies a grid whose cells are wholly in or wholly out.
    every = np.array([box.as_xyxy() for box in (*boxes, *taken)], np.float64)
    xs, ys = np.unique(every[:, [0, 2]]), np.unique(every[:, [1, 3]])
    is_in = np.zeros((len(ys) - 1, len(xs) - 1), np.bool_)
    for box, is_added in ((b, i < len(boxes)) for i, b in enumerate((*boxes, *taken))):
        x0, x1 = np.searchsorted(xs, (box.x0, box.x1))
        y0, y1 = np.searchsorted(ys, (box.y0, box.y1))
        is_in[y0:y1, x0:x1] = is_added
    across = cell_blocks(is_in)
    down = [(x0, y0, x1, y1) for y0, x0, y1, x1 in cell_blocks(is_in.T)]
    blocks = min(across, down, key=len)
    found = [
        Box(float(xs[x0]), float(ys[y0]), float(xs[x1]), float(ys[y1])) for x0, y0, x1, y1 in blocks
    ]
    return tuple(sorted(found, key=lambda box: (box.y0, box.x0)))


def cell_blocks(is_in: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """Return disjoint blocks x0, y0, x1, y1 (half-open, in cells) that hold every cell that is in.

    Runs of a row grow downwards while the next row has the same run: slabs, not the fewest blocks
    there can be, but near it for what a hand draws.
    """
    blocks: list[tuple[int, int, int, int]] = []
    open_runs: dict[tuple[int, int], int] = {}  # run -> the row it began in
    for y, row in enumerate((*is_in, np.zeros(is_in.shape[1], np.bool_))):
        edges = np.flatnonzero(np.diff(row, prepend=False, append=False)).tolist()
        runs = set(zip(edges[::2], edges[1::2], strict=True))
        ended = [run for run in open_runs if run not in runs]
        blocks += [(run[0], open_runs.pop(run), run[1], y) for run in ended]
        for run in runs:
            open_runs.setdefault(run, y)
    return blocks
