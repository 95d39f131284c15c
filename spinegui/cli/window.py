"""Opening the window from the command line, or saying why it cannot open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.cli.console import WorkError
from spinegui.engine.doctor import session_note

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def window() -> Callable[[Sequence[Path]], int]:
    """Return what opens the window on paths and returns its exit code.

    Raises WorkError where it cannot open: the headless verbs need no Qt and run without it.
    """
    if note := session_note():  # Qt would end the process where it stands
        raise WorkError(f"{note} See “spinegui --help”; the demo runs with --headless.")
    try:
        from spinegui.app import run
    except ImportError as err:
        raise WorkError(
            f"The window cannot open here ({err}). Run “spinegui doctor”: it says what is missing."
        ) from err
    return run
