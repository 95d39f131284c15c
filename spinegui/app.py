"""The composition root: settings, engine, window; the only file that knows all rooms."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from spinegui.engine.local import LocalEngine
from spinegui.gui.crash_log import CrashLog
from spinegui.gui.desk import Desk
from spinegui.gui.interrupt import INTERRUPTED, Interrupt
from spinegui.gui.job_folders import remove_old_jobs
from spinegui.gui.language import use_language
from spinegui.gui.settings import Settings
from spinegui.gui.style.theme import apply_theme
from spinegui.storage.interpreters import read_interpreters
from spinegui.storage.model_store import ModelStore
from spinegui.storage.resources import resource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def open_window(paths: Sequence[Path] = (), *, settings: Settings | None = None) -> Desk:
    """Build the window and show it with these projects, images or folders, or as it was left."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    settings = settings or Settings()
    use_language(settings.language)
    apply_theme(application, settings.theme)
    engine = LocalEngine(settings.worker_python or None, interpreters=read_interpreters())
    desk = Desk(settings, engine, ModelStore())
    desk.window.show()
    # The first detection then need not wait for a process to start.
    engine.warm()
    if paths:
        desk.open(paths)
    else:
        desk.stories.session.begin()
        desk.stories.tour.offer()
    return desk


def run(paths: Sequence[Path] = ()) -> int:
    """Run the program until its window is closed; returns the exit code."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("spinegui")
    application.setDesktopFileName("spinegui")
    application.setWindowIcon(QIcon(str(resource("icons/spinegui.svg"))))
    crash_log = CrashLog()
    crash_log.install()
    interrupt = Interrupt(lambda: application.exit(INTERRUPTED), application)
    remove_old_jobs()
    desk = open_window(paths)
    crash_log.unexpected.connect(desk.stories.diagnostics.say_unexpected)
    try:
        return application.exec()
    finally:
        desk.close()
        interrupt.close()
        crash_log.uninstall()
