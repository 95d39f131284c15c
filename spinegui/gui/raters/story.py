"""Who labels: switching the user, labelling blind, agreement and consensus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from spinegui.gui.raters.agreement_flow import ShowAgreement
from spinegui.gui.raters.blind_flow import BlindFlow
from spinegui.gui.raters.name_sheet import NameSheet
from spinegui.gui.raters.people import People
from spinegui.gui.raters.user_button import UserButton

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.desk import Desk


class Raters(QObject):
    """Everything that makes several people's labels several."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        workspace, notices = desk.workspace, desk.notices
        self.people = People(workspace, notices, self)
        self.agreement = ShowAgreement(desk.window, workspace, notices, desk.display.reveal)
        self.blind = BlindFlow(desk.window, workspace, notices, self.agreement.run)
        workspace.sight_changed.connect(desk.refresh_actions)
        self.agreement.switch_requested.connect(self._open_menu)

    def handlers(self) -> dict[str, Callable[[], object]]:
        return {
            "switch_user": self._open_menu,
            "blind_begin": self.blind.begin,
            "blind_end": self.blind.end,
            "agreement": self.agreement.run,
        }

    def checked(self) -> dict[str, bool]:
        return {}

    def place(self) -> None:
        """Put the user into the corner of the menu bar; where that is the system's, a tool bar."""
        desk = self._desk
        self.button = UserButton(desk.workspace, self.people, desk.actions, self._ask_name)
        desk.window.theme_changed.connect(self.button.refresh)
        desk.window.show_user(self.button)

    def _open_menu(self) -> None:
        self.button.open_menu()

    def _ask_name(self) -> None:
        NameSheet(self._desk.window, self.people.switch_to).open()
