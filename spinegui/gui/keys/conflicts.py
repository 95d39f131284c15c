"""What stands against giving a key to an action: another action, the image, a text field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from spinegui.gui.actions import ACTIONS
from spinegui.gui.keys.in_use import combination, native
from spinegui.gui.language import later, tr

if TYPE_CHECKING:
    from collections.abc import Callable

_SPECS = {spec.id: spec for spec in ACTIONS}
_HELD = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
FIXED = {
    "Esc": later("Esc always cancels and deselects."),
    **dict.fromkeys(
        [f"{held}Alt+{way}" for held in ("", "Shift+") for way in ("Left", "Right", "Up", "Down")],
        later("Alt with an arrow moves the selected box; the image keeps these for itself."),
    ),
}
"""Keys that only the image knows, and why they cannot be given away."""
FIXED_ACTIONS = frozenset({"deselect"})
_SYSTEM = frozenset({"Alt+F4", "Alt+Tab", "Alt+Space", "Ctrl+Alt+Del", "Ctrl+Esc", "Print"})
_EDITING = frozenset({
    "Ctrl+C", "Ctrl+X", "Ctrl+V", "Shift+Del", "Shift+Ins", "Ctrl+Ins", "Ctrl+Del",
    "Ctrl+Backspace", "Ctrl+Home", "Ctrl+End", "Ctrl+Left", "Ctrl+Right", "Ctrl+Shift+Left",
    "Ctrl+Shift+Right",
})  # fmt: skip
_MOVING = frozenset({
    "Space", "Return", "Enter", "Tab", "Backtab", "Backspace", "Del", "Ins", "Left", "Right", "Up",
    "Down", "Home", "End", "PgUp", "PgDown",
})  # fmt: skip
_SAME = {"Shift+Tab": "Backtab", "Shift+Backtab": "Backtab", "Ctrl+=": "Ctrl++", "Enter": "Return"}
"""Two ways to write what a hand does in one way."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`takers` are the actions that have the key; `refusal` says why nobody may have it."""

    takers: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def is_free(self) -> bool:
        return not self.takers and not self.refusal


def portable(key: str) -> str:
    """Return a key in the one way it is written in tables and files; "" where it is none."""
    sequence = QKeySequence(key)
    if sequence.count() != 1 or combination(key).key() == Qt.Key.Key_unknown:
        return ""
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def same_key(a: str, b: str) -> bool:
    """Tell whether a hand that presses one presses the other."""
    return _plain(a) == _plain(b)


def judge(action_id: str, key: str, keys_of: Callable[[str], tuple[str, ...]]) -> Verdict:
    """Return what stands against giving the key (portable text) to the action.

    Actions on the image and actions of the whole window meet while the image has the focus, so
    one key cannot serve both.
    """
    refusal = _refusal(action_id, key)
    if refusal:
        return Verdict(refusal=refusal)
    takers = tuple(
        spec.id
        for spec in ACTIONS
        if spec.id != action_id and any(same_key(key, other) for other in keys_of(spec.id))
    )
    return Verdict(takers)


def _refusal(action_id: str, key: str) -> str:
    if action_id in FIXED_ACTIONS:
        return tr("This key cannot be changed: Esc always cancels and deselects.")
    if not key:
        return tr("This is not a key that can be named. Try another.")
    is_everywhere = not _SPECS[action_id].on_canvas
    cases = (
        (key in FIXED, FIXED.get(key, "")),
        (key in _SYSTEM, later("{key} belongs to the system and would not arrive here.")),
        (
            is_everywhere and key in _EDITING,
            later("{key} edits text in fields, and this acts everywhere. Choose another."),
        ),
        (
            is_everywhere and _is_typed(key),
            later(
                "{key} alone is typed into fields, and this acts everywhere. "
                "Hold Ctrl or Alt with it."
            ),
        ),
    )
    refusal = next((text for applies, text in cases if applies), "")
    return tr(refusal, key=native(key))


def _is_typed(key: str) -> bool:
    """Tell whether a text field would take the key for itself."""
    pressed = combination(key)
    if pressed.keyboardModifiers() & _HELD:
        return False
    if key.removeprefix("Shift+") in _MOVING:
        return True
    is_printable = int(Qt.Key.Key_Space) <= pressed.key() < int(Qt.Key.Key_Escape)
    # "?" is typed too, but it is help's second key everywhere, and help is there to be found.
    return is_printable and key != "?"


def _plain(key: str) -> str:
    return _SAME.get(key, key)
