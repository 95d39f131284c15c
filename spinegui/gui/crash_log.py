"""What the program writes down about itself: a rotating log, crashes, Qt's own complaints."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

from spinegui import __version__
from spinegui.storage.places import log_folder

if TYPE_CHECKING:
    from io import TextIOWrapper
    from pathlib import Path
    from types import TracebackType

MAX_BYTES = 1_000_000
BACKUPS = 3
LOG_NAME = "spinegui.log"
CRASH_NAME = "crash.log"
_log = logging.getLogger("spinegui")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class CrashLog(QObject):
    """Keeps the log. `unexpected` says, on the window's thread, that an exception was not caught.

    The program lives on after one: an edit is either on the disk or was never acknowledged.
    """

    unexpected = Signal(str)  # the exception in one line

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self.folder = folder or log_folder()
        self._file: RotatingFileHandler | None = None
        self._crashes: TextIOWrapper | None = None
        self._hooks = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """Start writing and listening; a folder that cannot be written to leaves only listening."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._file = RotatingFileHandler(
                self.folder / LOG_NAME, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8"
            )
            self._crashes = (self.folder / CRASH_NAME).open("a", encoding="utf-8")
        except OSError:
            self._file = None
        if self._file is not None:
            self._file.setFormatter(
                logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
            )
            logging.getLogger().addHandler(self._file)
            _log.setLevel(logging.INFO)
        if self._crashes is not None:
            faulthandler.enable(self._crashes)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        qInstallMessageHandler(_on_qt_message)
        _log.info("spinegui %s starts", __version__)

    def uninstall(self) -> None:
        """Stop, and put back what was there before."""
        qInstallMessageHandler(None)
        sys.excepthook, threading.excepthook = self._hooks
        if self._file is not None:
            logging.getLogger().removeHandler(self._file)
            self._file.close()
            self._file = None
        if self._crashes is not None:
            faulthandler.disable()
            self._crashes.close()
            self._crashes = None

    def _on_exception(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _log.error("Unexpected", exc_info=(kind, error, trace))
        self.unexpected.emit(f"{kind.__name__}: {error}")

    def _on_thread_exception(self, found: threading.ExceptHookArgs) -> None:
        if found.exc_value is not None and not issubclass(found.exc_type, SystemExit):
            self._on_exception(found.exc_type, found.exc_value, found.exc_traceback)


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    logging.getLogger("qt").log(_LEVELS[kind], "%s (%s)", text, context.category)
