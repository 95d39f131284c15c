"""Where the files that travel with the program lie."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


class ResourceError(Exception):
    """A file that belongs to the program is missing; the text says what to do."""


def resources_root() -> Path:
    """Return the folder of resources: inside an installed package, or a checkout's own."""
    inside = _PACKAGE / "resources"
    return inside if inside.is_dir() else _PACKAGE.parent / "resources"


def resource(name: str) -> Path:
    """Return the file or folder `name` ("models/classical"); raises ResourceError if missing."""
    path = resources_root().joinpath(*name.split("/"))
    if not path.exists():
        raise ResourceError(f"A part of the program is missing: {name}. Install the program again.")
    return path
