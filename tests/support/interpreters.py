"""Interpreters that answer a probe as told, in no time: real processes, without what they claim."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from spinegui import __version__
from spinegui.jobs.probe import BackendInfo, ProbeResult

if TYPE_CHECKING:
    from pathlib import Path

LACKING = {
    "yolo_nas": ("torch", "super_gradients"),
    "inception_v3": ("tensorflow", "tf_keras"),
}
ROLES = {
    "classical": ("detector", "classifier", "trainer"),
    "yolo_nas": ("detector", "trainer"),
    "inception_v3": ("classifier", "trainer"),
}


def interpreter(folder: Path, name: str, *, able: tuple[str, ...] = ()) -> Path:
    """Write an executable that says it can train `classical` and the backends named in `able`."""
    if sys.platform == "win32":
        pytest.skip("needs a script that the system runs by its first line")
    path = folder / name
    backends = tuple(
        BackendInfo(backend, roles, (), () if backend in able else LACKING.get(backend, ()))
        for backend, roles in ROLES.items()
    )
    answer = ProbeResult(
        python=str(path),
        version=__version__,
        python_version="3.11.9",
        backends=backends,
        libraries=(("torch", "2.13.0"), ("super-gradients", "3.7.1"), ("tensorflow", "2.21.0")),
        devices=("2 CPU cores", "A large GPU, 80 GiB"),
    )
    path.write_text(f"#!{sys.executable} -S\nprint({answer.to_line()!r})\n", encoding="utf-8")
    path.chmod(0o755)
    return path
