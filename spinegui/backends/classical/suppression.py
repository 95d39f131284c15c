"""One detection a spine: of points that lie close together, the best one stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def suppress(
    points: NDArray[np.float64], scores: NDArray[np.float64], radius: float
) -> NDArray[np.int64]:
    """Return the rows, best score first, that have no better kept row within `radius`.

    points: (n, d), all axes in one unit; scores: (n,). Equal scores keep their order.
    """
    from scipy.spatial import cKDTree

    if len(points) == 0:
        return np.zeros(0, np.int64)
    near = cKDTree(points).query_ball_point(points, radius)
    alive = np.ones(len(points), bool)
    kept: list[int] = []
    for i in np.argsort(-scores, kind="stable"):
        if alive[i]:
            kept.append(int(i))
            alive[near[i]] = False
    return np.asarray(kept, np.int64)
