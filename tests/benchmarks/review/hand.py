"""A hand on mouse and keyboard that counts what it does, all of it to the real window."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.benchmarks.review.minimum import Cost

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_NONE = Qt.KeyboardModifier.NoModifier
_LEFT = Qt.MouseButton.LeftButton


@dataclass
class Hand:
    """Presses keys and buttons over one widget."""

    widget: QWidget
    cost: Cost = field(default_factory=Cost)
    travel_px: float = 0.0
    _at: QPoint | None = None

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = _NONE) -> None:
        self.cost += Cost(keys=1 + held.value.bit_count())
        QTest.keyClick(self.widget, key, held)

    def move(self, to: QPoint) -> None:
        if self._at is not None:
            self.travel_px += math.dist(self._at.toTuple(), to.toTuple())
        self._at = to
        QTest.mouseMove(self.widget, to)

    def click(self, at: QPoint, held: Qt.KeyboardModifier = _NONE) -> None:
        self.move(at)
        self.cost += Cost(keys=held.value.bit_count(), clicks=1)
        QTest.mouseClick(self.widget, _LEFT, held, at)

    def drag(self, start: QPoint, end: QPoint) -> None:
        self.move(start)
        self.cost += Cost(clicks=1)
        QTest.mousePress(self.widget, _LEFT, _NONE, start)
        for part in (0.4, 0.7, 1.0):
            self.move(start + (end - start) * part)
        QTest.mouseRelease(self.widget, _LEFT, _NONE, end)
