"""Runs a job and waits for it, for the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from spinegui.engine.local import LocalEngine
    from spinegui.jobs.events import Event, TerminalEvent

_POLL_S = 0.5


def run_blocking(
    engine: LocalEngine, job_dir: Path, on_event: Callable[[Event], None] | None = None
) -> TerminalEvent:
    """Run a sealed job and return its ending; Ctrl+C cancels it, and then returns Cancelled."""
    handle = engine.submit(job_dir, on_event or _ignore)
    while True:
        try:
            # A wait without end cannot be interrupted on Windows.
            if (ending := handle.wait(_POLL_S)) is not None:
                return ending
        except KeyboardInterrupt:
            handle.cancel()


def _ignore(event: Event) -> None:
    """Take no notice."""
    del event
