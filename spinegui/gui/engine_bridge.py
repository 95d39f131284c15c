"""The engine's events, from its reader threads to the window's thread."""

from __future__ import annotations

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

    def submit(self, job_dir: Path) -> JobHandle:
        """Run a job in a child of its own, as training wants it."""
        return self.engine.submit(job_dir, self._relay)

    def submit_warm(self, job_dir: Path) -> JobHandle:
        """Run a job in the worker that stays warm, as detection wants it."""
        return self.engine.submit_warm(job_dir, self._relay)

    def _relay(self, event: Event) -> None:
        # Emitted on the engine's thread; Qt queues it for ours.
        self.job_event.emit(event)
