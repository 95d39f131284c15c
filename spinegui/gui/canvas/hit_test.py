"""Which box a point means, and which boxes a rectangle holds: arithmetic on arrays, no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.gui.canvas.box_arrays import Style

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.domain.geometry import Box


def box_at(
    xyxy: NDArray[np.float64],
    styles: NDArray[np.uint8],
    *,
    point: tuple[float, float],
    slack: float = 0.0,
) -> int | None:
    """Return the row of the box under that point in px, or None.

    A fully drawn box is meant before one that is only hinted at, then the smaller before the
    larger, so that a spine inside another's box can be reached. `slack` widens every box, in px.
    """
    x, y = point
    inside = (
        (xyxy[:, 0] <= x + slack)
        & (xyxy[:, 2] > x - slack)
        & (xyxy[:, 1] <= y + slack)
        & (xyxy[:, 3] > y - slack)
        & (styles != Style.HIDDEN)
    )
    rows = np.flatnonzero(inside)
    if not rows.size:
        return None
    found = xyxy[rows]
    area = (found[:, 2] - found[:, 0]) * (found[:, 3] - found[:, 1])
    return int(rows[np.lexsort((area, -styles[rows].astype(np.intp)))[0]])


def boxes_in(xyxy: NDArray[np.float64], styles: NDArray[np.uint8], within: Box) -> NDArray[np.intp]:
    """Return the rows of drawn boxes whose centre lies in that rectangle."""
    cx = (xyxy[:, 0] + xyxy[:, 2]) / 2
    cy = (xyxy[:, 1] + xyxy[:, 3]) / 2
    inside = (cx >= within.x0) & (cx < within.x1) & (cy >= within.y0) & (cy < within.y1)
    return np.flatnonzero(inside & (styles != Style.HIDDEN))


def overlapping(
    xyxy: NDArray[np.float64], view: tuple[float, float, float, float]
) -> NDArray[np.bool_]:
    """Return (n,) whether each box touches the rectangle x0, y0, x1, y1."""
    x0, y0, x1, y1 = view
    return (xyxy[:, 0] < x1) & (xyxy[:, 2] > x0) & (xyxy[:, 1] < y1) & (xyxy[:, 3] > y0)
