"""The keys of one action: each can be taken away, a new one is pressed, a conflict is decided."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from spinegui.gui.dialogs.sheet import set_tone, words
from spinegui.gui.keys.conflicts import FIXED_ACTIONS, same_key
from spinegui.gui.keys.field import KeyField
from spinegui.gui.keys.in_use import native
from spinegui.gui.language import tr
from spinegui.gui.style.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from spinegui.gui.action_set import ActionSet

Verb = tuple[str, "Callable[[], object]"]
MESSAGE_HEIGHT = 34


class KeyEditor(QFrame):
    """What it says stays until the next thing is said; its verbs act on what it says."""

    def __init__(self, actions: ActionSet, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("key_editor")
        self._actions = actions
        self._keys = actions.keys
        self.action_id = ""
        self.title = words("", wrap=False)
        self.tip = words("", "quiet", wrap=False)
        self.tip.setMinimumWidth(1)
        self.field = KeyField(self)
        self.add = QPushButton(tr("Add a key"), self)
        self.reset = QPushButton(tr("Reset"), self)
        self.message = words("", "quiet")
        self._chips = QHBoxLayout()
        self._verbs = QHBoxLayout()
        for button, name in ((self.add, "add_key"), (self.reset, "reset_key")):
            button.setObjectName(name)
            button.setAutoDefault(False)
        self.add.setToolTip(tr("Press Enter on a row of the list, or here, and then the new key"))
        self.reset.setToolTip(tr("Give this action its delivered keys again"))
        self._lay_out()
        self.field.hide()
        self.field.pressed.connect(self._on_key_pressed)
        self.field.left.connect(self._on_field_left)
        self.add.clicked.connect(self.listen)
        self.reset.clicked.connect(self._on_reset_clicked)

    def _lay_out(self) -> None:
        first, second, third = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self.title)
        first.addWidget(self.tip, 1)
        self._chips.setSpacing(4)
        second.setSpacing(8)
        second.addLayout(self._chips)
        second.addWidget(self.add)
        second.addWidget(self.field)
        second.addStretch(1)
        second.addWidget(self.reset)
        self._verbs.setSpacing(4)
        third.setSpacing(8)
        third.addWidget(self.message, 1)
        third.addLayout(self._verbs)
        self.message.setMinimumHeight(MESSAGE_HEIGHT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(6)
        for row in (first, second, third):
            layout.addLayout(row)

    def show_action(self, action_id: str) -> None:
        """Turn to another action."""
        if action_id != self.action_id:
            self.action_id = action_id
            self.say("")
            self.refresh()

    def listen(self) -> None:
        """Wait for the new key."""
        if self.action_id in FIXED_ACTIONS:
            self.say(self._keys.judge(self.action_id, "").refusal, tone="warning")
            return
        self.say(tr("Press the new key. Esc leaves it as it is."))
        self.add.hide()
        self.field.show()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Show the keys as they are now."""
        if not self.action_id:
            return
        action = self._actions[self.action_id]
        self.title.setText(action.text().rstrip("…"))
        is_on_canvas = action.shortcutContext() != Qt.ShortcutContext.WindowShortcut
        where = tr("acts on the image") if is_on_canvas else tr("acts everywhere")
        self.tip.setText(f"{action.statusTip()} · {where}")
        self.tip.setToolTip(action.statusTip())
        _clear(self._chips)
        is_fixed = self.action_id in FIXED_ACTIONS
        # Enter of the letters and Enter of the numbers are one key to a reader.
        for key in {native(key): key for key in self._keys.of(self.action_id)}.values():
            self._chips.addWidget(self._chip(key, is_fixed=is_fixed))
        self.add.setEnabled(not is_fixed)
        is_own = self.action_id in self._keys.own
        self.reset.setEnabled(is_own)

    def _chip(self, key: str, *, is_fixed: bool) -> QPushButton:
        chip = QPushButton(icon("x"), native(key), self)
        chip.setObjectName("key_chip")
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        chip.setAutoDefault(False)
        chip.setEnabled(not is_fixed)
        chip.setToolTip(tr("Take {key} away from this action", key=native(key)))
        chip.setAccessibleName(tr("Take {key} away", key=native(key)))
        chip.clicked.connect(partial(self._on_chip_clicked, key))
        return chip

    def say(self, text: str, *verbs: Verb, tone: str = "quiet") -> None:
        """Say what came of it, with what can be done about it."""
        set_tone(self.message, text, tone)
        self.message.show()  # an empty line keeps its room, so that nothing jumps
        _clear(self._verbs)
        for verb, act in verbs:
            button = QPushButton(verb, self)
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._do, act))
            self._verbs.addWidget(button)
            button.show()

    def _do(self, act: Callable[[], object], _checked: bool = False) -> None:
        self.say("")
        act()

    # -- what is pressed ---------------------------------------------------------------------

    def _on_key_pressed(self, key: str) -> None:
        action_id = self.action_id
        self._on_field_left()
        verdict = self._keys.judge(action_id, key)
        name = self._name(action_id)
        if verdict.refusal:
            again = (tr("Another key"), self.listen)
            self.say(verdict.refusal, again, tone="warning")
        elif any(same_key(key, own) for own in self._keys.of(action_id)):
            self.say(tr("{key} is a key of {action} already.", key=native(key), action=name))
        elif verdict.takers:
            others = ", ".join(self._name(taker) for taker in verdict.takers)
            self.say(
                tr("{key} is {action}. Take it from there?", key=native(key), action=others),
                (tr("Take it"), partial(self._give, action_id, key)),
                (tr("Leave it"), self.add.setFocus),
                tone="warning",
            )
            self._first_verb_takes_focus()
        else:
            self._give(action_id, key)

    def _give(self, action_id: str, key: str) -> None:
        before = self._keys.own
        losers = self._keys.judge(action_id, key).takers
        self._keys.add(action_id, key)
        text = tr("{key} is {action} now.", key=native(key), action=self._name(action_id))
        bare = [self._name(loser) for loser in losers if not self._keys.of(loser)]
        if bare:
            text = f"{text} {tr('{actions} has no key any more.', actions=', '.join(bare))}"
        self.say(text, (tr("Undo"), partial(self._keys.restore, before)))

    def _on_field_left(self) -> None:
        if self.field.isHidden():
            return
        had_focus = self.field.hasFocus()
        self.field.hide()
        self.add.show()
        self.say("")
        if had_focus:
            self.add.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_chip_clicked(self, key: str) -> None:
        before = self._keys.own
        self._keys.remove(self.action_id, key)
        self.say(
            tr("{key} does nothing now.", key=native(key)),
            (tr("Undo"), partial(self._keys.restore, before)),
        )
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_reset_clicked(self) -> None:
        before = self._keys.own
        self._keys.reset(self.action_id)
        self.say(
            tr("{action} has its delivered keys again.", action=self._name(self.action_id)),
            (tr("Undo"), partial(self._keys.restore, before)),
        )
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)

    def _first_verb_takes_focus(self) -> None:
        item = self._verbs.itemAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _name(self, action_id: str) -> str:
        return self._actions[action_id].text().rstrip("…")


def _clear(layout: QHBoxLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
