"""A field for one number of the picture: quiet, exact, and silent while it only follows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QDoubleSpinBox, QSizePolicy, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtGui import QWheelEvent

_FARTHEST = 1e12
_DIGITS = 4


class NumberField(QDoubleSpinBox):
    """Tells a number once it is complete: after Enter, Tab, an arrow key or the wheel."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("plain", "true")  # without its arrow buttons: a dock is narrow
        self.setGroupSeparatorShown(False)
        self.setRange(-_FARTHEST, _FARTHEST)
        self.setMinimumWidth(44)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn the number only where it has the focus; else the panel scrolls."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

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
