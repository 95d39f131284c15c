"""Times paints with whatever Qt binding a program brought; imports neither it nor spinegui."""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTH, HEIGHT, SIDE = 1600, 1000, 4096
WARM_UP, FRAMES = 3, 20
VIEWS = {"fit": None, "1:1": 1.0, "4:1": 4.0}


def picture(n: int) -> tuple[Any, Any]:
    """Return the plane (Y, X) uint16 and the boxes (n, 4) xyxy that every renderer shows."""
    rng = np.random.default_rng(0)
    plane = rng.integers(0, 4000, (SIDE, SIDE), dtype=np.uint16)
    corners = rng.uniform(0, SIDE - 30, (n, 2))
    return plane, np.hstack([corners, corners + rng.uniform(12, 30, (n, 2))])


def median_ms(
    qt_core: Any, painted: Any, step: Callable[[int], object], frames: int = FRAMES
) -> float:
    """Return the CPU ms of a frame; refuses where fewer paints than frames happened."""

    class Counter(qt_core.QObject):  # type: ignore[misc]
        count = 0

        def eventFilter(self, _watched: Any, event: Any) -> bool:
            self.count += event.type() == qt_core.QEvent.Paint
            return False

    for i in range(WARM_UP):
        step(i)
    counter = Counter()
    painted.installEventFilter(counter)
    times = []
    for i in range(frames):
        start = time.process_time()
        step(WARM_UP + i)
        times.append(time.process_time() - start)
    painted.removeEventFilter(counter)
    if counter.count < frames:
        raise RuntimeError(f"{counter.count} paints for {frames} frames")
    return statistics.median(times) * 1000


def wait_until_exposed(window: Any, process_events: Callable[[], object]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        process_events()
        handle = window.windowHandle()
        if handle is not None and handle.isExposed():
            return
    raise RuntimeError("The window was never exposed.")


def say(result: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(result) + "\n")
