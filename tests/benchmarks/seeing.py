"""How fast one sees: contrast, colours, panning, slices, slabs, channels, sections.

    python -m tests.benchmarks.seeing [--rounds 2] [--slices 200] [--seed 0]

Each case runs in a process of its own, the cases of a round in random order, on files that are made
in a temporary folder and deleted again. Times are CPU ms a step (median) of all threads together,
painted step by painted step, so that they hold on a busy machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tifffile

from tests.benchmarks import own_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tests.benchmarks.own_process import Result

FRAMES = 20
SIDE, STACK_SIDE = 8192, 2048
COMPRESSED_SLICES = 48
CHANNEL_SLICES = 24
CASES = (
    "contrast 8192²", "colours 8192²", "pan 1:1 8192²", "z-step mapped", "z-step deflate",
    "slab ±2", "slab ±10", "composite of 3, z-step", "sections",
)  # fmt: skip
GOALS_MS = {"contrast 8192²": 16.0, "z-step mapped": 16.0, "z-step deflate": 80.0}
"""CPU ms on an ordinary desktop core."""
VIEWERS = ("spinegui", "ImageItem")


def measure(viewer_name: str, case: str, folder: Path) -> Result:
    """Return the CPU ms of one step of a case in one viewer."""
    from PySide6.QtWidgets import QApplication

    from tests.benchmarks.frames import time_frames, wait_until_exposed
    from tests.benchmarks.seeing_viewers import VIEWERS

    application = QApplication.instance() or QApplication([])
    viewer: Any = VIEWERS[viewer_name]()
    viewer.window.show()
    wait_until_exposed(viewer.window)
    step = _step(viewer, case, folder)
    step(0)
    application.processEvents()
    timing = time_frames(viewer.painted, lambda i: step(i + 1), FRAMES)
    viewer.close()
    viewer.window.close()
    return {"viewer": viewer_name, "case": case, "cpu ms": timing.cpu_ms, "wall ms": timing.wall_ms}


def _step(viewer: Any, case: str, folder: Path) -> Callable[[int], None]:
    """Return what one step of that case does, once everything is ready for it."""
    if case.endswith("8192²"):
        tile = np.random.default_rng(1).integers(0, 4000, (1024, 1024), dtype=np.uint16)
        viewer.show_plane(np.tile(tile, (SIDE // 1024, SIDE // 1024)))
        viewer.full_size() if case.startswith("pan") else viewer.fit()
        steps = {"contrast": viewer.contrast, "colours": viewer.colours, "pan": viewer.pan}
        found: Callable[[int], None] = steps.get(case.split(maxsplit=1)[0], viewer.contrast)
        return found
    name = _file_of(case)
    viewer.open(folder / f"{name}.tif")
    viewer.show_plane(np.zeros((STACK_SIDE, STACK_SIDE), np.uint16))
    viewer.fit()
    n_z = int((folder / f"{name}.txt").read_text())
    if case == "sections":
        return lambda i: viewer.show_sections(
            (300 + 53 * i) % STACK_SIDE, (900 + 31 * i) % STACK_SIDE
        )
    if case.startswith("slab"):
        reach = int(case.partition("±")[2])
        return lambda i: viewer.show_slab(reach + i % (n_z - 2 * reach), reach)
    if case.startswith("composite"):
        return lambda i: viewer.show_composite(i % n_z)
    return lambda i: viewer.show_slice(i % n_z)


def _file_of(case: str) -> str:
    return {"z-step deflate": "deflate", "composite of 3, z-step": "channels"}.get(case, "mapped")


def write_stacks(folder: Path, n_slices: int, cases: Iterable[str]) -> None:
    """Write what the cases need of 2048² uint16: plain, deflated, or plain of three channels."""
    rng = np.random.default_rng(2)
    tile = rng.integers(0, 4000, (STACK_SIDE, STACK_SIDE), dtype=np.uint16)
    shapes = {
        "mapped": (n_slices,),
        "deflate": (COMPRESSED_SLICES,),
        "channels": (CHANNEL_SLICES, len("RGB")),
    }
    for name in {_file_of(case) for case in cases}:
        shape = shapes[name]
        planes = (np.roll(tile, 7 * i) for i in range(int(np.prod(shape))))
        tifffile.imwrite(
            folder / f"{name}.tif",
            planes,
            shape=(*shape, STACK_SIDE, STACK_SIDE),
            dtype=np.uint16,
            photometric="minisblack",
            compression="zlib" if name == "deflate" else None,
            compressionargs={"level": 1} if name == "deflate" else None,
            metadata={"axes": "ZCYX" if len(shape) == 2 else "ZYX"},
        )
        (folder / f"{name}.txt").write_text(str(shape[0]))


def run_all(
    rounds: int = 2, slices: int = 200, seed: int = 0, cases: Sequence[str] = CASES
) -> dict[tuple[str, str], float]:
    """Return the CPU ms by (viewer, case), medians over the rounds."""
    found: dict[tuple[str, str], list[float]] = {(v, c): [] for v in VIEWERS for c in cases}
    order, pairs = random.Random(seed), list(found)  # noqa: S311
    with tempfile.TemporaryDirectory() as folder:
        write_stacks(Path(folder), slices, cases)
        for _ in range(rounds):
            order.shuffle(pairs)
            for viewer, case in pairs:
                result = own_process.run_case(__file__, "--case", viewer, case, folder)
                found[viewer, case].append(result["cpu ms"])
    return {pair: statistics.median(times) for pair, times in found.items()}


def table(found: dict[tuple[str, str], float]) -> str:
    """Return the times as a Markdown table with the peer's ratio to ours."""
    lines = [
        "| step | spinegui | ImageItem | ratio | goal |",
        "|---|--:|--:|--:|--:|",
    ]
    for case in dict.fromkeys(case for _, case in found):
        ours, plain = (found[viewer, case] for viewer in VIEWERS)
        goal = f"{GOALS_MS[case]:g}" if case in GOALS_MS else ""
        lines.append(f"| {case} | {ours:.1f} | {plain:.1f} | {plain / ours:.1f} | {goal} |")
    return "\n".join(lines)


def missed_goals(found: dict[tuple[str, str], float]) -> list[str]:
    """Return the goals that were not met."""
    return [
        f"{case}: {found['spinegui', case]:.1f} ms, goal {goal:g} ms"
        for case, goal in GOALS_MS.items()
        if found["spinegui", case] > goal
    ]


def main() -> int:
    """Print the table; return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--slices", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--case", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        viewer, case, folder = options.case
        sys.stdout.write(json.dumps(measure(viewer, case, Path(folder))) + "\n")
        return 0
    before = os.getloadavg()[0]
    found = run_all(options.rounds, options.slices, options.seed)
    say = sys.stdout.write
    say(f"CPU ms a step, median of {FRAMES} steps x {options.rounds} rounds; 1600 x 1000 view;")
    say(f" stacks of {STACK_SIDE}² uint16, {options.slices} slices where mapped;")
    say(f" load {before:.1f} before; {own_process.machine()} after\n\n{table(found)}\n\n")
    missed = missed_goals(found)
    say("\n".join(["Missed:", *missed] if missed else ["All goals met."]) + "\n")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
