"""From the network's boxes to spines: one detection a spine, over seams, slabs and anchors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import TYPE_CHECKING, Protocol

import numpy as np

from spinegui.backends.classical.suppression import suppress
from spinegui.backends.yolo_nas.focus import best_focus
from spinegui.backends.yolo_nas.views import HEAD_PX

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.base import Reporter
    from spinegui.backends.yolo_nas.views import View

APART_PX = 0.85 * HEAD_PX
"""Two detections closer than this are one spine: their boxes are alike, so overlap cannot tell."""

APART_UM = 4.0
"""In depth, where the optical blur is some µm long, they are one up to this distance."""

FAINTEST = 0.01
_MANY = 4000
"""Boxes of a tile that are looked at, best first: more than ten for each spine of a dense one."""

_TILE = 640
_MARGIN = 64
_SEAM = 3.0
"""Two tiles place one spine up to this many px apart: both keep it beyond their seam by as much."""

_GRID = 32


Span = tuple[int, int]


class Runner(Protocol):
    """A network: images (n, 3, Y, X) to boxes (n, anchors, 4) xyxy px and scores (n, anchors)."""

    def __call__(
        self, images: NDArray[np.float32], /
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...


@dataclass(frozen=True, eq=False)
class Found:
    """Spines of one view before calibration, best first.

    points (n, 3) float64 x, y in grid px and z in slices; scores (n,) float64;
    z_range (n, 2) float64, the first and last slab that shows each.
    """

    points: NDArray[np.float64]
    scores: NDArray[np.float64]
    z_range: NDArray[np.float64]


def find(view: View, run: Runner, reporter: Reporter) -> Found:
    """Look through all slabs of a view, tile by tile, and link what means the same spine."""
    joined = _linked(_in_slabs(view, run, reporter), view.z_um)
    z = best_focus(view, joined.points)
    low, high = np.minimum(joined.z_range[:, 0], z), np.maximum(joined.z_range[:, 1], z)
    points = np.column_stack([joined.points[:, :2], z])
    return replace(joined, points=points, z_range=np.column_stack([low, high]))


def _in_slabs(view: View, run: Runner, reporter: Reporter) -> NDArray[np.float64]:
    """Return x, y, z, score (n, 4) of what each slab shows."""
    middles = view.middles()
    height, width = view.volume.shape[1:]
    cores = list(product(_spans(height), _spans(width)))
    rows: list[NDArray[np.float64]] = []
    for i, z in enumerate(middles):
        plane = view.slab(float(z))
        found = []
        for k, core in enumerate(cores):
            reporter.check_cancelled()
            reporter.progress(i * len(cores) + k, len(middles) * len(cores), "Looking for spines")
            found.append(_in_core(plane, core, run))
        points, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        best = suppress(points, scores, APART_PX)
        rows.append(np.column_stack([points[best], np.full(len(best), z), scores[best]]))
    return np.concatenate(rows)


def _in_core(
    plane: NDArray[np.float32], core: tuple[Span, Span], run: Runner
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x, y (n, 2) and scores (n,) of what lies in a core of a plane (3, Y, X)."""
    height, width = plane.shape[1:]
    (top, bottom), (left, right) = core
    y0, x0 = max(0, top - _MARGIN), max(0, left - _MARGIN)
    tile = plane[:, y0 : bottom + _MARGIN, x0 : right + _MARGIN]
    points, scores = _in_tile(tile, run)
    points = np.clip(points + np.array([x0, y0]), 0, (width - 0.01, height - 0.01))
    inside = (points >= np.array([left, top]) - _SEAM) & (
        points < np.array([right, bottom]) + _SEAM
    )
    mine = inside.all(axis=1)
    return points[mine], scores[mine]


def _in_tile(
    tile: NDArray[np.float32], run: Runner
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x, y (n, 2) and scores (n,) of a tile, best first, one a place."""
    boxes, worth = run(_padded(tile)[None])
    keep = np.flatnonzero(worth[0] >= FAINTEST)
    keep = keep[np.argsort(-worth[0][keep], kind="stable")][:_MANY]
    points = ((boxes[0][keep, :2] + boxes[0][keep, 2:]) / 2).astype(np.float64)
    # A network that a training has driven out of bounds finds nothing, wherever it says nowhere.
    is_somewhere = np.isfinite(points).all(axis=1)
    points, scores = points[is_somewhere], worth[0][keep][is_somewhere].astype(np.float64)
    best = suppress(points, scores, APART_PX)
    return points[best], scores[best]


def _spans(length: int) -> list[Span]:
    """Return the cores of tiles along one axis: they meet, and their margins overlap."""
    n = max(1, -(-length // _TILE))
    ends = np.linspace(0, length, n + 1).round().astype(int)
    return [(int(a), int(b)) for a, b in pairwise(ends)]


def _padded(tile: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the tile with black below and to the right, up to the network's largest stride."""
    height, width = tile.shape[1:]
    missing = (-height % _GRID, -width % _GRID)
    return np.pad(tile, ((0, 0), (0, missing[0]), (0, missing[1])))


def _linked(rows: NDArray[np.float64], z_um: float | None) -> Found:
    """Join detections x, y, z, score (n, 4) of neighbouring slabs that mean the same spine."""
    from scipy.spatial import cKDTree

    points, scores = rows[:, :3], rows[:, 3]
    if len(rows) == 0:
        return Found(np.zeros((0, 3)), np.zeros(0), np.zeros((0, 2)))
    if z_um is None:  # a single slab, in which each spine stands alone already, best first
        return Found(points, scores, np.zeros((len(rows), 2)))
    stretch = (1.0, 1.0, z_um * APART_PX / APART_UM)
    best = suppress(points * stretch, scores, APART_PX)
    near = cKDTree(points * stretch).query_ball_point(points[best] * stretch, APART_PX)
    # Row `members[i]` may belong to spine `spine[i]`; it does where it is half as likely.
    spine = np.repeat(np.arange(len(best)), [len(m) for m in near])
    members = np.concatenate(near).astype(int)
    strong = scores[members] >= 0.5 * scores[best][spine]
    spine, members = spine[strong], members[strong]
    z, worth = points[members, 2], scores[members]
    joined = points[best].copy()
    joined[:, 2] = np.bincount(spine, worth * z) / np.bincount(spine, worth)
    ranges = np.repeat(points[best, 2:], 2, axis=1)
    np.minimum.at(ranges[:, 0], spine, z)
    np.maximum.at(ranges[:, 1], spine, z)
    return Found(joined, scores[best], ranges)
