"""Diagnostics for whoever helps: logs and versions in a zip, no image data, nothing is sent."""

from __future__ import annotations

import time
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox

from spinegui.engine.doctor import report
from spinegui.gui.flows.exporting import show_folder
from spinegui.gui.job_folders import jobs_root
from spinegui.gui.language import tr
from spinegui.jobs.spec import LOG_NAME
from spinegui.storage.places import log_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QWidget

    from spinegui.gui.background import Task
    from spinegui.gui.engine_bridge import EngineBridge
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace
    from spinegui.jobs.probe import ProbeResult

KEPT_JOB_LOGS = 5
README = """What spinegui wrote down about itself: versions, what this computer can run, and the
last logs. No image, no box and no label is in here; names of files may be, in the logs.
Look through it before you hand it on.
"""


class Diagnostics:
    """Writes the zip, and speaks when something unexpected happened."""

    def __init__(
        self, parent: QWidget, workspace: Workspace, notices: Notices, bridge: EngineBridge
    ) -> None:
        self._parent = parent
        self._workspace = workspace
        self._notices = notices
        self._bridge = bridge
        self._is_speaking = False

    def run(self) -> None:
        """Ask for a file and write it."""
        dialog = QFileDialog(
            self._parent, tr("Save diagnostics"), str(Path.home()), tr("Zip archive (*.zip)")
        )
        dialog.setObjectName("diagnostics_file")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.selectFile(f"spinegui-diagnostics-{time.strftime('%Y%m%d-%H%M')}.zip")
        dialog.fileSelected.connect(lambda file: self._write(Path(file)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _write(self, path: Path) -> None:
        engine = self._bridge.engine

        def work(task: Task[None]) -> None:
            task.step(0, 0, tr("Asking the worker"))
            write_diagnostics(path, engine.probe())

        self._workspace.background.start(
            tr("Saving diagnostics"),
            work,
            lambda _done: self._notices.toast(
                tr("Logs and versions are in {name}.", name=path.name),
                tr("Show in folder"),
                partial(show_folder, path),
            ),
            lambda error: self._notices.error(
                tr("The diagnostics could not be written"), str(error)
            ),
        )

    def say_unexpected(self, error: str) -> None:
        """Say once, calmly, that something went wrong inside; more of it stays in the log."""
        if self._is_speaking:
            return
        self._is_speaking = True
        box = unexpected_box(self._parent, error, self.run)
        box.finished.connect(self._on_heard)
        box.open()

    def _on_heard(self) -> None:
        self._is_speaking = False


def unexpected_box(parent: QWidget, error: str, save: Callable[[], object]) -> QMessageBox:
    """Return the dialog about an exception that nobody caught."""
    box = QMessageBox(
        QMessageBox.Icon.Warning,
        tr("Something went wrong"),
        tr("Something went wrong"),
        parent=parent,
    )
    box.setObjectName("unexpected")
    box.setInformativeText(
        tr(
            "The last step may not have worked. Your saved corrections are safe and you can go on "
            "working; if it happens again, save diagnostics and show them to whoever helps you."
        )
    )
    box.setDetailedText(error)
    button = box.addButton(tr("Save diagnostics…"), QMessageBox.ButtonRole.ActionRole)
    go_on = box.addButton(tr("Go on"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(go_on)
    box.setEscapeButton(go_on)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    button.clicked.connect(save)
    return box


def write_diagnostics(path: Path, probe: ProbeResult) -> None:
    """Write the zip, whole or not at all; raises OSError."""
    draft = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", README)
            archive.writestr("doctor.txt", report(probe))
            for name, file in _logs():
                # A log that another process is just turning over is not worth failing for.
                if file.is_file():
                    archive.write(file, name)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _logs() -> Iterator[tuple[str, Path]]:
    folder = log_folder()
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        yield f"logs/{file.name}", file
    jobs = jobs_root()
    found = sorted(jobs.glob(f"*/{LOG_NAME}"), reverse=True) if jobs.is_dir() else []
    for file in found[:KEPT_JOB_LOGS]:
        yield f"jobs/{file.parent.name}.log", file
