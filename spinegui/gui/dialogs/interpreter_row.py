"""A Python that runs or trains models: its path, a test, and what is missing with its command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from spinegui.engine.doctor import training_problem
from spinegui.gui.dialogs.sheet import set_tone, words
from spinegui.gui.language import tr
from spinegui.gui.training_plan import backend_name
from spinegui.jobs.installing import install_command

if TYPE_CHECKING:
    from spinegui.engine.doctor import Problem
    from spinegui.jobs.probe import ProbeResult

LIBRARIES = {
    "classical": ("scipy", "scikit-image", "scikit-learn"),
    "yolo_nas": ("torch", "torchvision", "super-gradients", "onnx"),
    "inception_v3": ("tensorflow", "tensorflow-hub", "tf-keras", "tf2onnx"),
}
"""Whose versions are told of each backend."""


class InterpreterRow(QWidget):
    """A path, "" for the program's own, with Choose and Test. `backend` "" runs models."""

    test_requested = Signal(str)  # the path
    chosen = Signal()  # in the file dialog

    def __init__(self, parent: QWidget, backend: str, path: str, *, named_by: str = "") -> None:
        super().__init__(parent)
        self.backend = backend
        ending = f"_{backend}" if backend else ""
        self.path = QLineEdit(path, self)
        self.path.setObjectName(f"worker_python{ending}")
        self.path.setPlaceholderText(tr("The program's own"))
        self.path.setAccessibleName(
            tr("Python for {value}", value=backend_name(backend) or "models")
        )
        self.choose = self._button(tr("Choose…"), f"choose{ending}")
        self.test = self._button(tr("Test"), f"test{ending}")
        self.answer = words("", "quiet")
        self.answer.setObjectName(f"answer{ending}")
        self.command = QLineEdit(self)
        self.command.setReadOnly(True)
        self.command.setObjectName(f"command{ending}")
        self.command.setAccessibleName(tr("The command that installs what is missing"))
        self.copy = self._button(tr("Copy"), f"copy{ending}")
        if named_by:
            for widget in (self.path, self.choose):
                widget.setEnabled(False)
                widget.setToolTip(tr("Set by {named_by}", named_by=named_by))
        self._lay_out()
        self.choose.clicked.connect(self._on_choose_clicked)
        self.test.clicked.connect(self.ask)
        self.copy.clicked.connect(self._on_copy_clicked)
        self.path.textEdited.connect(lambda _text: self._say("", "quiet"))
        self._say("", "quiet")

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        return button

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, widgets in (
            (first, (self.path, self.choose, self.test)),
            (second, (self.command, self.copy)),
        ):
            row.setSpacing(4)
            for widget in widgets:
                row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(first)
        layout.addWidget(self.answer)
        layout.addLayout(second)

    def ask(self) -> None:
        """Have the interpreter tested that is named now."""
        self.test.setEnabled(False)
        self._say(tr("Starting it…"), "quiet")
        self.test_requested.emit(self.path.text().strip())

    def show_answer(self, probe: ProbeResult) -> None:
        """Say what the tested interpreter can do, or plainly why it cannot."""
        self.test.setEnabled(True)
        if probe.problem is not None:
            self._say(probe.problem, "danger")
            return
        if not self.backend:
            lacking = [m for b in probe.backends for m in b.missing]
            command = install_command(dict.fromkeys(lacking), python=probe.python)
            self._say(describe_probe(probe), "good", command if lacking else "")
            return
        problem = training_problem(self.backend, probe)
        if problem is None:
            self._say(describe_trainer(self.backend, probe), "good")
        else:
            self._say(_lacking(problem), "warning", problem.command)

    def show_failure(self, error: Exception) -> None:
        """Say why it could not be asked."""
        self.test.setEnabled(True)
        self._say(str(error), "danger")

    def _say(self, text: str, tone: str, command: str = "") -> None:
        set_tone(self.answer, text, tone)
        self.command.setText(command)
        self.command.setCursorPosition(0)
        self.command.setToolTip(command)
        for widget in (self.command, self.copy):
            widget.setVisible(bool(command))
        self.copy.setText(tr("Copy"))

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.command.text())
        self.copy.setText(tr("Copied"))

    def _on_choose_clicked(self) -> None:
        dialog = QFileDialog(self, tr("Choose a Python"), self.path.text())
        dialog.fileSelected.connect(self._on_file_selected)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_file_selected(self, path: str) -> None:
        self.path.setText(path)
        self._say("", "quiet")
        self.chosen.emit()


def describe_probe(probe: ProbeResult) -> str:
    """Return what an interpreter can do, in three lines."""
    ready = [backend.name for backend in probe.backends if backend.is_installed]
    lines = [
        tr(
            "Python {python_version} with spinegui {version} works.",
            python_version=probe.python_version,
            version=probe.version,
        )
    ]
    lines.append(tr("Models that can run: {value}.", value=", ".join(ready) or tr("none")))
    lines.append(tr("Devices: {value}.", value=", ".join(probe.devices) or tr("unknown")))
    lines += [
        tr("{name} lacks {join}.", name=backend.name, join=", ".join(backend.missing))
        for backend in probe.backends
        if not backend.is_installed
    ]
    return "\n".join(lines)


def describe_trainer(backend: str, probe: ProbeResult) -> str:
    """Return with what an interpreter trains a backend, and on which devices."""
    versions = dict(probe.libraries)
    known = [f"{name} {versions[name]}" for name in LIBRARIES.get(backend, ()) if name in versions]
    with_what = tr(" with {join}", join=", ".join(known)) if known else ""
    return (
        f"{backend_name(backend)} can be trained{with_what}.\n"
        f"Python {probe.python_version}; {', '.join(probe.devices) or 'devices unknown'}."
    )


def _lacking(problem: Problem) -> str:
    how = tr(" Run this in a terminal, then test again:") if problem.command else ""
    return f"{problem.what}{how}"
