"""What the mouse does on the image, and the keys that only the image knows, as words."""

from __future__ import annotations

from dataclasses import dataclass

from spinegui.gui.language import later


@dataclass(frozen=True, slots=True)
class Gesture:
    """One movement of the hand; `hold` are keys held with it, `does` starts with a verb."""

    hold: tuple[str, ...]
    hand: str
    does: str


MOUSE = (
    Gesture((), later("Click"), later("Select a spine")),
    Gesture(("Ctrl",), later("Click"), later("Add to the selection, or take away")),
    Gesture(("Ctrl",), later("Drag"), later("Select all in a rectangle")),
    Gesture(("Alt",), later("Click"), later("Select and go to the spine's slice")),
    Gesture((), later("Drag box"), later("Move the selected boxes")),
    Gesture((), later("Drag handle"), later("Resize the selected box")),
    Gesture(("Ctrl",), later("Wheel"), later("Grow or shrink the selected boxes")),
    Gesture(("Shift",), later("Drag"), later("Draw a box")),
    Gesture(("Shift",), later("Click"), later("Add a spine")),
    Gesture((), later("Drag image"), later("Pan; the middle button does too")),
    Gesture((), later("Wheel"), later("Zoom at the cursor")),
    Gesture(("Alt",), later("Brush"), later("Erase what was marked reviewed")),
    Gesture(("Ctrl",), later("Wheel, with the brush"), later("Make the brush larger or smaller")),
    Gesture(("Shift",), later("Wheel"), later("Step through the slices")),
    Gesture((), later("Right drag"), later("Window and level")),
    Gesture((), later("Right click"), later("What can be done here")),
)
NUDGE = (
    Gesture(("Alt",), "↑ ↓ ← →", later("Move the selected boxes by 1 px")),
    Gesture(("Shift", "Alt"), "↑ ↓ ← →", later("Move them by 10 px")),
)
