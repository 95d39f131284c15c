"""A process that forks editors of a project, for tests that kill them.

Reads one command a line, `PROJECT_PATH`, and forks a child for each, which opens the project as its
owner, prints `pid PID`, `opened N_EDITS`, then `saved SEQ` for every edit whose commit returned,
until it is killed. Forking spares each child the imports.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.domain.detection import Detection
from spinegui.domain.edits import Change, Edit
from spinegui.domain.geometry import Box
from spinegui.storage.project import Project

if TYPE_CHECKING:
    from concurrent.futures import Future

    from spinegui.storage.rows import Receipt

WAITING = 8
"""Edits on their way at once, so that kills also fall into grouped commits."""


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode("ascii"))


def edit_for_ever(path: Path) -> None:
    say(f"pid {os.getpid()}")
    project = Project.open(path, user="burst")
    last = max((row.seq for row in project.log().result()), default=0)
    say(f"opened {last}")
    waiting: deque[Future[Receipt]] = deque()
    while True:
        last += 1
        a = Detection(f"a{last}", "a", Box(0, 0, 9, 9))
        b = Detection(f"b{last}", "b", Box(0, 0, 9, 9))
        waiting.append(project.commit(Edit("Add", (Change(None, a), Change(None, b)))))
        if len(waiting) > last % WAITING:
            say(f"saved {waiting.popleft().result().seq}")


if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            edit_for_ever(Path(line.rstrip("\n")))
        os.waitpid(child, 0)
        say("gone")
