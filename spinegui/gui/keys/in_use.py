"""The keys as they are now, for every text that names one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence
from typing_extensions import override

from spinegui.gui.actions import ACTIONS
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QKeyCombination

_SPECS = {spec.id: spec for spec in ACTIONS}
_own: dict[str, tuple[str, ...]] = {}


def use_keys(own: Mapping[str, tuple[str, ...]]) -> None:
    """Let the named actions have these keys from now on, all others their delivered ones."""
    # One process has one person at its keys, as it speaks one language.
    _own.clear()
    _own.update(own)


def keys_of(action_id: str) -> tuple[str, ...]:
    """Return the keys of an action as portable text, the one to name first."""
    return _own.get(action_id, _SPECS[action_id].keys)


def key_text(action_id: str) -> str:
    """Return the first key of an action as this system writes it; without one, its menu's words."""
    keys = keys_of(action_id)
    return native(keys[0]) if keys else tr(_SPECS[action_id].text).rstrip("…")


def native(key: str) -> str:
    """Return a key as this system writes it: "⌘T" on a Mac, "Ctrl+T" elsewhere."""
    text = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return text.replace("Return", "Enter")


def combination(key: str) -> QKeyCombination:
    """Return a key with what is held, as key events carry it."""
    pressed: QKeyCombination = QKeySequence(key)[0]  # type: ignore[index]
    return pressed


def with_keys(text: str) -> str:
    """Fill the `{action_id}` fields of a text with the keys of these actions."""
    return text.format_map(_KeyTexts())


class _KeyTexts(Mapping[str, str]):
    @override
    def __getitem__(self, action_id: str) -> str:
        return key_text(action_id)

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(_SPECS)

    @override
    def __len__(self) -> int:
        return len(_SPECS)
