"""Leaving: a training that runs is asked about, edits that wait are written first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from spinegui.gui.language import later, tr
from spinegui.jobs.spec import JobKind

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent
    from PySide6.QtWidgets import QAbstractButton, QWidget

    from spinegui.gui.flows.open_project import OpenProject
    from spinegui.gui.running_jobs import RunningJobs

QUESTION = later("A training is running")
CONSEQUENCE = later(
    "It ends when the window closes. The project remembers it and offers to run it again the next "
    "time it is opened."
)


class Leave:
    """Decides whether the window may close now."""

    def __init__(self, window: QWidget, jobs: RunningJobs, open_project: OpenProject) -> None:
        self._window = window
        self._jobs = jobs
        self._open_project = open_project
        self._is_agreed = False

    def run(self, event: QCloseEvent) -> bool:
        """Let the window close, or keep it for a question; returns whether it closes."""
        if self._jobs.is_running(JobKind.TRAIN) and not self._is_agreed:
            event.ignore()
            self._ask()
            return False
        # What could not be saved is said in a dialog, and a closed window cannot show one.
        is_all_kept = self._open_project.close_current()
        event.setAccepted(is_all_kept)
        return is_all_kept

    def _ask(self) -> None:
        box = QMessageBox(
            QMessageBox.Icon.Question, tr("Close spinegui"), tr(QUESTION), parent=self._window
        )
        box.setObjectName("leave")
        box.setInformativeText(tr(CONSEQUENCE))
        stop = box.addButton(tr("Stop training and close"), QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton(tr("Keep open"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def on_button_clicked(button: QAbstractButton) -> None:
            if button is stop:
                self._is_agreed = True
                self._window.close()

        box.buttonClicked.connect(on_button_clicked)
        box.open()
