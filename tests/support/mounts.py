"""Small disks of their own, so that a full or a write-protected disk is a real one."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def small_disk(folder: Path, *, kib: int = 1024) -> Iterator[Path]:
    """A disk of that size, mounted on `folder`; the test is skipped where none can be mounted."""
    folder.mkdir()
    options = f"size={kib}k,mode=700"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "spinegui-test", str(folder)],
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip("mounting a small disk needs root and Linux")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def write_protected(folder: Path) -> Iterator[None]:
    """Take away the right to write to `folder`; root, whom that does not stop, needs a mount."""
    if os.geteuid() == 0:
        remount = ["mount", "-o", "remount,{}", str(folder)]
        subprocess.run([a.format("ro") for a in remount], check=True)
        try:
            yield
        finally:
            subprocess.run([a.format("rw") for a in remount], check=True)
        return
    folder.chmod(0o500)
    try:
        yield
    finally:
        folder.chmod(0o700)
