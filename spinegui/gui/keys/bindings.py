"""The person's keys: what they changed against the delivered ones, kept at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSignalBlocker, Signal

from spinegui.gui.actions import ACTIONS
from spinegui.gui.keys.conflicts import FIXED_ACTIONS, Verdict, judge, portable, same_key
from spinegui.gui.keys.in_use import use_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spinegui.gui.settings import Settings

Keys = dict[str, tuple[str, ...]]
DELIVERED: Keys = {spec.id: spec.keys for spec in ACTIONS}


class KeyBindings(QObject):
    """The keys of every action. Each change is kept and told; `restore(before)` takes it back."""

    changed = Signal()

    def __init__(self, settings: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._own = _usable(settings.own_keys) if settings else {}
        self._keys = _in_force(self._own)
        use_keys(self._keys)

    @property
    def own(self) -> Keys:
        """What differs from the delivered keys, by action."""
        return dict(self._own)

    def of(self, action_id: str) -> tuple[str, ...]:
        """Return the keys of an action as portable text, the one to name first."""
        return self._keys[action_id]

    def judge(self, action_id: str, key: str) -> Verdict:
        """Return what stands against giving the key to the action."""
        return judge(action_id, key, self.of)

    def add(self, action_id: str, key: str) -> None:
        """Give the action the key as its first; whatever had it before has it no longer."""
        own = dict(self._own)
        for taker in self.judge(action_id, key).takers:
            own[taker] = tuple(k for k in self.of(taker) if not same_key(k, key))
        own[action_id] = (key, *(k for k in self.of(action_id) if not same_key(k, key)))
        self.restore(own)

    def remove(self, action_id: str, key: str) -> None:
        """Take a key away from its action."""
        kept = tuple(k for k in self.of(action_id) if not same_key(k, key))
        self.restore({**self._own, action_id: kept})

    def reset(self, action_id: str) -> None:
        """Give the action its delivered keys again, taking them back from whatever has them."""
        own = {k: keys for k, keys in self._own.items() if k != action_id}
        for other, keys in own.items():
            kept = (k for k in keys if not any(same_key(k, d) for d in DELIVERED[action_id]))
            own[other] = tuple(kept)
        self.restore(own)

    def take_over(self, own: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """Take the keys of a file in the place of one's own; returns those that cannot be used."""
        left_out = []
        blocker = QSignalBlocker(self)
        self.restore({})
        for action_id, keys in own.items():
            known = action_id in DELIVERED
            fit = [k for k in map(portable, keys) if known and not self.judge(action_id, k).refusal]
            left_out += [key for key in keys if portable(key) not in fit]
            if known and (fit or not keys):
                for key in self.of(action_id):
                    self.remove(action_id, key)
                for key in reversed(fit):
                    self.add(action_id, key)
        blocker.unblock()
        self.changed.emit()
        return tuple(left_out)

    def restore(self, own: Mapping[str, tuple[str, ...]]) -> None:
        """Let these differ from the delivered keys and nothing else; {} resets all."""
        self._own = {k: keys for k, keys in _usable(own).items() if keys != DELIVERED[k]}
        self._keys = _in_force(self._own)
        use_keys(self._keys)
        if self._settings is not None:
            self._settings.own_keys = self._own
        self.changed.emit()


def _usable(own: Mapping[str, tuple[str, ...]]) -> Keys:
    """Return what names actions and keys that there are; another version may have had others."""
    return {
        action_id: tuple(filter(None, map(portable, keys)))
        for action_id, keys in own.items()
        if action_id in DELIVERED and action_id not in FIXED_ACTIONS
    }


def _in_force(own: Keys) -> Keys:
    """Return all keys; a delivered one that the person gave away is not its action's any more."""
    given = [key for keys in own.values() for key in keys]
    return {
        action_id: own[action_id]
        if action_id in own
        else tuple(k for k in keys if not any(same_key(k, g) for g in given))
        for action_id, keys in DELIVERED.items()
    }
