"""The control at the top right: who labels now, and who could."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar, QToolButton

from spinegui.gui.language import tr
from spinegui.gui.style.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.action_set import ActionSet
    from spinegui.gui.raters.people import People
    from spinegui.gui.workspace import Workspace

OF_RATERS = ("blind_begin", "blind_end", "agreement")
ROOM_PX = 150


class UserButton(QToolButton):
    """Names the user; its menu switches to another, and holds what several raters do."""

    def __init__(
        self,
        workspace: Workspace,
        people: People,
        actions: ActionSet,
        ask_name: Callable[[], object],
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._people = people
        self._actions = actions
        self._ask_name = ask_name
        self.setObjectName("user")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.menu_ = QMenu(self)
        self.menu_.setObjectName("user_menu")
        self.menu_.setToolTipsVisible(True)
        self.menu_.aboutToShow.connect(self._fill)
        self.clicked.connect(self.open_menu)
        people.changed.connect(self.refresh)
        workspace.sight_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say who labels, and whether blind."""
        user, is_blind = self._people.user, self._workspace.blind is not None
        name = self.fontMetrics().elidedText(user, Qt.TextElideMode.ElideRight, ROOM_PX)
        self.setText(f"{tr('{name}, blind', name=name) if is_blind else name} ▾")
        self.setIcon(icon("ph.eye-closed" if is_blind else "ph.user"))
        tip = tr("{name} labels; click to switch the user", name=user)
        key = self._actions["switch_user"].shortcut().toString()
        self.setToolTip(f"{tip}  ({key})" if key else tip)
        self.setAccessibleName(tr("User {name}", name=user))
        bar = self.parentWidget()
        if isinstance(bar, QMenuBar):
            # A menu bar gives its corner the width it had when it was put there.
            bar.setCornerWidget(self, Qt.Corner.TopRightCorner)

    def open_menu(self) -> None:
        """Open the menu below the button, with the keys on it."""
        corner = self.mapToGlobal(QPoint(self.width(), self.height()))
        self.menu_.popup(corner - QPoint(self.menu_.sizeHint().width(), 0))
        self.menu_.setActiveAction(self.menu_.actions()[0])

    def _fill(self) -> None:
        self.menu_.clear()
        group = QActionGroup(self.menu_)
        for name in self._people.known():
            # A name is no place for a mnemonic.
            action = QAction(name.replace("&", "&&"), self.menu_)
            action.setCheckable(True)
            action.setChecked(name == self._people.user)
            action.triggered.connect(partial(self._people.switch_to, name))
            group.addAction(action)
            self.menu_.addAction(action)
        other = self.menu_.addAction(tr("Someone else…"))
        other.setObjectName("someone_else")
        other.triggered.connect(lambda _checked=False: self._ask_name())
        self.menu_.addSeparator()
        for action_id in OF_RATERS:
            self.menu_.addAction(self._actions[action_id])
