"""Ctrl+C in the terminal that the window was started from closes the window, as its cross does."""

from __future__ import annotations

import signal
import socket
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

INTERRUPTED = 130


class Interrupt(QObject):
    """Calls back on the window's thread when the process gets SIGINT, until `close`.

    Qt waits for events without running Python, so that Python would hear of a signal only after the
    next one; the signal's byte on a socket is such an event. Outside the main thread, where no
    signal may be handled, it does nothing.
    """

    def __init__(self, on_interrupt: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._is_on = threading.current_thread() is threading.main_thread()
        if not self._is_on:
            return
        self._reading, self._writing = socket.socketpair()
        for end in (self._reading, self._writing):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_activated)
        self._before = signal.signal(
            signal.SIGINT, lambda _number, _frame: self._post(on_interrupt)
        )
        self._wakeup_before = signal.set_wakeup_fd(
            self._writing.fileno(), warn_on_full_buffer=False
        )

    @staticmethod
    def _post(on_interrupt: Callable[[], object]) -> None:
        # Not at once: the window may still be opening, and nothing runs yet that could be ended.
        QTimer.singleShot(0, on_interrupt)

    def _on_activated(self) -> None:
        # Python runs the handler on its way in here; the byte only has to go.
        try:
            self._reading.recv(64)
        except BlockingIOError:
            return

    def close(self) -> None:
        """Let SIGINT do what it did before."""
        if not self._is_on:
            return
        self._is_on = False
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup_before)
        signal.signal(signal.SIGINT, self._before)
        self._reading.close()
        self._writing.close()
