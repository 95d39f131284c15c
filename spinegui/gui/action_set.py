"""Turns the action table into QActions, fills menus and toolbar, enables and disables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from spinegui.gui.actions import ACTIONS, MENUS, REASONS, ActionSpec, Needs
from spinegui.gui.keys.bindings import KeyBindings
from spinegui.gui.keys.in_use import native, with_keys
from spinegui.gui.language import tr
from spinegui.gui.style.icons import icon
from spinegui.gui.tool_buttons import StepButton

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QWidget


class ActionSet(QObject):
    """The window's QActions by id.

    Raises KeyError where the handlers and the table do not name the same actions: an action that
    does nothing must not reach the user.
    """

    def __init__(
        self,
        handlers: Mapping[str, Callable[[], object]],
        parent: QObject,
        keys: KeyBindings | None = None,
    ) -> None:
        super().__init__(parent)
        ids = {spec.id for spec in ACTIONS}
        if ids != set(handlers):
            raise KeyError(f"Actions without partner: {sorted(ids ^ set(handlers))}")
        self._specs = {spec.id: spec for spec in ACTIONS}
        self._fulfilled = Needs.NOTHING
        self.keys = keys or KeyBindings(parent=self)
        self._answered: frozenset[str] = frozenset()
        self._steps: dict[str, StepButton] = {}
        self._actions = {spec.id: self._build(spec, handlers[spec.id]) for spec in ACTIONS}
        self.keys.changed.connect(self._on_keys_changed)

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def _build(self, spec: ActionSpec, handler: Callable[[], object]) -> QAction:
        action = QAction(tr(spec.text), self)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        action.setShortcuts([QKeySequence(key) for key in self.keys.of(spec.id)])
        if spec.on_canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if spec.icon:
            action.setIcon(icon(spec.icon))
        action.triggered.connect(lambda _checked=False: handler())
        action.setToolTip(self._tooltip(spec))
        action.setStatusTip(tr(spec.tip))
        return action

    def fill_menus(self, menu_bar: QMenuBar) -> None:
        for title in MENUS:
            menu = menu_bar.addMenu(tr(title))
            menu.setObjectName(f"menu_{title.lower()}")
            menu.setToolTipsVisible(True)
            inner: dict[str, QMenu] = {}
            for spec in (spec for spec in ACTIONS if spec.menu == title):
                if spec.separator_before:
                    inner.get(spec.submenu, menu).addSeparator()
                if spec.submenu and spec.submenu not in inner:
                    inner[spec.submenu] = menu.addMenu(tr(spec.submenu))
                    inner[spec.submenu].setToolTipsVisible(True)
                inner.get(spec.submenu, menu).addAction(self._actions[spec.id])

    def fill_toolbar(self, toolbar: QToolBar, groups: Iterable[Iterable[str]]) -> None:
        for number, group in enumerate(groups):
            if number:
                toolbar.addSeparator()
            for action_id in group:
                spec, action = self._specs[action_id], self._actions[action_id]
                if spec.is_step:
                    self._steps[action_id] = StepButton(action, spec.icon, toolbar)
                    toolbar.addWidget(self._steps[action_id])
                else:
                    toolbar.addAction(action)

    def give_canvas_keys(self, *widgets: QWidget) -> None:
        """Let the bare-letter keys act while one of these widgets has the focus."""
        for spec in ACTIONS:
            if spec.on_canvas:
                for widget in widgets:
                    widget.addAction(self._actions[spec.id])

    def give_window_keys(self, window: QWidget) -> None:
        """Let the other keys act with menus and toolbar out of sight, as in full screen."""
        for spec in ACTIONS:
            if not spec.on_canvas:
                window.addAction(self._actions[spec.id])

    def rename(self, action_id: str, text: str, tip: str) -> None:
        """Give an action the words of the open project, such as the class behind a digit."""
        action = self._actions[action_id]
        action.setText(text)
        action.setStatusTip(tip)
        reason = self.reason(action_id)
        action.setToolTip(self._tooltip(self._specs[action_id], reason=reason, tip=tip))

    def set_fulfilled(self, fulfilled: Needs, answered: frozenset[str] = frozenset()) -> None:
        """Enable what has all it needs; a disabled action's tooltip says what is missing.

        `answered` are the actions that a page in the image's place does itself. Each decision asks
        several times over; only what is new is worth the work.
        """
        if (fulfilled, answered) != (self._fulfilled, self._answered):
            self._fulfilled = fulfilled
            self._answered = answered
            self._enable()

    def _enable(self) -> None:
        for spec in ACTIONS:
            action = self._actions[spec.id]
            reason = self.reason(spec.id)
            action.setEnabled(not reason)
            action.setToolTip(self._tooltip(spec, reason=reason, tip=action.statusTip()))

    def reason(self, action_id: str) -> str:
        """Return why an action is disabled, "" where it is not."""
        missing = self._specs[action_id].all_needs & ~self._fulfilled
        if action_id in self._answered:
            missing &= ~Needs.IMAGE_IN_FRONT
        return next((with_keys(tr(text)) for need, text in REASONS.items() if need in missing), "")

    def set_checked(self, action_id: str, checked: bool) -> None:
        self._actions[action_id].setChecked(checked)

    def step_button(self, action_id: str) -> StepButton | None:
        """Return the toolbar's button of a big step."""
        return self._steps.get(action_id)

    def set_primary(self, action_id: str) -> None:
        """Let the toolbar's button of this big step wear the accent, or with "" none."""
        for each, button in self._steps.items():
            button.is_primary = each == action_id

    def refresh_icons(self) -> None:
        """Draw the icons again, in the colours of a theme that has just changed."""
        for spec in ACTIONS:
            if spec.icon:
                self._actions[spec.id].setIcon(icon(spec.icon))

    def _on_keys_changed(self) -> None:
        for spec in ACTIONS:
            keys = [QKeySequence(key) for key in self.keys.of(spec.id)]
            self._actions[spec.id].setShortcuts(keys)
        self._enable()

    def _tooltip(self, spec: ActionSpec, *, reason: str = "", tip: str = "") -> str:
        """Return what the action does, why it is disabled if it is, and its key last."""
        text = tip or tr(spec.tip or spec.text)
        if reason:
            text = f"{text}\n{reason}"
        keys = tr(" or ").join(native(key) for key in self.keys.of(spec.id)[:2])
        return f"{text}  ({keys})" if keys else text
