"""The eight handles of the one selected box: where they lie, what dragging one does."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from spinegui.domain.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

MIN_BOX_PX = 2.0
HIT_PX = 10.0
"""Width and height of the zone around a handle that takes the mouse, in view px."""
_ROOM_PX = 30.0


class Handle(Enum):
    """A handle by the sides it moves: x side and y side, each -1 (low), 0 (none) or 1 (high)."""

    TOP_LEFT = (-1, -1)
    TOP = (0, -1)
    TOP_RIGHT = (1, -1)
    RIGHT = (1, 0)
    BOTTOM_RIGHT = (1, 1)
    BOTTOM = (0, 1)
    BOTTOM_LEFT = (-1, 1)
    LEFT = (-1, 0)


def handle_frame(box: Box) -> Box:
    """Return the rectangle in view px on which the handles of a box in view px lie.

    Around a small box it is wider than the box, so that handles neither cover each other nor the
    body by which the box is moved.
    """
    grow_x = max((_ROOM_PX - box.width) / 2, 0.0)
    grow_y = max((_ROOM_PX - box.height) / 2, 0.0)
    return Box(box.x0 - grow_x, box.y0 - grow_y, box.x1 + grow_x, box.y1 + grow_y)


def handle_points(box: Box) -> Iterator[tuple[Handle, float, float]]:
    """Yield every handle with its centre, for a box in view px."""
    frame = handle_frame(box)
    cx, cy = frame.center
    for handle in Handle:
        side_x, side_y = handle.value
        yield handle, cx + side_x * frame.width / 2, cy + side_y * frame.height / 2


def handle_at(box: Box, x: float, y: float) -> Handle | None:
    """Return the handle of a box in view px that takes the mouse at that view point, or None."""
    reach = HIT_PX / 2
    near = [
        (max(abs(x - hx), abs(y - hy)), handle)
        for handle, hx, hy in handle_points(box)
        if abs(x - hx) <= reach and abs(y - hy) <= reach
    ]
    return min(near, key=lambda pair: pair[0])[1] if near else None


def resized(box: Box, handle: Handle, dx: float, dy: float) -> Box:
    """Return the box with the handle's sides moved; a side stops 2 px before the opposite one."""
    dx, dy = _by_hand(dx), _by_hand(dy)
    side_x, side_y = handle.value
    x0 = min(box.x0 + dx, box.x1 - MIN_BOX_PX) if side_x < 0 else box.x0
    x1 = max(box.x1 + dx, box.x0 + MIN_BOX_PX) if side_x > 0 else box.x1
    y0 = min(box.y0 + dy, box.y1 - MIN_BOX_PX) if side_y < 0 else box.y0
    y1 = max(box.y1 + dy, box.y0 + MIN_BOX_PX) if side_y > 0 else box.y1
    return Box(x0, y0, x1, y1)


def moved(box: Box, dx: float, dy: float) -> Box:
    """Return the box shifted; it may leave the image in part."""
    return box.shifted(_by_hand(dx), _by_hand(dy))


def grown(box: Box, steps: int) -> Box:
    """Return the box grown (steps > 0) or shrunk by half a pixel a side and step."""
    most = max((min(box.width, box.height) - MIN_BOX_PX) / 2, 0.0)
    return box.grown(max(0.5 * steps, -most))


def spanned(xa: float, ya: float, xb: float, yb: float) -> Box:
    """Return the box of a drag between two points, at least 2 px wide and high."""
    xa, ya, xb, yb = (_by_hand(v) for v in (xa, ya, xb, yb))
    x0, y0 = min(xa, xb), min(ya, yb)
    return Box(x0, y0, max(xa, xb, x0 + MIN_BOX_PX), max(ya, yb, y0 + MIN_BOX_PX))


def _by_hand(value: float) -> float:
    """Round: a hand is never more exact than a hundredth of a pixel, and tables stay readable."""
    return round(value, 2)
