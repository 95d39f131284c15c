"""How long a new process takes until its window is exposed, against a bare Qt window.

    python -m tests.benchmarks.cold_start [--rounds 5] [--seed 0] [--imports 12]

CPU s are this process's own, so that they hold on a busy machine; the worker that the window starts
beside itself is not in them. The peer imports what any such program needs: Qt, numpy, tifffile.
As installed, the modules are compiled before the first round that counts.
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
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks import own_process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.benchmarks.own_process import Result

GOAL_CPU_S = 1.2
WALL_LOAD_LIMIT = 2.0
CASES = ("bare window", "spinegui")
KEPT_THERE = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "SPINEGUI_MODELS")
COMPILED_THERE, NOT_COMPILED = "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE"


def open_bare_window() -> None:
    """What the peer does; the imports are part of what is timed."""
    import numpy as np
    import tifffile
    from PySide6.QtWidgets import QApplication, QMainWindow

    application = QApplication([])
    said = _say_when_exposed(application)
    window = QMainWindow()
    window.setToolTip(f"{np.__name__} {tifffile.__name__}")
    window.resize(1280, 800)
    window.show()
    application.exec()
    del said


def open_spinegui() -> None:
    """What a user's command does, from its entry point on."""
    from spinegui.cli import main

    def application() -> tuple[Any, Any]:
        from PySide6.QtWidgets import QApplication

        made = QApplication(["spinegui"])
        return made, _say_when_exposed(made)

    kept = application()
    main([])
    del kept


def _say_when_exposed(application: Any) -> Any:
    """Print the times once a window of that application is on the screen, then close it."""
    from PySide6.QtCore import QTimer

    def look() -> None:
        handles = (window.windowHandle() for window in application.topLevelWidgets())
        if any(handle is not None and handle.isExposed() for handle in handles):
            timer.stop()
            times = {"cpu s": time.process_time(), "exposed at": time.time()}
            sys.stdout.write(f"\n{json.dumps(times)}\n")
            sys.stdout.flush()
            application.closeAllWindows()
            application.quit()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(2)
    return timer


def run_rounds(rounds: int, seed: int = 0) -> list[Result]:
    """Return the medians, a row a case; the cases of a round run in random order."""
    found: dict[str, list[Result]] = {case: [] for case in CASES}
    order = random.Random(seed)  # noqa: S311
    with tempfile.TemporaryDirectory() as home:
        _live_in(home)
        for case in CASES:  # the first one reads files from the disk
            own_process.run_case(__file__, "--case", case)
        for _ in range(rounds):
            for case in order.sample(CASES, len(CASES)):
                start = time.time()
                times = own_process.run_case(__file__, "--case", case)
                found[case].append({**times, "wall s": times["exposed at"] - start})
    return [{"case": case, "n": rounds, **_medians(times)} for case, times in found.items()]


def _medians(found: Sequence[Mapping[str, float]]) -> Result:
    return {
        "cpu s": statistics.median(times["cpu s"] for times in found),
        "cpu s, least": min(times["cpu s"] for times in found),
        "wall s": statistics.median(times["wall s"] for times in found),
    }


def _live_in(home: str) -> None:
    """Let the program keep its settings, models and jobs there: a first start, as for anybody.

    Its modules are compiled there too, whatever this shell says: an installer does that.
    """
    for name in KEPT_THERE:
        os.environ[name] = home
    os.environ[COMPILED_THERE] = str(Path(home) / "compiled")
    os.environ.pop(NOT_COMPILED, None)


def import_shares() -> dict[str, float]:
    """Return each package's share of the time spent importing, by `python -X importtime`.

    Only shares: they are wall times of a process that writes a line for each module.
    """
    done = own_process.run_script(__file__, "--case", "spinegui", flags=("-X", "importtime"))
    spent: Counter[str] = Counter()
    for line in done.stderr.splitlines():
        words = line.removeprefix("import time:").split("|")
        if len(words) == 3 and words[0].strip().isdigit():
            spent[words[2].strip().partition(".")[0]] += int(words[0])
    return {name: us / spent.total() for name, us in spent.most_common()}


def ratio(rows: Sequence[Result]) -> float:
    """Return how many times the CPU time of a bare window ours takes."""
    by_case = {row["case"]: row["cpu s"] for row in rows}
    return float(by_case["spinegui"] / by_case["bare window"])


def table(rows: Sequence[Result]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| process → exposed window | n | CPU s | least | wall s |", "|---|--:|--:|--:|--:|"]
    lines += [
        f"| {row['case']} | {row['n']} | {row['cpu s']:.2f} | {row['cpu s, least']:.2f} "
        f"| {row['wall s']:.2f} |"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> int:
    """Print the table; return 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--imports", type=int, default=12)
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        open_spinegui() if options.case == "spinegui" else open_bare_window()
        return 0
    say, load = sys.stdout.write, os.getloadavg()[0]
    say(f"{own_process.machine()}; medians\n\n")
    rows = run_rounds(options.rounds, options.seed)
    say(f"{table(rows)}\n\nCPU, ratio to a bare window: {ratio(rows):.2f}\n")
    if load > WALL_LOAD_LIMIT:
        say(f"The wall times say little: the load is above {WALL_LOAD_LIMIT:g}.\n")
    shares = list(import_shares().items())[: options.imports]
    say(f"Imports: {', '.join(f'{name} {share:.0%}' for name, share in shares)}\n")
    cpu = next(row["cpu s"] for row in rows if row["case"] == "spinegui")
    say(f"Goal {GOAL_CPU_S} CPU s {'met' if cpu <= GOAL_CPU_S else 'missed'}.\n")
    return int(cpu > GOAL_CPU_S)


if __name__ == "__main__":
    sys.exit(main())
