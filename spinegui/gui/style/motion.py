"""Whether the person wants things to move."""

from __future__ import annotations

import os

from PySide6.QtWidgets import QApplication, QStyle

PAN_MS = 140


def wants_motion() -> bool:
    """Return False where the system, the style or SPINEGUI_REDUCE_MOTION asks for stillness."""
    if os.environ.get("SPINEGUI_REDUCE_MOTION"):
        return False
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return QApplication.style().styleHint(hint) > 0
