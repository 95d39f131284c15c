"""The toolbar's buttons: quiet, but for the one that is the next big step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QToolButton
from typing_extensions import override

from spinegui.gui.style.icons import icon

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QStyleOptionToolButton, QToolBar


class StepButton(QToolButton):
    """A button that can wear the accent; its icon then has the colour of text on the accent."""

    def __init__(self, action: QAction, icon_name: str, toolbar: QToolBar) -> None:
        super().__init__(toolbar)
        self.setDefaultAction(action)
        self.setToolButtonStyle(toolbar.toolButtonStyle())
        self.setIconSize(toolbar.iconSize())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # The palette has no role for text on the accent; the ground of lists is the nearest to it.
        self._on_accent = icon(icon_name, QPalette.ColorRole.Base)

    @property
    def is_primary(self) -> bool:
        return bool(self.property("primary"))

    @is_primary.setter
    def is_primary(self, on: bool) -> None:
        if on != self.is_primary:
            self.setProperty("primary", on)
            self.style().unpolish(self)
            self.style().polish(self)

    @override
    def initStyleOption(self, option: QStyleOptionToolButton) -> None:
        super().initStyleOption(option)
        if self.is_primary and self.isEnabled():
            option.icon = self._on_accent
