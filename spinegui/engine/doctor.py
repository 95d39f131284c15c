"""What is installed and what can run, what is missing, and the command that mends it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from typing_extensions import override

from spinegui import __version__
from spinegui.jobs.installing import install_command, training_command
from spinegui.storage.model_manifest import ROLES, ModelStoreError
from spinegui.storage.model_store import ModelStore
from spinegui.storage.resources import ResourceError, resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from spinegui.jobs.probe import BackendInfo, ProbeResult

WINDOW_LIBRARIES = ("PySide6-Essentials", "pyqtgraph", "qtawesome", "numpy", "tifffile")
QT_LIBRARIES = "qt_libraries.txt"
_ENVIRONMENT = ("QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "XDG_SESSION_TYPE", "SPINEGUI_MODELS")
_WAIT_S = 60.0

_TRY_WINDOW = """
import sys
import PySide6.QtWidgets, pyqtgraph, qtawesome
from PySide6.QtCore import QLibraryInfo
if sys.platform == "linux":
    import ctypes, pathlib
    plugins = QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)
    ctypes.CDLL(str(pathlib.Path(plugins, "platforms", "libqxcb.so")))
PySide6.QtWidgets.QApplication([])
"""
_LIBRARY = re.compile(r"(\S+\.so[.\d]*): cannot open shared object")
_MODULE = re.compile(r"No module named '(\w+)")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is missing, as a sentence, and the command that mends it, "" where none can."""

    what: str
    command: str = ""

    @override
    def __str__(self) -> str:
        return f"{self.what} Run: {self.command}" if self.command else self.what


def report(probe: ProbeResult) -> str:
    """Return versions, system, and what the worker's interpreter can do, one fact a line."""
    lines = [
        f"spinegui {__version__}",
        f"Python {platform.python_version()} at {sys.executable}",
        f"{platform.platform()}, {os.cpu_count()} CPU cores",
        *(f"{name} {_version(name)}" for name in WINDOW_LIBRARIES),
        *(f"{name}={os.environ[name]}" for name in _ENVIRONMENT if name in os.environ),
        "",
        interpreter_report(probe),
    ]
    return "\n".join(lines)


def interpreter_report(probe: ProbeResult, title: str = "Worker's Python") -> str:
    """Return what an interpreter can do, one fact a line."""
    lines = [f"{title}: {probe.python}"]
    if probe.problem is not None:
        return "\n".join([*lines, f"It cannot run: {probe.problem}", ""])
    lines.append(f"Python {probe.python_version}, spinegui {probe.version}")
    lines += [f"{name} {found}" for name, found in probe.libraries]
    lines += [f"Device: {device}" for device in probe.devices or ("CPU only",)]
    lines += [_state(backend) for backend in probe.backends]
    return "\n".join([*lines, ""])


def problems(probe: ProbeResult) -> list[Problem]:
    """Return what keeps window, worker or models from working; blocks for some seconds."""
    window = window_problem()
    return [*([window] if window else []), *_worker_problems(probe), *_model_problems()]


def untrainable(probe: ProbeResult, trainers: Mapping[str, ProbeResult]) -> dict[str, Problem]:
    """Return the backends that cannot be trained, which running their models does not need.

    `trainers` holds the answers of the interpreters that some backends have of their own.
    """
    names = [backend.name for backend in probe.backends if "trainer" in backend.roles]
    found = {name: training_problem(name, trainers.get(name, probe)) for name in names}
    return {name: problem for name, problem in found.items() if problem is not None}


def training_problem(name: str, answer: ProbeResult) -> Problem | None:
    """Return why the interpreter that gave this answer cannot train a backend, None if it can."""
    if answer.problem is not None:
        return Problem(f"The Python that trains {name} cannot run: {answer.problem}")
    backend = next((b for b in answer.backends if b.name == name), None)
    if backend is None or backend.can_train:
        return None
    missing = (*backend.missing, *backend.missing_for_training)
    what = f"Training {name} needs {', '.join(missing)}, which {answer.python} lacks."
    return Problem(what, training_command(name, missing, python=answer.python))


def window_problem() -> Problem | None:
    """Load Qt in a process of its own: where a system library is missing it may end the process."""
    try:
        tried = subprocess.run(
            [sys.executable, "-c", _TRY_WINDOW],
            capture_output=True,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            timeout=_WAIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as err:
        return Problem(f"The window could not be tried ({err}).")
    if tried.returncode == 0:
        return None
    said = tried.stderr.decode(errors="replace")
    if missing := _LIBRARY.search(said):
        what = f"The window lacks the system library {missing[1]}."
        return Problem(what, _library_command())
    if missing := _MODULE.search(said):
        return Problem(
            f"The window lacks the Python package {missing[1]}.", install_command([missing[1]])
        )
    last = (said.strip().splitlines() or ["no reason given"])[-1]
    return Problem(f"The window cannot open here: {last}", _library_command())


def session_note() -> str:
    """Return what a person must know where there is no desktop session, "" where there is."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform != "linux" or any(os.environ.get(name) for name in names):
        return ""
    return "There is no desktop session here: the window needs one, the other verbs do not."


def _worker_problems(probe: ProbeResult) -> Iterator[Problem]:
    if probe.problem is not None:
        yield Problem(f"The worker cannot run: {probe.problem}")
    for backend in probe.backends:
        if not backend.is_installed:
            what = f"The backend {backend.name} lacks {', '.join(backend.missing)}."
            yield Problem(what, install_command(backend.missing, python=probe.python))


def _state(backend: BackendInfo) -> str:
    says = "can run" if backend.is_installed else f"lacks {', '.join(backend.missing)}"
    if "trainer" in backend.roles and backend.is_installed:
        lacks = ", ".join(backend.missing_for_training)
        says += f", cannot be trained (lacks {lacks})" if lacks else " and be trained"
    return f"Backend {backend.name} ({', '.join(backend.roles)}): {says}"


def _model_problems() -> Iterator[Problem]:
    store = ModelStore()
    for role in ROLES:
        try:
            store.active(role)
        except ModelStoreError as err:
            yield Problem(f"No {role} can work: {err}", "spinegui models list")


def _library_command() -> str:
    """Return the command that installs Qt's system libraries, "" where we know none."""
    if sys.platform != "linux":
        return install_command(["PySide6"])
    try:
        names = resource(QT_LIBRARIES).read_text("utf-8").split()
    except (OSError, ResourceError):
        return ""
    tool = "apt-get install -y" if shutil.which("apt-get") else "your package manager's install of"
    return f"sudo {tool} {' '.join(names)}" if "apt-get" in tool else f"{tool} {' '.join(names)}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "is not installed"
