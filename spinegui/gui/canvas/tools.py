"""The tools, and which gesture a pressed mouse button begins: one pure decision."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spinegui.gui.canvas.box_handle import Handle

DRAG_THRESHOLD_PX = 3
"""Below it a press and release is a click: a trembling hand moves no box."""


class Tool(Enum):
    """What a plain drag or click on the image does."""

    SELECT = "select"
    DRAW = "draw"
    ADD = "add"
    """Click a spine: a box is fitted to it."""
    REGION = "region"
    """Drag a rectangle that was looked at."""
    BRUSH = "brush"
    """Paint over what was looked at."""


class Gesture(Enum):
    """What a drag does from its first three pixels on."""

    PAN = "pan"
    MOVE = "move"
    RESIZE = "resize"
    DRAW = "draw"
    REGION = "region"
    PAINT = "paint"
    """From the press on: a dab is a stroke too."""
    BAND = "band"
    WINDOW = "window"
    TRAVEL = "travel"
    """Go to the place pressed in the minimap."""


class Button(Enum):
    LEFT = "left"
    MIDDLE = "middle"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button with all that decides about its meaning."""

    button: Button
    tool: Tool
    shift: bool = False
    ctrl: bool = False
    alt: bool = False
    handle: Handle | None = None
    on_selected: bool = False
    """Whether it went down on the body of a selected box."""
    on_minimap: bool = False


def gesture_for(press: Press) -> Gesture:
    """Return what dragging on from this press does.

    Only boxes that are already selected move, all of them together: a first drag over any other
    box pans, so that no box is shifted by accident.
    """
    cases = (
        (press.button is Button.RIGHT, Gesture.WINDOW),
        (press.button is Button.MIDDLE, Gesture.PAN),
        (press.on_minimap, Gesture.TRAVEL),
        (press.ctrl, Gesture.BAND),
        (press.shift, Gesture.DRAW),
        (press.tool is Tool.BRUSH, Gesture.PAINT),
        (press.handle is not None, Gesture.RESIZE),
        (press.tool is Tool.DRAW, Gesture.DRAW),
        (press.tool is Tool.REGION, Gesture.REGION),
        (press.on_selected, Gesture.MOVE),
    )
    return next((gesture for applies, gesture in cases if applies), Gesture.PAN)
