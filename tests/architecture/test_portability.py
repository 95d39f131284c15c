"""What is shipped knows no machine but the user's, and Qt's bindings do not wear Python out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QObject, Signal

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("spinegui", "resources", "packaging", "tests")
TEXT = {".py", ".md", ".toml", ".json", ".txt", ".sh", ".yaml", ".xml", ".desktop", ".svg"}
# Put together here, so that this file does not find itself.
_ROOTS = ("home", "root", "Users", "work", "opt", "mnt")
MACHINE_PATH = re.compile(rf"""["'`\s(=](?:/(?:{"|".join(_ROOTS)})/\w|[A-Z]:\\Users)""")


def test_that_no_shipped_file_names_a_place_on_one_machine() -> None:
    found = []
    for folder in SHIPPED:
        for file in sorted((ROOT / folder).rglob("*")):
            if not file.is_file() or file.suffix not in TEXT or file == Path(__file__):
                continue
            for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
                if MACHINE_PATH.search(line):
                    found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()}")
    assert found == []


class _Emitter(QObject):
    happened = Signal(bool)
    nothing = Signal()


def test_that_emitting_signals_keeps_the_reference_counts_of_true_and_none() -> None:
    """Some bindings lose one reference an emission, and the interpreter aborts in the end."""
    emitter = _Emitter()
    heard: list[bool] = []
    emitter.happened.connect(heard.append)
    before = sys.getrefcount(True), sys.getrefcount(None)
    for _ in range(20_000):
        emitter.happened.emit(True)
        emitter.nothing.emit()
    heard.clear()
    after = sys.getrefcount(True), sys.getrefcount(None)
    assert after[0] > before[0] - 1000
    assert after[1] > before[1] - 1000


def test_that_the_scripts_of_the_set_up_are_bash_that_can_be_read() -> None:
    for name in ("packaging/setup.sh", ".ci/run"):
        script = ROOT / name
        assert script.stat().st_mode & 0o111, f"{name} is not executable"
        assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
