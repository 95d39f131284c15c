"""Changing settings: shown at once where it can be, kept when the person says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from spinegui.engine.local import LocalEngine
from spinegui.gui.canvas.view_control import BOX_SHARES
from spinegui.gui.preferences.sheet import SettingsSheet
from spinegui.gui.style.motion import reduce_motion
from spinegui.gui.style.theme import apply_theme
from spinegui.jobs.train_bundle import FRESH
from spinegui.storage.interpreters import read_interpreters, write_interpreters

if TYPE_CHECKING:
    from spinegui.gui.background import Task
    from spinegui.gui.desk import Desk
    from spinegui.gui.dialogs.interpreter_row import InterpreterRow
    from spinegui.gui.preferences.workers_page import WorkersPage


class ChangeSettings:
    """Opens the settings and lets what was chosen take effect."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._parent = desk.window
        self._workspace = desk.workspace
        self._notices = desk.notices
        self._jobs = desk.jobs
        self._trainers = desk.trainers
        self._theme = desk.settings.theme
        self._interpreters: dict[str, str] = {}

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
        self._interpreters = sheet.workers.interpreters
        sheet.test_requested.connect(self._test)
        sheet.changed.connect(self.apply)
        sheet.workers_changed.connect(lambda: self._keep_workers(sheet.workers))
        sheet.open()
        return sheet

    def apply(self) -> None:
        """Let the window be as the settings say."""
        desk, settings, document = self._desk, self._workspace.settings, self._workspace.document
        if settings.theme != self._theme:
            self._theme = settings.theme
            _wear(settings.theme)
        if document is not None and document.user != settings.user:
            document.switch_user(settings.user)
        reduce_motion(on=settings.reduces_motion)
        desk.canvas.view.box_share = BOX_SHARES[settings.review_zoom]
        desk.stories.guide.refresh()
        desk.refresh_actions()

    def _test(self, row: InterpreterRow, python: str) -> None:
        # Bound methods of the row: Qt lets go of them should it be closed before the answer.
        self._trainers.test(python, row.show_answer, row.show_failure)

    def _say(self, error: Exception) -> None:
        self._notices.error("The other Python could not be started", str(error))

    def _keep_workers(self, page: WorkersPage) -> None:
        """Let the next job run where the person said; one that runs goes on as it is."""
        settings = self._workspace.settings
        if page.interpreters != self._interpreters:
            self._interpreters = page.interpreters
            try:
                write_interpreters(page.interpreters)
            except OSError as err:
                self._notices.error("The Pythons could not be kept", str(err))
            self._trainers.bridge.engine.interpreters = read_interpreters()
            self._trainers.forget()
            self._trainers.ask(FRESH)
        if page.python != settings.worker_python:
            settings.worker_python = page.python
            self._change_engine(page.python)

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
