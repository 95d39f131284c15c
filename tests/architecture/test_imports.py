"""Rooms import downwards, and opening the window loads nothing that only a worker needs."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKERS_ONLY = (
    "tensorflow", "torch", "super_gradients", "onnxruntime", "sklearn", "skimage", "scipy",
    "matplotlib", "pyqtgraph",
)  # fmt: skip


def test_that_imports_keep_to_the_contracts() -> None:
    pytest.importorskip("importlinter")
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    found = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout + found.stderr


def _loaded(code: str) -> set[str]:
    """Run code in a fresh interpreter; return which of the heavy libraries it loaded."""
    script = textwrap.dedent(code) + textwrap.dedent(f"""
        import sys
        loaded = {{name.partition(".")[0] for name in sys.modules}}
        print("loaded:", *sorted(loaded & {set(WORKERS_ONLY)!r}))
    """)
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    return set(found.stdout.splitlines()[-1].split()[1:])


def test_that_opening_the_window_loads_no_library_of_the_worker() -> None:
    loaded = _loaded("""
        from PySide6.QtWidgets import QApplication
        application = QApplication([])
        from spinegui.app import open_window
        desk = open_window()
        application.processEvents()
        desk.close()
    """)
    assert loaded == set()


def test_that_the_command_line_loads_neither_qt_nor_a_library_of_the_worker() -> None:
    loaded = _loaded("""
        import sys
        from spinegui.cli import main
        assert main(["models", "list"]) == 0
        assert not any(m.startswith("PySide6") for m in sys.modules)
    """)
    assert loaded == set()
