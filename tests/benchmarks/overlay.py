"""How fast boxes and pixels are drawn, against what one would reach for first, in the same run.

    python -m tests.benchmarks.overlay [--sizes 1000 10000 100000] [--rounds 2] [--seed 0]
                                       [--labelme PYTHON] [--napari PYTHON]

Each case runs in a process of its own, the cases of a round in random order. Times are CPU ms a
frame (median), so that they hold on a busy machine; wall times only where the load is low.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.benchmarks import own_process

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.benchmarks.own_process import Result

SIZES = (1_000, 10_000, 100_000)
LARGEST = {"RectROI": 1_000, "labelme": 1_000, "napari": 1_000}
"""Beyond it, building alone takes minutes."""
VIEWS = {"fit": None, "1:1": 1.0, "4:1": 4.0}
FRAMES = 20
FOREIGN = {"labelme": "labelme_canvas.py", "napari": "napari_viewer.py"}
WALL_LOAD_LIMIT = 2.0
SIDE = 4096

GOALS_MS = {
    (10_000, "fit"): 16, (10_000, "1:1"): 6, (10_000, "4:1"): 12,
    (100_000, "fit"): 80, (100_000, "1:1"): 20,
    (10_000, "edit"): 3, (10_000, "hit"): 0.05,
}  # fmt: skip
PIXEL_GOALS_MS = {"contrast 8192": 16.0, "z-step 2048, mapped": 16.0}


def measure_boxes(name: str, n: int) -> Result:
    """Return the times of one renderer with n boxes."""
    from PySide6.QtWidgets import QApplication

    from tests.benchmarks.frames import time_calls_us, time_frames, wait_until_exposed
    from tests.benchmarks.peers import HEIGHT, RENDERERS, WIDTH

    application = QApplication.instance() or QApplication([])
    rng = np.random.default_rng(0)
    plane = rng.integers(0, 4000, (SIDE, SIDE), dtype=np.uint16)
    corners = rng.uniform(0, SIDE - 30, (n, 2))
    boxes = np.hstack([corners, corners + rng.uniform(12, 30, (n, 2))])
    renderer = RENDERERS[name](plane, boxes)
    start = time.process_time()
    renderer.fill()
    result: Result = {"renderer": name, "n": n, "build s": time.process_time() - start}
    renderer.window.show()
    wait_until_exposed(renderer.window)
    for view, scale in VIEWS.items():
        renderer.look(scale)
        timing = time_frames(renderer.painted, lambda _: renderer.painted.repaint(), FRAMES)
        result[view] = timing.cpu_ms
        result[f"{view} wall p95"] = timing.wall_p95_ms
    renderer.look(1.0)
    result["coloured"] = _coloured(renderer.painted.grab().toImage())
    result["edit"] = time_frames(renderer.painted, renderer.edit, FRAMES).cpu_ms
    calls = 20 if name == "RectROI" else 500
    result["hit"] = time_calls_us(lambda: renderer.hit(WIDTH / 2, HEIGHT / 2), calls) / 1000
    application.processEvents()
    return result


def measure_pixels() -> Result:
    """Return the times of our canvas for a contrast step, a pan and a step through a stack."""
    from PySide6.QtWidgets import QApplication

    from spinegui.gui.canvas.image_view import Canvas
    from tests.benchmarks.frames import time_frames, wait_until_exposed
    from tests.benchmarks.peers import HEIGHT, WIDTH

    application = QApplication.instance() or QApplication([])
    canvas = Canvas()
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    wait_until_exposed(canvas)
    result: Result = {}

    def contrast(i: int) -> None:
        canvas.set_window(0, 3000 + i)
        canvas.repaint()

    def pan(i: int) -> None:
        canvas.view.pan(9 if i % 40 < 20 else -9, 3)
        canvas.repaint()

    for side in (4096, 8192):
        tile = np.random.default_rng(1).integers(0, 4000, (1024, 1024), dtype=np.uint16)
        canvas.set_plane(np.tile(tile, (side // 1024, side // 1024)))
        canvas.fit()
        start = time.process_time()
        canvas.repaint()
        result[f"first paint {side}"] = (time.process_time() - start) * 1000
        result[f"contrast {side}"] = time_frames(canvas, contrast, FRAMES).cpu_ms
        canvas.actual_size()
        result[f"pan 1:1 {side}"] = time_frames(canvas, pan, FRAMES).cpu_ms
    with tempfile.TemporaryDirectory() as folder:
        result["z-step 2048, mapped"] = _z_step(canvas, Path(folder) / "stack.raw")
    application.processEvents()
    return result


def _z_step(canvas: Any, file: Path) -> float:
    from tests.benchmarks.frames import time_frames

    shape = (16, 2048, 2048)
    tile = np.random.default_rng(2).integers(0, 4000, (512, 512), dtype=np.uint16)
    with file.open("wb") as out:
        for z in range(shape[0]):
            np.tile(np.roll(tile, z), (4, 4)).tofile(out)
    stack = np.memmap(file, np.uint16, "r", shape=shape)

    def step(i: int) -> None:
        canvas.set_plane(stack[i % shape[0]])
        canvas.repaint()

    canvas.set_plane(stack[0])
    canvas.fit()
    times = time_frames(canvas, step, FRAMES).cpu_ms
    canvas.set_plane(None)
    return times


def _coloured(image: Any) -> int:
    """Return how many px are clearly not grey: what shows that the boxes were really drawn."""
    image = image.convertToFormat(image.Format.Format_RGB32)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(-1, 4)[:, :3].astype(np.int16)
    return int(np.count_nonzero(np.ptp(raw, axis=1) > 40))


def run_case(*words: str) -> Result:
    """Measure one case in a process of its own."""
    return own_process.run_case(__file__, "--case", *words)


def run_boxes(
    sizes: Iterable[int],
    rounds: int,
    seed: int = 0,
    pythons: Mapping[str, str] | None = None,
) -> list[Result]:
    """Return the medians over the rounds, one row a renderer and number of boxes.

    `pythons` names, by program, the interpreter that a foreign renderer is installed in.
    """
    pythons = pythons or {}
    cases = [
        (name, n)
        for n in sizes
        for name in ("spinegui", "scene items", "RectROI", *pythons)
        if n <= LARGEST.get(name, n)
    ]
    rows: dict[tuple[str, int], list[Result]] = {case: [] for case in cases}
    order = random.Random(seed)  # noqa: S311
    for _ in range(rounds):
        order.shuffle(cases)
        for case in cases:
            rows[case].append(_run(*case, pythons))
    return [_median(found) for _, found in sorted(rows.items(), key=lambda item: item[0][1])]


def _run(name: str, n: int, pythons: Mapping[str, str]) -> Result:
    if name not in pythons:
        return run_case(name, str(n))
    script = Path(__file__).parent / "foreign" / FOREIGN[name]
    return own_process.run_case(str(script), str(n), python=pythons[name])


def _median(found: list[Result]) -> Result:
    kept = {"renderer": found[0]["renderer"], "n": found[0]["n"]}
    timed = [key for key, value in found[0].items() if key not in kept and value is not None]
    return kept | {key: statistics.median(row[key] for row in found) for key in timed}


def table(rows: list[Result]) -> str:
    """Return the rows as a Markdown table with the ratio to ours."""
    ours = {row["n"]: row for row in rows if row["renderer"] == "spinegui"}
    lines = [
        "| renderer | boxes | fit | 1:1 | 4:1 | edit | hit µs | build s | fit, ratio to ours |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        times = " | ".join(f"{row[key]:.2f}" for key in ("fit", "1:1", "4:1", "edit"))
        ratio = row["fit"] / ours[row["n"]]["fit"]
        lines.append(
            f"| {row['renderer']} | {row['n']} | {times} | {row['hit'] * 1000:.1f} "
            f"| {row['build s']:.3f} | {ratio:.2f} |"
        )
    return "\n".join(lines)


def missed_goals(rows: list[Result], pixels: Result) -> list[str]:
    """Return the goals in CPU ms that were not met; they hold for an ordinary desktop core."""
    ours = {row["n"]: row for row in rows if row["renderer"] == "spinegui"}
    missed = [
        f"{n} boxes, {what}: {ours[n][what]:.2f} ms, goal {goal} ms"
        for (n, what), goal in GOALS_MS.items()
        if n in ours and ours[n][what] > goal
    ]
    missed += [
        f"{what}: {pixels[what]:.2f} ms, goal {goal:g} ms"
        for what, goal in PIXEL_GOALS_MS.items()
        if pixels[what] > goal
    ]
    return missed


def main() -> int:
    """Print the tables; return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    for name in FOREIGN:
        parser.add_argument(f"--{name}", metavar="PYTHON", help=f"a Python that has {name}")
    parser.add_argument("--case", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        name, *n = options.case
        result = measure_pixels() if name == "pixels" else measure_boxes(name, int(n[0]))
        sys.stdout.write(json.dumps(result) + "\n")
        return 0
    load = os.getloadavg()[0]
    pythons = {name: getattr(options, name) for name in FOREIGN if getattr(options, name)}
    rows = run_boxes(options.sizes, options.rounds, options.seed, pythons)
    pixels = run_case("pixels")
    say = sys.stdout.write
    say(f"CPU ms a frame, median of {FRAMES} frames x {options.rounds} rounds; 1600 x 1000 view of")
    say(f" a {SIDE} x {SIDE} uint16 image; {os.cpu_count()} cores, load {load:.1f} before and ")
    say(f"{os.getloadavg()[0]:.1f} after\n\n{table(rows)}\n\n")
    say("\n".join(f"{what}: {ms:.2f}" for what, ms in pixels.items()) + "\n\n")
    if load > WALL_LOAD_LIMIT:
        say(f"No wall times: the load is above {WALL_LOAD_LIMIT:g}.\n")
    else:
        for row in (row for row in rows if row["renderer"] == "spinegui"):
            walls = ", ".join(f"{view} {row[f'{view} wall p95']:.1f}" for view in VIEWS)
            say(f"Wall ms, 95th percentile, {row['n']} boxes: {walls}\n")
    missed = missed_goals(rows, pixels)
    say("\n".join(["Missed:", *missed] if missed else ["All goals met."]) + "\n")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
