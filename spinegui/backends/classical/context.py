"""What stands around a detection: its neighbours, its dendrite, the rest of the image.

A person marks the spines of the dendrites in focus. Whether a dendrite bears spines is seen in its
other spines, so each detection is looked at once more beside all the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from spinegui.backends.classical.logistic import sigmoid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.classical.working import WorkingImage

N_CONTEXT = 22
_REACHES = (8.0, 20.0, 50.0)
"""Neighbourhoods (working px): touching, next spine, this stretch of dendrite."""

_BLOCK = 256


class _Branch(NamedTuple):
    """Per detection: length, brightness and spines of the nearest branch; (n,) each."""

    length: NDArray[np.float64]
    brightness: NDArray[np.float64]
    spines: NDArray[np.float64]
    best: NDArray[np.float64]


def describe_context(
    image: WorkingImage, points: NDArray[np.float64], logits: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (n, N_CONTEXT) features of detections (n, 3) z, y, x in working px.

    `logits` (n,) are the first opinion on each, after suppression.
    """
    n = len(points)
    if n == 0:
        return np.zeros((0, N_CONTEXT))
    p = sigmoid(logits)
    axis = np.argwhere(image.shaft.axis).astype(np.float64) + 0.5
    around = _neighbours(points, p)
    stretch = _stretch(points, axis)
    branch = _branches(image, points, p)
    total = p.sum()
    length = max(len(axis), 20)
    rank = (np.argsort(np.argsort(logits)) + 0.5) / n
    overall = np.broadcast_to(
        [np.log(total + 0.5), 100 * total / length, np.log(length), np.sort(p)[-min(n, 5)]], (n, 4)
    )
    density = np.log((around[:, 1:3] + p[:, None] + 0.2) / (stretch + 5) * 100)
    spined = np.log(100 * (branch.spines + 0.2) / (branch.length + 10))
    brightest = branch.brightness / max(branch.best.max(), 0.05)
    own = np.stack([logits, p, rank], axis=1)
    dendrite = np.stack(
        [spined, np.log(branch.length + 5), branch.brightness, brightest,
         np.log(branch.spines + 0.1)], axis=1
    )  # fmt: skip
    return np.concatenate([own, around, density, stretch / 100, dendrite, overall], axis=1)


def _neighbours(points: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, 6): neighbours' summed scores in each reach, and means; without the own."""
    result = np.zeros((len(points), 2 * len(_REACHES)))
    for rows in _blocks(len(points)):
        squared = _squared_gaps(points[rows], points[:, 1:])
        squared[np.arange(len(squared)), np.arange(len(points))[rows]] = np.inf
        for k, reach in enumerate(_REACHES):
            bell = np.exp(-0.5 * squared / reach**2)
            result[rows, k] = bell @ p
            result[rows, k + len(_REACHES)] = bell @ p / (bell.sum(axis=1) + 0.1)
    return result


def _stretch(points: NDArray[np.float64], axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, 2): how much shaft axis lies within the two wider reaches."""
    result = np.zeros((len(points), 2))
    for rows in _blocks(len(points)):
        squared = _squared_gaps(points[rows], axis)
        for k, reach in enumerate(_REACHES[1:]):
            result[rows, k] = np.exp(-0.5 * squared / reach**2).sum(axis=1)
    return result


def _blocks(n: int) -> list[slice]:
    """Cut n rows so that distances of many points to many others fit into memory."""
    return [slice(start, start + _BLOCK) for start in range(0, n, _BLOCK)]


def _squared_gaps(
    points: NDArray[np.float64], others_yx: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (n, m) squared distances in the plane of points z, y, x to others y, x."""
    down = points[:, None, 1] - others_yx[None, :, 0]
    right = points[:, None, 2] - others_yx[None, :, 1]
    squared: NDArray[np.float64] = down**2 + right**2
    return squared


def _branches(image: WorkingImage, points: NDArray[np.float64], p: NDArray[np.float64]) -> _Branch:
    """Cut the axis at its junctions and sum up each branch."""
    from scipy import ndimage as ndi

    shaft = image.shaft
    around = np.ones((3, 3), int)
    crowd = ndi.convolve(shaft.axis.astype(np.int16), around, mode="constant")
    cut = shaft.axis & ~ndi.binary_dilation(shaft.axis & (crowd > 3), around)
    labels, n = ndi.label(ndi.binary_dilation(cut, around), around)
    rows = np.clip(_nearest(shaft.nearest_y, points), 0, labels.shape[0] - 1)
    columns = np.clip(_nearest(shaft.nearest_x, points), 0, labels.shape[1] - 1)
    mine = labels[rows, columns]
    on_axis = np.where(shaft.axis, labels, 0).ravel()
    length = np.bincount(on_axis, minlength=n + 1).astype(np.float64)
    length[0] = 0.0
    light = np.bincount(on_axis, shaft.brightness.ravel(), minlength=n + 1)
    brightness = light / np.maximum(np.bincount(on_axis, minlength=n + 1), 1)
    spines = np.bincount(mine, p, minlength=n + 1)
    long = np.where(length[1:] > 20, brightness[1:], 0.0)
    best = np.full(len(points), long.max() if len(long) else 0.0)
    return _Branch(length[mine], brightness[mine], spines[mine], best)


def _nearest(index: NDArray[np.float32], points: NDArray[np.float64]) -> NDArray[np.int64]:
    rows = np.clip(points[:, 1].astype(int), 0, index.shape[0] - 1)
    columns = np.clip(points[:, 2].astype(int), 0, index.shape[1] - 1)
    found: NDArray[np.int64] = index[rows, columns].astype(np.int64)
    return found
