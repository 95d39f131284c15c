"""The toolbar's buttons: quiet, but for the one that is the next big step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QToolBar, QToolButton
from typing_extensions import override

from spinegui.gui.style.icons import icon

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QResizeEvent
    from PySide6.QtWidgets import QStyleOptionToolButton, QWidget

_GAP_PX, _SIDES_PX = 4, 24
_WITH_WORDS = Qt.ToolButtonStyle.ToolButtonTextBesideIcon


class ToolStrip(QToolBar):
    """The toolbar: words beside the icons where there is room, else the big steps keep theirs."""

    def __init__(self, title: str, parent: QWidget, icon_px: int) -> None:
        super().__init__(title, parent)
        self.setObjectName("tools")
        self.setMovable(False)
        self.setIconSize(QSize(icon_px, icon_px))
        self.setToolButtonStyle(_WITH_WORDS)
        self._wide = 0
        self._in_which_words: tuple[str, ...] = ()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        texts = tuple(action.text() for action in self.actions())
        if texts != self._in_which_words:
            self._in_which_words = texts
            self.setToolButtonStyle(_WITH_WORDS)
            self._wide = self._width_of_all()
        fits = event.size().width() >= self._wide
        self.setToolButtonStyle(_WITH_WORDS if fits else Qt.ToolButtonStyle.ToolButtonIconOnly)

    def _width_of_all(self) -> int:
        # The toolbar's own size hint is that of buttons cut short.
        widgets = [self.widgetForAction(action) for action in self.actions()]
        widths = [widget.sizeHint().width() for widget in widgets if widget is not None]
        return sum(widths) + _GAP_PX * len(widths) + _SIDES_PX


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
