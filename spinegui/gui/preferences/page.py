"""A page of settings: rows of a control and its sentence, that a search can leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from spinegui.gui.dialogs.sheet import words

if TYPE_CHECKING:
    from spinegui.gui.settings import Settings

LABEL_WIDTH = 130


class SettingsPage(QScrollArea):
    """`stored` names what it changes in the settings, for its reset. `changed` follows each change.

    A page fills itself from the settings in `refresh`.
    """

    changed = Signal()
    stored: tuple[str, ...] = ()

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        self._rows: list[tuple[str, tuple[QWidget, ...]]] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget(self)
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(0, 12, 12, 0)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        outer.addLayout(self._grid)
        outer.addStretch(1)
        self.setWidget(inside)

    def add_row(self, title: str, control: QWidget, sentence: str) -> None:
        """Add a setting: its title, its control, and below it what it does."""
        n = self._grid.rowCount()
        label = QLabel(title)
        label.setBuddy(control)
        told = words(sentence, "quiet")
        control.setToolTip(sentence)
        if not control.accessibleName():
            control.setAccessibleName(title or sentence)
        control.setAccessibleDescription(sentence)
        self._grid.addWidget(label, n, 0)
        self._grid.addWidget(control, n, 1)
        self._grid.addWidget(told, n + 1, 1)
        self._grid.setRowMinimumHeight(n + 2, 8)
        spoken = getattr(control, "text", str)()
        self._rows.append((f"{title} {sentence} {spoken}".casefold(), (label, control, told)))

    def show_only(self, text: str) -> bool:
        """Leave the settings that hold every word; tell whether there is any."""
        wanted = text.casefold().split()
        fits = [all(word in row for word in wanted) for row, _ in self._rows]
        for (_, widgets), is_shown in zip(self._rows, fits, strict=True):
            for widget in widgets:
                widget.setVisible(is_shown)
        return any(fits)

    def refresh(self) -> None:
        """Show the settings as they are."""
        raise NotImplementedError
