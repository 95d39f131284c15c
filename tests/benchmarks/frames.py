"""Times real paints of an exposed window: CPU time a frame, refused where a paint was skipped.

`repaint()` on a window that is not exposed silently paints nothing and looks wonderfully fast, so
every measurement counts the paint events it caused.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

WARM_UP = 3
EXPOSURE_S = 10.0


class NotPaintedError(Exception):
    """Fewer paints than frames: the timing is of something else."""


@dataclass(frozen=True, slots=True)
class Timing:
    """CPU ms a frame (median) and wall ms (median and, from 20 frames up, the 95th percentile)."""

    cpu_ms: float
    wall_ms: float
    wall_p95_ms: float | None
    frames: int


class PaintCounter(QObject):
    """Counts the paint events that a widget gets."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def wait_until_exposed(widget: QWidget) -> None:
    """Process events until the widget's window is on screen, or raise NotPaintedError."""
    until = time.monotonic() + EXPOSURE_S
    while time.monotonic() < until:
        QApplication.processEvents()
        handle = widget.window().windowHandle()
        if handle is not None and handle.isExposed():
            return
    raise NotPaintedError("The window was never exposed.")


def time_frames(painted: QWidget, step: Callable[[int], object], frames: int) -> Timing:
    """Time `step(i)`, which must paint `painted` at least once, after a few for warming up."""
    for i in range(WARM_UP):
        step(i)
    counter = PaintCounter(painted)
    cpu, wall = [], []
    for i in range(frames):
        wall_start, cpu_start = time.perf_counter(), time.process_time()
        step(WARM_UP + i)
        cpu.append(time.process_time() - cpu_start)
        wall.append(time.perf_counter() - wall_start)
    if counter.count < frames:
        raise NotPaintedError(f"{counter.count} paints for {frames} frames.")
    p95 = statistics.quantiles(wall, n=20)[-1] * 1000 if frames >= 20 else None
    return Timing(statistics.median(cpu) * 1000, statistics.median(wall) * 1000, p95, frames)


def time_calls_us(call: Callable[[], object], calls: int) -> float:
    """Return the CPU time of one call in µs, the mean over `calls`."""
    call()
    start = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - start) / calls * 1e6
