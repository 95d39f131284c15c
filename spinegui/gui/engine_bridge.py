"""The engine's events, from its reader threads to the window's thread."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.engine.handle import JobHandle
    from spinegui.engine.local import LocalEngine
    from spinegui.jobs.events import Event


class EngineBridge(QObject):
    """Starts jobs; every event arrives as `job_event` on the thread this object lives on."""

    job_event = Signal(object)  # jobs.events.Event

    def __init__(self, engine: LocalEngine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine = engine
        self._speaking = RLock()
        self._is_closed = False

    def submit(self, job_dir: Path) -> JobHandle:
        """Run a job in a child of its own, as training wants it."""
        return self.engine.submit(job_dir, self._relay)

    def submit_warm(self, job_dir: Path) -> JobHandle:
        """Run a job in the worker that stays warm, as detection wants it."""
        return self.engine.submit_warm(job_dir, self._relay)

    def _relay(self, event: Event) -> None:
        # Emitted on the engine's thread; Qt queues it for ours.
        with self._speaking:
            if not self._is_closed:
                self.job_event.emit(event)

    def close(self) -> None:
        """Pass nothing on any more: a job's last word may come after this object is gone."""
        with self._speaking:
            self._is_closed = True
