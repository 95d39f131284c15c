"""A second window's place: another process that opens a project and says what it finds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]

HOLD = """
import sys
from pathlib import Path
from spinegui.storage.project import Project
project = Project.open(Path(sys.argv[1]), user="eve")
print("open", flush=True)
sys.stdin.read()
project.close()
"""
READ = """
import json, sys
from collections import Counter
from pathlib import Path
from spinegui.storage.project import Project
with Project.open(Path(sys.argv[1]), user="eve") as project:
    snapshot = project.snapshot().result()
    report = project.verify().result()
    log = project.log().result()
    print(json.dumps({
        "images": {ref.name: ref.id for ref in snapshot.images},
        "detections": {
            image: {
                d.id: {
                    "box": [d.box.x0, d.box.y0, d.box.x1, d.box.y1], "state": d.state.value,
                    "label": d.label, "origin": d.origin.value,
                    "votes": [[v.rater, v.label] for v in d.votes],
                }
                for d in annotation.detections.values()
            }
            for image, annotation in snapshot.annotations.items()
        },
        "reviewed": [i for i, a in snapshot.annotations.items() if a.is_reviewed],
        "regions": sum(len(a.regions) for a in snapshot.annotations.values()),
        "history": [[entry.edit.title, entry.undone] for entry in snapshot.history],
        "problems": list(report.problems),
        "users": sorted({row.user for row in log}),
        "kinds": Counter(row.kind for row in log),
    }))
"""


@contextmanager
def holding(project: Path) -> Iterator[int]:
    """Keep a project open in another process; yields its process id."""
    command = [sys.executable, "-c", HOLD, str(project)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment()
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process.pid
        process.communicate("")
    assert process.returncode == 0


def read_elsewhere(project: Path) -> dict[str, Any]:
    """Open a project in another process and return all it holds as that process saw it."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(project)],
        capture_output=True,
        text=True,
        env=_environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _environment() -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path}
