"""Where the shared, unshipped microscope data lie on this machine, if they do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).resolve().parents[2]


def shared_data(*parts: str) -> Path:
    """Return the data folder, or what lies below it; skips the test where it is not there."""
    root = os.environ.get("SPINEGUI_SHARED_DATA")
    path = Path(root) if root else _REPOSITORY.parent / "shared" / "data"
    path = path.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no shared data at {path}; set SPINEGUI_SHARED_DATA")
    return path
