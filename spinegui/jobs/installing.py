"""The command that installs what an interpreter lacks."""

from __future__ import annotations

import shlex
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from spinegui.storage.resources import resources_root

if TYPE_CHECKING:
    from collections.abc import Iterable

_PACKAGES = {"skimage": "scikit-image", "sklearn": "scikit-learn", "PySide6": "PySide6-Essentials"}
_REQUIREMENTS = "requirements"


def install_command(modules: Iterable[str], *, python: str = sys.executable) -> str:
    """Return the command that installs these modules for that interpreter."""
    return f"{_installer(python)} {' '.join(_PACKAGES.get(m, m) for m in modules)}"


def training_command(backend: str, missing: Iterable[str], *, python: str = sys.executable) -> str:
    """Return the command, or two of them, after which that interpreter can train the backend."""
    pip = _installer(python)
    match backend:
        case "yolo_nas":
            # Not the extra `detector`: only uv can resolve that.
            folder = resources_root() / _REQUIREMENTS
            first, second = (str(folder / f"detector{n}.txt") for n in ("", "-no-deps"))
            return f"{pip} -r {_quoted(first)} && {pip} --no-deps -r {_quoted(second)}"
        case "inception_v3":
            return f"{pip} {_quoted('spinegui[classifier]')}"
        case _:
            return install_command(missing, python=python)


def _installer(python: str) -> str:
    if python == sys.executable and find_spec("pip") is None:
        return f"uv pip install --python {_quoted(python)}"
    return f"{_quoted(python)} -m pip install"


def _quoted(text: str) -> str:
    return subprocess.list2cmdline([text]) if sys.platform == "win32" else shlex.quote(text)
