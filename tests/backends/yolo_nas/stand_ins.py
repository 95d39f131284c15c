"""Inputs for tests of what surrounds the network: bright dots, and a network that marks them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.yolo_nas.scenes import Scene
from spinegui.backends.yolo_nas.views import BOX_HEADS, HEAD_PX, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

GRID_UM = 0.75 / HEAD_PX
"""A pixel size at which the network's grid is the image's."""

_DOT_SIGMA = 2.0
_STRIDE = 8
_REACH = 12.0


def volume_of(
    shape: tuple[int, int, int], dots: Sequence[tuple[float, ...]], *, sigma_z: float = 2.0
) -> NDArray[np.float32]:
    """Black (Z, Y, X) with dots x, y, z and, where told, a brightness other than 1."""
    volume = np.zeros(shape, np.float32)
    for x, y, z, *rest in dots:
        rows = slice(max(0, int(y) - 10), int(y) + 11)
        columns = slice(max(0, int(x) - 10), int(x) + 11)
        yy = np.arange(shape[1])[rows, None] + 0.5 - y
        xx = np.arange(shape[2])[None, columns] + 0.5 - x
        flat = (rest[0] if rest else 1.0) * np.exp(-(yy**2 + xx**2) / (2 * _DOT_SIGMA**2))
        depth = np.exp(-((np.arange(shape[0]) - z) ** 2) / (2 * sigma_z**2))
        lit = volume[:, rows, columns]
        np.maximum(lit, (depth[:, None, None] * flat).astype(np.float32), out=lit)
    return volume


def plane_of(height: int, width: int, dots: Sequence[tuple[float, ...]]) -> View:
    """A plane with dots x, y and, where told, brightness."""
    return View(
        volume_of((1, height, width), [(x, y, 0.0, *rest) for x, y, *rest in dots]), 1.0, 1.0, None
    )


def scene_with(
    view: View,
    heads: Sequence[tuple[float, float, float]] = (),
    *,
    looked_at: NDArray[np.bool_] | bool = True,
    picked: Sequence[tuple[float, float, float]] = (),
) -> Scene:
    seen = np.broadcast_to(np.asarray(looked_at), view.volume.shape[1:]).copy()
    half = BOX_HEADS * HEAD_PX / 2
    return Scene(
        view,
        np.array(heads, np.float64).reshape(-1, 3),
        seen,
        np.array([(*p, half) for p in picked], np.float64).reshape(-1, 4),
    )


class DotNetwork:
    """Marks bright dots as a network does: every anchor near one, a little drawn to itself.

    So two tiles never agree quite on where a dot is. `pull` is the share of the way.
    """

    def __init__(self, pull: float = 0.04, left: float = 1.0) -> None:
        self.pull, self.left = pull, left
        self.shapes: list[tuple[int, ...]] = []

    def __call__(
        self, images: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        self.shapes.append(images.shape)
        assert images.dtype == np.float32
        assert images.shape[2] % 32 == 0
        assert images.shape[3] % 32 == 0
        marks = [self._marks(image[1]) for image in images]
        return np.stack([m[0] for m in marks]), np.stack([m[1] for m in marks])

    def _marks(self, plane: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        height, width = plane.shape
        yy, xx = np.mgrid[_STRIDE // 2 : height : _STRIDE, _STRIDE // 2 : width : _STRIDE]
        anchors = np.stack([xx.ravel(), yy.ravel()], axis=1).astype(np.float64)
        middles, scores = anchors.copy(), np.full(len(anchors), 1e-4)
        for x, y, peak in _dots(plane):
            gap = np.hypot(*(anchors - (x, y)).T)
            worth = peak * (1 - gap / (2 * _REACH)) * (self.left if x < width / 2 else 1.0)
            mine = (gap < _REACH) & (worth > scores)
            middles[mine] = (1 - self.pull) * np.array([x, y]) + self.pull * anchors[mine]
            scores[mine] = worth[mine]
        half = BOX_HEADS * HEAD_PX / 2
        boxes = np.concatenate([middles - half, middles + half], axis=1)
        return boxes.astype(np.float32), scores.astype(np.float32)


def _dots(plane: NDArray[np.float32]) -> list[tuple[float, float, float]]:
    """Middles x, y to a fraction of a px, and the brightness of each dot."""
    from scipy import ndimage as ndi

    peaks = (plane == ndi.maximum_filter(plane, 5)) & (plane > 0.1)
    places, n = ndi.label(peaks, np.ones((3, 3)))
    found = []
    for row, column in ndi.center_of_mass(peaks, places, range(1, n + 1)):
        r, c = round(row), round(column)
        rows, columns = (slice(max(0, v - 3), v + 4) for v in (r, c))
        patch = np.log(np.maximum(plane[rows, columns], 1e-6))
        at = [_parabola(patch.max(axis=1 - k)) for k in (0, 1)]
        found.append((columns.start + at[1] + 0.5, rows.start + at[0] + 0.5, float(plane[r, c])))
    return found


def _parabola(values: NDArray[np.float32]) -> float:
    """The top of the parabola through the highest value and its neighbours."""
    k = int(values.argmax())
    if not 0 < k < len(values) - 1:
        return float(k)
    before, top, after = (float(v) for v in values[k - 1 : k + 2])
    bend = before - 2 * top + after
    return k + (0.5 * (before - after) / bend if bend < 0 else 0.0)
