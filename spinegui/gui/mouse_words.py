"""What the mouse does now, in words: true for the tool, the place, what is held and the drag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from spinegui.gui.canvas.tools import Gesture, Tool
from spinegui.gui.keys.in_use import with_keys
from spinegui.gui.language import later, tr

if TYPE_CHECKING:
    from spinegui.gui.canvas.cursors import Under
    from spinegui.gui.canvas.hand import Hand

TOOLS = {
    Tool.SELECT: later("Click selects · drag moves the image · Shift+click adds · wheel zooms"),
    Tool.DRAW: later("Drag a box around a spine, head to shaft · Esc goes back"),
    Tool.ADD: later("Click a spine to add a box · Esc goes back"),
    Tool.REGION: later("Drag over the part you have looked at · Esc goes back"),
    Tool.BRUSH: later("Paint over what you have looked at · Alt erases · Esc goes back"),
}
"""Where the cursor is elsewhere."""
DRAGS = {
    Gesture.PAN: later("Moves the image"),
    Gesture.MOVE: later("Moves the box · Esc takes it back"),
    Gesture.RESIZE: later("Resizes the box · Esc takes it back"),
    Gesture.DRAW: later("Draws a box around a spine · Esc takes it back"),
    Gesture.REGION: later("Marks what you have looked at · Esc takes it back"),
    Gesture.PAINT: later("Paints what you have looked at · Esc takes it back"),
    Gesture.BAND: later("Selects every spine inside · Esc takes it back"),
    Gesture.WINDOW: later("Right is a wider window, up is brighter · the data stay as they are"),
    Gesture.TRAVEL: later("Goes to this part of the image"),
}
_ADDS_SPINE = later("click adds a spine here")
_RIGHT = later("right click for more")
_ZOOMS = later("wheel zooms")
_BACK = later("Esc goes back")


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies before the hand; `can_edit` is False for a project that is open read-only."""

    has_image: bool = True
    is_stack: bool = False
    can_edit: bool = True
    has_selection: bool = False


def mouse_words(hand: Hand, ground: Ground) -> str:
    """Return the line; "" where the mouse does nothing."""
    if not ground.has_image:
        return with_keys(tr("Drop images here, or open them: {open_images}"))
    if hand.gesture is not None:
        return tr(DRAGS[hand.gesture])
    if hand.under is None:
        return tr(TOOLS[hand.tool])
    parts = _parts(hand, hand.under, ground)
    line = " · ".join(tr(part) for part in parts if part)
    return line[:1].upper() + line[1:]


def _parts(hand: Hand, under: Under, ground: Ground) -> tuple[str, ...]:
    """Return what each movement would do, as `tools.gesture_for` and `Pointer` decide it."""
    cases = (
        (under.on_minimap, (later("click or drag goes to that part of the image"),)),
        (hand.holds(Qt.KeyboardModifier.ControlModifier), _with_ctrl(hand, under, ground)),
        (hand.holds(Qt.KeyboardModifier.ShiftModifier), _with_shift(ground)),
        (hand.tool is Tool.BRUSH, _with_brush(hand)),
        (under.handle is not None and ground.can_edit, (later("drag resizes the box"), _ZOOMS)),
        (hand.tool is Tool.DRAW, (later("drag a box around a spine, head to shaft"), _BACK)),
        (hand.tool is Tool.REGION, (later("drag over the part you have looked at"), _BACK)),
        (hand.tool is Tool.ADD and not under.on_box, (_ADDS_SPINE, _BACK)),
    )
    return next((parts for applies, parts in cases if applies), _plain(hand, under, ground))


def _plain(hand: Hand, under: Under, ground: Ground) -> tuple[str, ...]:
    jumps = ground.is_stack and under.on_box
    if under.on_selected and ground.can_edit:
        return (
            later("drag moves the box"),
            later("a handle resizes it"),
            later("Ctrl+wheel grows or shrinks it"),
            _RIGHT,
        )
    if under.on_box:
        if jumps and hand.holds(Qt.KeyboardModifier.AltModifier):
            return (later("click selects and goes to the spine's slice"),)
        alt = later("Alt+click goes to its slice") if jumps else ""
        return (later("click selects this spine"), alt, _RIGHT)
    click = later("click deselects") if ground.has_selection else ""
    add = later("Shift+click adds a spine") if ground.can_edit else ""
    return (click, later("drag moves the image"), add, _ZOOMS)


def _with_ctrl(hand: Hand, under: Under, ground: Ground) -> tuple[str, ...]:
    on_box = later("click adds to the selection or takes away") if under.on_box else ""
    grows = under.on_selected and ground.can_edit
    wheel = later("wheel grows or shrinks the box") if grows else _ZOOMS
    if hand.tool is Tool.BRUSH:
        wheel = later("wheel sizes the brush")
    return (on_box, later("drag selects all in a rectangle"), wheel)


def _with_brush(hand: Hand) -> tuple[str, ...]:
    if hand.holds(Qt.KeyboardModifier.AltModifier):
        return (later("drag erases what was marked reviewed"), _BACK)
    paints = later("drag paints what you have looked at")
    return (paints, later("Alt erases"), later("Ctrl+wheel sizes the brush"), _BACK)


def _with_shift(ground: Ground) -> tuple[str, ...]:
    adds = (_ADDS_SPINE, later("drag draws a box")) if ground.can_edit else ()
    wheel = later("wheel steps through the slices") if ground.is_stack else ""
    return (*adds, wheel)
