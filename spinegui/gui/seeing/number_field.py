"""A field for one number of the picture: quiet, exact, and silent while it only follows."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QDoubleSpinBox, QSizePolicy, QWidget

_FARTHEST = 1e12
_DIGITS = 4


class NumberField(QDoubleSpinBox):
    """Tells a number once it is complete: after Enter, Tab, an arrow key or the wheel."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setKeyboardTracking(False)
        self.setProperty("plain", "true")  # without its arrow buttons: a dock is narrow
        self.setGroupSeparatorShown(False)
        self.setRange(-_FARTHEST, _FARTHEST)
        self.setMinimumWidth(44)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def suit(self, span: float, *, whole: bool) -> None:
        """Take as many decimals and as large a step as a range of values of that width needs."""
        digits = 0 if whole or span <= 0 else max(0, _DIGITS - 1 - math.floor(math.log10(span)))
        with QSignalBlocker(self):
            self.setDecimals(min(digits, 12))
            self.setSingleStep(max(span / 100, 1.0 if whole else span / 100) if span > 0 else 1.0)

    def follow(self, value: float) -> None:
        """Show a number without telling it."""
        with QSignalBlocker(self):
            self.setValue(value)
