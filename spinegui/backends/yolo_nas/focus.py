"""In which slice a spine is in focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.yolo_nas.views import View

_REACH_UM = 2.0
"""The slab that shows a spine is known; within it the spine is where it shines most."""

_AROUND_PX = 2


def best_focus(view: View, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the slices (n,) near points (n, 3) x, y, z in which their surroundings shine most."""
    if view.z_um is None or len(points) == 0:
        return points[:, 2]
    depth, height, width = view.volume.shape
    rows = np.clip(points[:, 1].astype(int), 0, height - 1)
    columns = np.clip(points[:, 0].astype(int), 0, width - 1)
    profiles = np.zeros((depth, len(points)))
    steps = range(-_AROUND_PX, _AROUND_PX + 1)
    for dy in steps:
        for dx in steps:
            at = np.clip(rows + dy, 0, height - 1), np.clip(columns + dx, 0, width - 1)
            profiles += view.volume[:, *at]
    apart = np.abs(np.arange(depth)[:, None] - points[:, 2]) * view.z_um
    profiles[apart > max(_REACH_UM, view.z_um / 2)] = -1.0
    result: NDArray[np.float64] = profiles.argmax(axis=0).astype(np.float64)
    return result
