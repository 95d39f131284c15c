"""How long an edit takes until it is on the disk, and a long project until it is open.

    python -m tests.benchmarks.durability [--boxes 5000] [--edits 60] [--log 1000 100000] [--seed 0]

An edit moves one box of an image that has many. The peers keep the annotation as a JSON file, as
most annotation programs do: written over in place, or whole with fsync and a rename. All share the
disk and the run, each round in random order. CPU ms hold on a busy machine; wall ms wait for the
disk and for whatever else it does, so there only ratios mean something. TMPDIR names the disk.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.domain.detection import Detection
from spinegui.domain.edits import Change, Edit
from spinegui.domain.geometry import Box
from spinegui.storage import edit_log
from spinegui.storage.files import write_whole
from spinegui.storage.project import Project
from tests.benchmarks import own_process
from tests.support.projects import image_ref

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

    from tests.benchmarks.own_process import Result

IMAGE = "a"
OURS, IN_PLACE, ATOMIC = "project file", "JSON, in place", "JSON, whole with fsync"
OPENING = "opening"
BATCH = 2000
OPENINGS = 5


def measure_edits(folder: Path, n_boxes: int, n_edits: int, seed: int = 0) -> list[Result]:
    """Return the time of an edit until it is on the disk (or, in place, in the cache), a row a way.

    Ours runs through the document, from the push on the GUI's thread to the receipt.
    """
    from PySide6.QtCore import QCoreApplication

    application = QCoreApplication.instance() or QCoreApplication([])
    saver = _Saver(folder, n_boxes, application.processEvents)
    boxes = {f"d{i}": _box(i).as_xywh() for i in range(n_boxes)}

    def save_ours(i: int) -> None:
        saver.move(f"d{i % n_boxes}")

    def save_json(write: Callable[[str], object], i: int) -> None:
        name = f"d{i % n_boxes}"
        x, y, width, height = boxes[name]
        boxes[name] = (x + 1, y, width, height)
        write(json.dumps([_coco(i, box) for i, box in enumerate(boxes.values())]))

    in_place, whole = folder / "in_place.json", folder / "whole.json"
    ways: dict[str, Callable[[int], None]] = {
        OURS: save_ours,
        IN_PLACE: lambda i: save_json(in_place.write_text, i),
        ATOMIC: lambda i: save_json(lambda text: write_whole(whole, text), i),
    }
    times = _time_in_turns(ways, n_edits, seed)
    saver.close()
    return [_row(name, n_boxes, found) for name, found in times.items()]


class _Saver:
    """A document with one image of n boxes, each edit of which is waited for."""

    def __init__(self, folder: Path, n_boxes: int, process_events: Callable[[], object]) -> None:
        from spinegui.gui.document import Document

        project = make_project(folder / "edits.spine", n_boxes)
        self._document = Document(project, project.snapshot().result(), user="ann")
        self._process_events = process_events

    def move(self, detection_id: str) -> None:
        from spinegui.gui.document import SaveState

        document = self._document
        before = document.annotation(IMAGE).detections[detection_id]
        assert document.push(_moving(before))
        while document.save_state is not SaveState.SAVED:
            assert document.save_state is SaveState.SAVING
            time.sleep(0.0002)  # a busy wait would count as the edit's CPU time
            self._process_events()

    def close(self) -> None:
        self._document.project.close()


def _time_in_turns(
    ways: Mapping[str, Callable[[int], None]], n: int, seed: int
) -> dict[str, list[tuple[float, float]]]:
    """Return (CPU s, wall s) of n calls of each way, in random order within a turn."""
    order = random.Random(seed)  # noqa: S311
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for i in range(n + 1):
        for name in order.sample(list(ways), len(ways)):
            cpu, wall = time.process_time(), time.perf_counter()
            ways[name](i)
            spent = time.process_time() - cpu, time.perf_counter() - wall
            if i:  # the first turn makes files
                times[name].append(spent)
    return times


def _row(name: str, n_boxes: int, found: Sequence[tuple[float, float]]) -> Result:
    cpu, wall = ([1000 * v for v in values] for values in zip(*found, strict=True))
    return {
        "way": name,
        "boxes": n_boxes,
        "n": len(found),
        "cpu ms": statistics.median(cpu),
        "wall ms": statistics.median(wall),
        "wall p95 ms": own_process.p95(wall),
    }


def measure_opening(folder: Path, n_edits: int, n_boxes: int) -> Result:
    """Return the time from the file to all that a window shows, the undo stack included."""
    path = folder / f"log-{n_edits}.spine"
    if not path.exists():
        make_project(path, n_boxes, n_edits).close()
    found = []
    for _ in range(OPENINGS):
        cpu, wall = time.process_time(), time.perf_counter()
        project = Project.open(path, user="ann")
        snapshot = project.snapshot().result()
        found.append((time.process_time() - cpu, time.perf_counter() - wall))
        project.close()
        assert len(snapshot.annotations[IMAGE].detections) == n_boxes
    row = _row(f"{OPENING}, {n_edits} edits", n_boxes, found)
    return {**row, "edits": n_edits, "MB": path.stat().st_size / 1e6}


def make_project(path: Path, n_boxes: int, n_edits: int = 0) -> Project:
    """Make a project with that many boxes and, besides, edits that move them one after another."""
    project = Project.create(path, user="ann")
    project.add_images([image_ref(IMAGE, path.parent)]).result()
    detections = [Detection(f"d{i}", IMAGE, _box(i)) for i in range(n_boxes)]
    project.commit(Edit("Import", tuple(Change(None, d) for d in detections))).result()
    for first in range(0, n_edits, BATCH):
        batch = []
        for i in range(first, min(first + BATCH, n_edits)):
            batch.append(_moving(detections[i % n_boxes]))
            detections[i % n_boxes] = batch[-1].changes[0].after
        _append(project, batch)
    return project


def _append(project: Project, edits: Sequence[Edit]) -> None:
    """Log edits as `commit` does, but many in one transaction: it is the reading that is timed."""

    def run(db: sqlite3.Connection) -> None:
        for edit in edits:
            rows = edit_log.change_rows(edit)
            edit_log.append(db, edit.title, rows, kind="do", who=("ann", project.session))

    project._write(run).result()


def _moving(detection: Detection) -> Edit:
    return Edit("Move", (Change(detection, detection.with_box(detection.box.shifted(1, 0))),))


def _box(i: int) -> Box:
    return Box.from_xywh(i % 100 * 20.25, i // 100 * 20.5, 12.75, 14.5)


def _coco(i: int, box: tuple[float, float, float, float]) -> dict[str, object]:
    return {"id": i, "image_id": 1, "category_id": 1, "bbox": box, "area": box[2] * box[3]}


def run_edits(n_boxes: int, n_edits: int, seed: int = 0) -> dict[str, Result]:
    """Measure edits in a process of its own; rows by way."""
    words = ("--case", "edits", "--boxes", str(n_boxes), "--edits", str(n_edits))
    rows = own_process.run_case(__file__, *words, "--seed", str(seed))["rows"]
    return {row["way"]: row for row in rows}


def run_openings(n_boxes: int, sizes: Sequence[int]) -> list[Result]:
    """Measure the opening of projects with so many edits, in a process of its own."""
    words = ("--case", "openings", "--boxes", str(n_boxes), "--log", *map(str, sizes))
    rows: list[Result] = own_process.run_case(__file__, *words)["rows"]
    return rows


def table(rows: Sequence[Result]) -> str:
    """Return rows as a Markdown table with their ratio to the first."""
    lines = [
        "| what | boxes | n | CPU ms | wall ms | wall p95 ms | CPU, ratio | wall, ratio |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        p95 = "–" if row["wall p95 ms"] is None else f"{row['wall p95 ms']:.1f}"
        ratios = " | ".join(f"{row[key] / rows[0][key]:.2f}" for key in ("cpu ms", "wall ms"))
        lines.append(
            f"| {row['way']} | {row['boxes']} | {row['n']} | {row['cpu ms']:.2f} "
            f"| {row['wall ms']:.1f} | {p95} | {ratios} |"
        )
    return "\n".join(lines)


def _measure(options: argparse.Namespace) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        if options.case == "edits":
            return measure_edits(Path(folder), options.boxes, options.edits, options.seed)
        return [measure_opening(Path(folder), size, options.boxes) for size in options.log]


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boxes", type=int, default=5000)
    parser.add_argument("--edits", type=int, default=60)
    parser.add_argument("--log", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--case", choices=("edits", "openings"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    say = sys.stdout.write
    if options.case:
        say(json.dumps({"rows": _measure(options)}) + "\n")
        return 0
    say(f"{own_process.machine()}\n\n")
    edits = run_edits(options.boxes, options.edits, options.seed)
    say(f"{table(list(edits.values()))}\n\n")
    openings = run_openings(options.boxes, options.log)
    say(f"{table(openings)}\n\n")
    say(", ".join(f"{row['edits']} edits: {row['MB']:.1f} MB" for row in openings) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
