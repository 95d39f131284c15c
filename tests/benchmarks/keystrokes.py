"""What a review of 200 real spines asks of a hand, here and in labelme, CVAT and SLEAP.

    python -m tests.benchmarks.keystrokes DATA [--set mpfi_fullframes/val.json] [--set ...]

150 spines are right, 30 get another class, 10 a box put right, 6 are added, 4 deleted, on the
images of a COCO file. In spinegui every key, click and way of the pointer is a real event to the
real window, and the project file is checked for the 200 decisions afterwards. For the others the
least that their documents allow is counted (`review/minimum.py`), at the same size on the screen.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import own_process
from tests.benchmarks.own_process import Result, machine
from tests.benchmarks.review.minimum import BY_FIELDS, ONE_BY_ONE, Cost, least, least_travel_px
from tests.benchmarks.review.plan import N_SPINES, plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.review.minimum import Program

SETS = ("mpfi_fullframes/val.json", "meng_classes/train.json")
WAYS: dict[str, Sequence[Program]] = {"one_by_one": ONE_BY_ONE, "by_fields": BY_FIELDS}
MEANINGS = {
    "one_by_one": "each spine brought into view, a decision kept on each",
    "by_fields": "views looked over; elsewhere nothing is kept of a spine that is right",
}
GOAL = 0.5
ACCEPT_GOAL_MS = 30.0


def measure(coco: Path, way: str) -> Result:
    """Go through the session; return its cost, its time and what went wrong."""
    from PySide6.QtWidgets import QApplication

    from tests.benchmarks.review.desk import open_session
    from tests.benchmarks.review.session import Session, legible_share, mistakes

    application = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        desk, spines = open_session(plan(coco), Path(folder))
        session = Session(desk, spines)
        wall, cpu = time.perf_counter(), time.process_time()
        getattr(session, way)()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        wrong = mistakes(desk, spines)
        desk.close()
        application.processEvents()
    cost, hand = session.hand.cost, session.hand
    return {
        "keys": cost.keys, "clicks": cost.clicks, "wheels": cost.wheels,
        "travel px": hand.travel_px, "wall s": wall, "cpu s": cpu, "mistakes": wrong,
        "legible": legible_share(session), "shown px": statistics.median(session.shown_px),
        "accept ms": statistics.median(session.accept_ms) if session.accept_ms else None,
        "accept p95 ms": own_process.p95(session.accept_ms),
    }  # fmt: skip


def run_case(coco: Path, way: str) -> Result:
    """Measure in a process of its own."""
    return own_process.run_case(__file__, str(coco), "--case", way)


def cost_of(found: Result) -> Cost:
    return Cost(found["keys"], found["clicks"], found["wheels"])


def ratio(found: Result, coco: Path, way: str) -> float:
    """Return our presses, clicks and turns against those of the best of the others."""
    frames = plan(coco)
    return cost_of(found).total / min(least(program, frames).total for program in WAYS[way])


def table(found: Result, coco: Path, way: str) -> str:
    """Return the programs side by side as a Markdown table."""
    frames = plan(coco)
    rows = [("**spinegui**, real events", cost_of(found), found["travel px"])]
    rows += [
        (f"{p.name}, documented minimum", least(p, frames), least_travel_px(p, frames))
        for p in WAYS[way]
    ]
    ours = cost_of(found).total
    lines = [
        "| | keys | clicks | wheel | all | pointer's way, px | ours to it |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, cost, travel in rows:
        lines.append(
            f"| {name} | {cost.keys} | {cost.clicks} | {cost.wheels} | {cost.total} "
            f"| {travel:.0f} | {ours / cost.total:.2f} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Print the tables; return 1 where a decision went wrong or a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--set", action="append", dest="sets")
    parser.add_argument("--case", choices=tuple(WAYS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    say = sys.stdout.write
    if options.case:
        say(json.dumps(measure(options.data, options.case)) + "\n")
        return 0
    missed = 0
    for name in options.sets or SETS:
        coco = options.data / name
        for way, meaning in MEANINGS.items():
            found = run_case(coco, way)
            say(f"\n{name}, {N_SPINES} spines on {len(plan(coco))} images: {meaning}\n\n")
            say(table(found, coco, way) + "\n\n")
            say(
                f"median spine {found['shown px']:.0f} px on the screen, {found['legible']:.0%} "
                f"legible; {found['wall s']:.1f} s, {found['cpu s']:.1f} CPU s for the script; "
                f"{len(found['mistakes'])} of {N_SPINES} decisions not as meant\n"
            )
            if found["accept ms"] is not None:
                say(
                    f"accept to next painted: {found['accept ms']:.1f} CPU ms, 95th percentile "
                    f"{found['accept p95 ms']:.1f} (goal {ACCEPT_GOAL_MS:g})\n"
                )
            missed += bool(found["mistakes"]) or ratio(found, coco, way) > GOAL
    say(f"\n{machine()}; goal: at most {GOAL:g} of the best of the others\n")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
