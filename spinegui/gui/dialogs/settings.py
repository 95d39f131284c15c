"""Settings: who you are, light or dark, which Pythons run and train the models."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from spinegui.gui.dialogs.interpreter_row import InterpreterRow
from spinegui.gui.dialogs.sheet import Sheet, words
from spinegui.gui.keys.page import KeysPage
from spinegui.gui.training_plan import backend_name, roles_words
from spinegui.jobs.train_bundle import FRESH
from spinegui.storage.interpreters import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spinegui.gui.action_set import ActionSet
    from spinegui.gui.settings import Settings

SIZE = (680, 640)
THEMES = {"system": "Like the system", "light": "Light", "dark": "Dark"}
GENERAL, KEYS, WORKERS = "General", "Keys", "Models and workers"
RUNNING = "Models run in a process of their own. Name another Python here to run them on a GPU."
TRAINING = (
    "The networks need large libraries to be trained. These may live in a Python of their own, so "
    "that this program stays small; spinegui has to be installed there too."
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person decided. `interpreters` train the models of a backend, by its name."""

    user: str
    theme: str
    worker_python: str
    auto_advance: bool
    interpreters: Mapping[str, str] = field(default_factory=dict)


class SettingsSheet(Sheet):
    """Shows the theme at once; everything else counts from Save on, and Cancel takes all back."""

    theme_chosen = Signal(str)
    test_requested = Signal(object, str)  # InterpreterRow, the interpreter's path
    saved = Signal(object)  # Choices

    def __init__(
        self,
        parent: QWidget,
        settings: Settings,
        actions: ActionSet,
        interpreters: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(parent, "settings", "Settings")
        self._first_theme = settings.theme
        self.user = QLineEdit(settings.user, self)
        self.user.setObjectName("user")
        self.user.setAccessibleName("Your name")
        self.themes = QButtonGroup(self)
        self.auto_advance = QCheckBox("Go on to the next undecided spine after a label", self)
        self.auto_advance.setChecked(settings.auto_advance)
        self.worker = InterpreterRow(self, "", settings.worker_python)
        self.python, self.test = self.worker.path, self.worker.test
        known = interpreters or {}
        self.trainers = {name: self._trainer_row(name, known.get(name, "")) for name in FRESH}
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self._general(settings.theme), GENERAL)
        self.keys = KeysPage(actions, self)
        self.tabs.addTab(self._padded(self.keys), KEYS)
        self.tabs.addTab(self._workers(), WORKERS)
        self.body.addWidget(self.tabs, 1)
        self.add_buttons("Save")
        self.setMinimumSize(*SIZE)
        self.themes.buttonClicked.connect(lambda _button: self.theme_chosen.emit(self.theme))
        self.rejected.connect(self._on_rejected)
        self.worker.test_requested.connect(self._on_test_requested)
        for row in self.trainers.values():
            row.test_requested.connect(partial(self._on_test_requested, row=row))
        self.python.textChanged.connect(lambda _text: self._name_usual())
        self._name_usual()

    def show_workers(self, backend: str = "") -> None:
        """Open the page of workers and test the Python that trains a backend."""
        self.tabs.setCurrentWidget(self._area)
        if backend in self.trainers:
            self.trainers[backend].ask()
            self._area.ensureWidgetVisible(self.trainers[backend])

    def show_keys(self, action_id: str = "") -> None:
        """Open the page of keys, at an action."""
        self.tabs.setCurrentIndex(1)
        self.keys.search.setFocus()
        if action_id:
            self.keys.choose(action_id)

    def _padded(self, content: QWidget) -> QWidget:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.addWidget(content)
        return page

    def _on_test_requested(self, path: str, row: InterpreterRow | None = None) -> None:
        # A backend without a Python of its own is trained where models run.
        self.test_requested.emit(row or self.worker, path or self.python.text().strip())

    def _name_usual(self) -> None:
        usual = "The one that runs models" if self.python.text().strip() else "The program's own"
        for row in self.trainers.values():
            row.path.setPlaceholderText(usual)

    def _trainer_row(self, backend: str, path: str) -> InterpreterRow:
        variable = f"{ENVIRONMENT}{backend.upper()}"
        return InterpreterRow(self, backend, path, named_by=variable * (variable in os.environ))

    def _general(self, theme: str) -> QWidget:
        page = QWidget(self)
        form = QFormLayout(page)
        form.setContentsMargins(0, 12, 0, 0)
        form.setSpacing(8)
        form.setHorizontalSpacing(16)
        form.addRow(QLabel("Your name"), self.user)
        note = "Stands with every label and correction you make."
        form.addRow("", words(note, "quiet", wrap=False))
        form.addRow(QLabel("Appearance"), self._theme_row(theme))
        form.addRow(QLabel("Review"), self.auto_advance)
        return page

    def _workers(self) -> QWidget:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 12, 12, 0)
        layout.setSpacing(6)
        layout.addWidget(words("To run models"))
        layout.addWidget(words(RUNNING, "quiet"))
        layout.addWidget(self.worker)
        layout.addSpacing(12)
        layout.addWidget(words("To train models"))
        layout.addWidget(words(TRAINING, "quiet"))
        for backend, row in self.trainers.items():
            roles = roles_words(FRESH[backend])
            layout.addSpacing(4)
            layout.addWidget(words(f"{backend_name(backend)}, {roles}"))
            layout.addWidget(row)
        layout.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        self._area = area
        return area

    def _theme_row(self, theme: str) -> QWidget:
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(16)
        for name, text in THEMES.items():
            button = QRadioButton(text, row)
            button.setObjectName(f"theme_{name}")
            button.setChecked(name == theme)
            self.themes.addButton(button)
            layout.addWidget(button)
        layout.addStretch(1)
        return row

    @property
    def theme(self) -> str:
        """The chosen theme: `system`, `light` or `dark`."""
        button = self.themes.checkedButton()
        return button.objectName().removeprefix("theme_") if button else "system"

    @override
    def accept(self) -> None:
        # What the environment names is not ours to keep.
        rows = {name: row for name, row in self.trainers.items() if row.path.isEnabled()}
        choices = Choices(
            self.user.text().strip(),
            self.theme,
            self.python.text().strip(),
            self.auto_advance.isChecked(),
            {name: row.path.text().strip() for name, row in rows.items()},
        )
        super().accept()
        self.saved.emit(choices)

    def _on_rejected(self) -> None:
        if self.theme != self._first_theme:
            self.theme_chosen.emit(self._first_theme)
