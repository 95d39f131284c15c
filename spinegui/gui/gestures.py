"""What the mouse does on the image, and the keys that only the image knows, as words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gesture:
    """One movement of the hand; `hold` are keys held with it, `does` starts with a verb."""

    hold: tuple[str, ...]
    hand: str
    does: str


MOUSE = (
    Gesture((), "Click", "Select a spine"),
    Gesture(("Ctrl",), "Click", "Add to the selection, or take away"),
    Gesture(("Ctrl",), "Drag", "Select all in a rectangle"),
    Gesture(("Alt",), "Click", "Select and go to the spine's slice"),
    Gesture((), "Drag box", "Move the selected boxes"),
    Gesture((), "Drag handle", "Resize the selected box"),
    Gesture(("Ctrl",), "Wheel", "Grow or shrink the selected boxes"),
    Gesture(("Shift",), "Drag", "Draw a box"),
    Gesture(("Shift",), "Click", "Add a spine"),
    Gesture((), "Drag image", "Pan; the middle button does too"),
    Gesture((), "Wheel", "Zoom at the cursor"),
    Gesture(("Alt",), "Brush", "Erase what was marked reviewed"),
    Gesture(("Ctrl",), "Wheel, with the brush", "Make the brush larger or smaller"),
    Gesture(("Shift",), "Wheel", "Step through the slices"),
    Gesture((), "Right drag", "Window and level"),
    Gesture((), "Right click", "What can be done here"),
)
NUDGE = (
    Gesture(("Alt",), "↑ ↓ ← →", "Move the selected boxes by 1 px"),
    Gesture(("Shift", "Alt"), "↑ ↓ ← →", "Move them by 10 px"),
)
