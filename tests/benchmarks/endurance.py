"""Does the window grow? Memory over thousands of image switches in a real project.

    python -m tests.benchmarks.endurance [--switches 2000] [--images 24]

Every switch waits until the pixels are painted. The memory after the first tenth of the switches,
when every cache has filled, is compared to that at the end.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import own_process
from tests.benchmarks.own_process import Result, machine

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from spinegui.gui.desk import Desk

MOST_GROWTH = 0.05
SIDE = 1024


def measure(switches: int, n_images: int) -> Result:
    """Return the MB held after the first tenth of the switches and after all of them."""
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from spinegui.app import open_window
    from spinegui.gui.settings import Settings

    application = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _write_images(folder, n_images)
        settings = Settings(QSettings(str(folder / "s.ini"), QSettings.Format.IniFormat))
        desk = open_window(sorted(folder.glob("*.tif")), settings=settings)
        while len(desk.workspace.image_ids) < n_images or desk.display.plane is None:
            application.processEvents()
        _add_boxes(desk)
        held = []
        for i in range(switches):
            _switch(application, desk, i)
            if i + 1 in (switches // 10, switches):
                gc.collect()
                held.append(_resident_mb())
        desk.close()
        application.processEvents()
    return {"settled MB": held[0], "end MB": held[1], "growth": held[1] / held[0] - 1}


def _switch(application: QApplication, desk: Desk, i: int) -> None:
    ids = desk.workspace.image_ids
    desk.workspace.show_image(ids[(i + 1) % len(ids)])
    while desk.display.plane is None:
        application.processEvents()
    desk.canvas.repaint()
    application.processEvents()


def _write_images(folder: Path, n: int) -> None:
    import numpy as np
    import tifffile

    rng = np.random.default_rng(0)
    for i in range(n):
        shape = (8, SIDE, SIDE) if i % 3 == 0 else (SIDE, SIDE)
        tifffile.imwrite(folder / f"{i:02}.tif", rng.integers(0, 4000, shape, dtype=np.uint16))


def _add_boxes(desk: Desk) -> None:
    from spinegui.domain.detection import Detection
    from spinegui.domain.edits import Change, Edit
    from spinegui.domain.geometry import Box

    changes = [
        Change(None, Detection(f"{image}-{i}", image, Box(x, y, x + 20, y + 20)))
        for image in desk.workspace.image_ids
        for i, (x, y) in enumerate((a * 30 % 990, a * 77 % 990) for a in range(200))
    ]
    assert desk.workspace.push(Edit("Boxes", tuple(changes)))


def _resident_mb() -> float:
    """Return the memory that is the process's own, which only Linux tells.

    Pages of mapped files do not count: the system takes them back when it likes.
    """
    lines = Path("/proc/self/smaps_rollup").read_text("utf-8").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) / 1024


def run_case(switches: int, n_images: int) -> Result:
    words = ("--case", "--switches", str(switches), "--images", str(n_images))
    return own_process.run_case(__file__, *words)


def main() -> int:
    """Print the memory; return 1 where it grew by 5 % or more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--switches", type=int, default=2000)
    parser.add_argument("--images", type=int, default=24)
    parser.add_argument("--case", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        sys.stdout.write(json.dumps(measure(options.switches, options.images)) + "\n")
        return 0
    found = run_case(options.switches, options.images)
    sys.stdout.write(
        f"{options.switches} switches between {options.images} images of 200 boxes; {machine()}\n"
        f"{found['settled MB']:.1f} MB after a tenth of them, {found['end MB']:.1f} MB at the end:"
        f" growth {found['growth']:+.1%} (goal below {MOST_GROWTH:.0%})\n"
    )
    return int(found["growth"] >= MOST_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
