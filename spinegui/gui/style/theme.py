"""Dresses the application, light or dark, and follows the system when it changes its mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from spinegui.gui.style.fonts import base_font
from spinegui.gui.style.palette import palette_for
from spinegui.gui.style.stylesheet import stylesheet
from spinegui.gui.style.tokens import DARK, LIGHT

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_NAME = "theme"


class Theme(QObject):
    """The application's look; a child of the application."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self.setObjectName(_NAME)
        self._application = application
        self._mode = "system"
        application.setStyle("Fusion")
        application.setFont(base_font(application.font()))
        application.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)

    def set_mode(self, mode: str) -> None:
        """Wear "light", "dark", or as "system" whatever the desktop wears."""
        self._mode = mode
        # Asks the platform to draw title bars and native dialogs alike.
        self._application.styleHints().setColorScheme(
            {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(
                mode, Qt.ColorScheme.Unknown
            )
        )
        self._dress()

    def _on_color_scheme_changed(self) -> None:
        self._dress()

    def _dress(self) -> None:
        is_dark = self._mode == "dark"
        if self._mode == "system":
            scheme = self._application.styleHints().colorScheme()
            is_dark = scheme == Qt.ColorScheme.Dark
        tokens = DARK if is_dark else LIGHT
        self._application.setPalette(palette_for(tokens))
        self._application.setStyleSheet(stylesheet(tokens))


def apply_theme(application: QApplication, mode: str = "system") -> Theme:
    """Dress the application in "light", "dark" or "system"; may be called again to change it."""
    theme = application.findChild(Theme, _NAME) or Theme(application)
    theme.set_mode(mode)
    return theme
