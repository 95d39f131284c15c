"""Which Pythons run and train the models, each with a test of what it can do."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from spinegui.gui.dialogs.interpreter_row import InterpreterRow
from spinegui.gui.dialogs.sheet import words
from spinegui.gui.language import tr
from spinegui.gui.training_plan import backend_name, roles_words
from spinegui.jobs.train_bundle import FRESH
from spinegui.storage.interpreters import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Mapping


class WorkersPage(QScrollArea):
    """A path counts once it is confirmed: by Enter, by leaving its field, by Choose."""

    test_requested = Signal(object, str)  # InterpreterRow, the interpreter's path
    changed = Signal()

    def __init__(self, parent: QWidget, python: str, interpreters: Mapping[str, str]) -> None:
        super().__init__(parent)
        self.worker = InterpreterRow(self, "", python)
        self.trainers = {name: _trainer(self, name, interpreters.get(name, "")) for name in FRESH}
        self._lay_out()
        for row in (self.worker, *self.trainers.values()):
            row.test_requested.connect(partial(self._on_test_requested, row=row))
            row.path.editingFinished.connect(self.changed)
            row.chosen.connect(self.changed)
        self.worker.path.textChanged.connect(lambda _text: self._name_usual())
        self._name_usual()

    @property
    def python(self) -> str:
        """The interpreter that runs models, "" for the program's own."""
        return self.worker.path.text().strip()

    @property
    def interpreters(self) -> dict[str, str]:
        """The interpreters that train, by backend; what the environment names is not ours."""
        rows = {name: row for name, row in self.trainers.items() if row.path.isEnabled()}
        return {name: row.path.text().strip() for name, row in rows.items()}

    def show_backend(self, backend: str) -> None:
        """Test the Python that trains a backend, where it can be seen."""
        if backend in self.trainers:
            self.trainers[backend].ask()
            self.ensureWidgetVisible(self.trainers[backend])

    def show_only(self, text: str) -> bool:
        """Tell whether the page holds every word."""
        wanted = text.casefold().split()
        told = " ".join([_running(), _training(), *map(backend_name, self.trainers), "gpu"])
        return all(word in told.casefold() for word in wanted)

    def clear(self) -> None:
        """Let the program's own Python do everything."""
        for row in (self.worker, *self.trainers.values()):
            if row.path.isEnabled():
                row.path.clear()
        self.changed.emit()

    def _lay_out(self) -> None:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 12, 12, 0)
        layout.setSpacing(6)
        layout.addWidget(words(tr("To run models")))
        layout.addWidget(words(_running(), "quiet"))
        layout.addWidget(self.worker)
        layout.addSpacing(12)
        layout.addWidget(words(tr("To train models")))
        layout.addWidget(words(_training(), "quiet"))
        for backend, row in self.trainers.items():
            roles = roles_words(FRESH[backend])
            layout.addSpacing(4)
            layout.addWidget(words(f"{backend_name(backend)}, {roles}"))
            layout.addWidget(row)
        layout.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(page)

    def _on_test_requested(self, path: str, row: InterpreterRow) -> None:
        # A backend without a Python of its own is trained where models run.
        self.test_requested.emit(row, path or self.python)

    def _name_usual(self) -> None:
        usual = tr("The one that runs models") if self.python else tr("The program's own")
        for row in self.trainers.values():
            row.path.setPlaceholderText(usual)


def _trainer(parent: QWidget, backend: str, path: str) -> InterpreterRow:
    variable = f"{ENVIRONMENT}{backend.upper()}"
    return InterpreterRow(parent, backend, path, named_by=variable * (variable in os.environ))


def _running() -> str:
    return tr(
        "Models run in a process of their own. Name another Python here to run them on a GPU."
    )


def _training() -> str:
    return tr(
        "The networks need large libraries to be trained. These may live in a Python of their "
        "own, so that this program stays small; spinegui has to be installed there too."
    )
