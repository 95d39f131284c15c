from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from spinegui.storage.project import Project
from tests.support.projects import make_project

KILLS = 100

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


class Editor:
    """One forked editor: started, listened to, killed."""

    def __init__(self, commands: IO[str], said: IO[str]) -> None:
        self._commands = commands
        self._said = said

    def run_until_killed(self, path: Path, n_saved: int, *, while_writing: bool) -> tuple[int, int]:
        """Kill it right after that many receipts, or as soon as it writes again after them.

        Returns how many edits it found at opening, and the number of the last receipt.
        """
        self._commands.write(f"{path}\n")
        self._commands.flush()
        pid = self._next("pid")
        n_found = last = self._next("opened")
        for _ in range(n_saved):
            last = self._next("saved")
        journal = path.with_name(f"{path.name}-journal")
        while while_writing and not journal.exists():
            pass
        os.kill(pid, signal.SIGKILL)
        while (line := self._said.readline()) != "gone\n":
            last = int(line.split()[1])  # a receipt given before the kill arrived
        return n_found, last

    def _next(self, word: str) -> int:
        said, _, number = self._said.readline().partition(" ")
        assert said == word
        return int(number)


@pytest.mark.slow
def test_that_no_acknowledged_edit_is_lost_in_a_hundred_kills(tmp_path: Path) -> None:
    path = tmp_path / "p.spine"
    make_project(path).close()
    chance = np.random.default_rng(7)
    n_acknowledged = n_unfinished = last = 0
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.edit_burst"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        editor = Editor(process.stdin, process.stdout)
        for kill in range(KILLS):
            n_saved = int(chance.integers(13))
            n_found, now_last = editor.run_until_killed(path, n_saved, while_writing=kill % 2 == 1)
            n_unfinished += path.with_name(f"{path.name}-journal").exists()
            assert n_found >= last
            n_acknowledged += now_last - n_found
            last = now_last
        process.stdin.close()
    assert n_acknowledged > KILLS
    assert n_unfinished > 0, "no kill fell into a write"
    with Project.open(path, user="ann") as project:
        report = project.verify().result()
        annotations = project.snapshot().result().annotations
    assert report.problems == ()
    assert report.n_edits >= last
    assert len(annotations["a"].detections) == len(annotations["b"].detections) == report.n_edits
