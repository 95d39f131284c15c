"""Changing settings: shown at once where it can be, kept when the person says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from spinegui.engine.local import LocalEngine
from spinegui.gui.dialogs.settings import SettingsSheet
from spinegui.gui.style.theme import apply_theme
from spinegui.jobs.train_bundle import FRESH
from spinegui.storage.interpreters import read_interpreters, write_interpreters

if TYPE_CHECKING:
    from spinegui.gui.background import Task
    from spinegui.gui.desk import Desk
    from spinegui.gui.dialogs.interpreter_row import InterpreterRow
    from spinegui.gui.dialogs.settings import Choices


class ChangeSettings:
    """Opens the settings and lets what was chosen take effect."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._parent = desk.window
        self._workspace = desk.workspace
        self._notices = desk.notices
        self._jobs = desk.jobs
        self._trainers = desk.trainers

    def run(self) -> None:
        self._open()

    def show_workers(self, backend: str) -> None:
        """Open the page that tells what a backend lacks to be trained, and how to install it."""
        self._open().show_workers(backend)

    def show_keys(self, action_id: str = "") -> None:
        """Open the page of keys, at an action."""
        self._open().show_keys(action_id)

    def _open(self) -> SettingsSheet:
        sheet = SettingsSheet(
            self._parent, self._workspace.settings, self._desk.actions, read_interpreters()
        )
        sheet.theme_chosen.connect(_wear)
        sheet.test_requested.connect(self._test)
        sheet.saved.connect(self._keep)
        sheet.open()
        return sheet

    def _test(self, row: InterpreterRow, python: str) -> None:
        # Bound methods of the row: Qt lets go of them should it be closed before the answer.
        self._trainers.test(python, row.show_answer, row.show_failure)

    def _say(self, error: Exception) -> None:
        self._notices.error("The other Python could not be started", str(error))

    def _keep(self, choices: Choices) -> None:
        settings, document = self._workspace.settings, self._workspace.document
        is_other_python = choices.worker_python != settings.worker_python
        settings.user = choices.user
        settings.theme = choices.theme
        settings.worker_python = choices.worker_python
        settings.auto_advance = choices.auto_advance
        if document is not None and document.user != settings.user:
            document.switch_user(settings.user)
        self._desk.actions.set_checked("auto_advance", choices.auto_advance)
        self._keep_interpreters(choices)
        if is_other_python:
            self._change_engine(choices.worker_python)

    def _keep_interpreters(self, choices: Choices) -> None:
        """Let the next training run where the person said; a job that runs goes on as it is."""
        try:
            write_interpreters(choices.interpreters)
        except OSError as err:
            self._notices.error("The Pythons could not be kept", str(err))
        self._trainers.bridge.engine.interpreters = read_interpreters()
        self._trainers.forget()
        self._trainers.ask(FRESH)

    def _change_engine(self, python: str) -> None:
        if any(not job.is_over for job in self._jobs.all):
            self._notices.toast("The other Python is used from the next start on.")
            return
        old, new = (
            self._trainers.bridge.engine,
            LocalEngine(python or None, interpreters=self._trainers.bridge.engine.interpreters),
        )
        self._trainers.bridge.engine = new
        self._trainers.forget()

        def work(_task: Task[None]) -> None:
            old.shutdown()
            new.warm()

        title = "Starting the Python for models"
        self._workspace.background.start(title, work, lambda _result: None, self._say)


def _wear(theme: str) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, theme)
