"""General settings: who one is, how the window looks and speaks, what a start brings back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QWidget,
)
from typing_extensions import override

from spinegui.gui.language import languages, later, tr
from spinegui.gui.preferences.page import SettingsPage

if TYPE_CHECKING:
    from spinegui.gui.settings import Settings

THEMES = {
    "system": later("Like the system"),
    "light": later("Light"),
    "dark": later("Dark"),
}


class GeneralPage(SettingsPage):
    """The first page."""

    stored = ("user", "theme", "language", "reopens", "reduce_motion")

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(settings, parent)
        self.user = QLineEdit(self)
        self.user.setObjectName("user")
        self.themes = QButtonGroup(self)
        self.language = QComboBox(self)
        self.reopens = QCheckBox(tr("Reopen the last project"), self)
        self.still = QCheckBox(tr("Reduce motion"), self)
        for code, name in languages().items():
            self.language.addItem(name, code)
        self.add_row(
            tr("Your name"), self.user, tr("Stands with every label and correction you make.")
        )
        self.add_row(
            tr("Appearance"),
            self._theme_row(),
            tr("The image stays on near-black in both: it is the brightest thing on the screen."),
        )
        self.add_row(
            tr("Language"), self.language, tr("The words of the window, from the next start on.")
        )
        self.add_row(
            tr("At the start"),
            self.reopens,
            tr("A start without file names goes back to the project, image and view you left."),
        )
        self.add_row(
            tr("Motion"),
            self.still,
            tr("The view jumps to the next spine instead of gliding there."),
        )
        self.refresh()
        self.user.editingFinished.connect(self._on_user_edited)
        self.themes.buttonClicked.connect(self._on_theme_chosen)
        self.language.activated.connect(self._on_language_chosen)
        self.reopens.toggled.connect(self._on_reopens_toggled)
        self.still.toggled.connect(self._on_still_toggled)

    @override
    def refresh(self) -> None:
        """Show the settings as they are."""
        settings = self._settings
        self.user.setText(settings.user)
        for button in self.themes.buttons():
            button.setChecked(button.objectName() == f"theme_{settings.theme}")
        self.language.setCurrentIndex(max(0, self.language.findData(settings.language)))
        self.reopens.setChecked(settings.reopens)
        self.still.setChecked(settings.reduces_motion)

    def _theme_row(self) -> QWidget:
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(16)
        for name, text in THEMES.items():
            button = QRadioButton(tr(text), row)
            button.setObjectName(f"theme_{name}")
            self.themes.addButton(button)
            layout.addWidget(button)
        layout.addStretch(1)
        return row

    @property
    def theme(self) -> str:
        """The chosen theme: `system`, `light` or `dark`."""
        button = self.themes.checkedButton()
        return button.objectName().removeprefix("theme_") if button else "system"

    def _on_user_edited(self) -> None:
        self._settings.user = self.user.text()
        self.changed.emit()

    def _on_theme_chosen(self) -> None:
        self._settings.theme = self.theme
        self.changed.emit()

    def _on_language_chosen(self) -> None:
        self._settings.language = str(self.language.currentData())
        self.changed.emit()

    def _on_reopens_toggled(self, on: bool) -> None:
        self._settings.reopens = on
        self.changed.emit()

    def _on_still_toggled(self, on: bool) -> None:
        self._settings.reduces_motion = on
        self.changed.emit()
