"""Where the program keeps things on this computer when nobody named a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from platformdirs import PlatformDirs

if TYPE_CHECKING:
    from pathlib import Path


def data_folder() -> Path:
    """Return the folder of what must last: projects without a name, models, rescued edits."""
    return _places().user_data_path


def cache_folder() -> Path:
    """Return the folder of what may go at any time: job folders."""
    return _places().user_cache_path


def config_folder() -> Path:
    """Return the folder of choices that window and command line share."""
    return _places().user_config_path


def log_folder() -> Path:
    """Return the folder of the program's own log."""
    return _places().user_log_path


def _places() -> PlatformDirs:
    # Asked anew each time: the environment may name other places. Without an author, Windows
    # keeps everything in one folder of the program's name.
    return PlatformDirs("spinegui", appauthor=False)
