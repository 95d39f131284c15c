"""Whether the person wants things to move."""

from __future__ import annotations

import os

from PySide6.QtWidgets import QApplication, QStyle

PAN_MS = 140
_is_reduced = False


def reduce_motion(*, on: bool) -> None:
    """Let things stand still from now on, as the person's settings say."""
    global _is_reduced  # noqa: PLW0603 - one process has one person before it
    _is_reduced = on


def wants_motion() -> bool:
    """Return False where the person, the style or SPINEGUI_REDUCE_MOTION asks for stillness."""
    if _is_reduced or os.environ.get("SPINEGUI_REDUCE_MOTION"):
        return False
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return QApplication.style().styleHint(hint) > 0
