"""Tooltips of controls that name the key which does the same, whatever key that is now."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from spinegui.gui.keys.in_use import with_keys

_TEXT = "tip_with_keys"


def set_tip(widget: QWidget, text: str) -> None:
    """Give a control a tooltip; each `{action_id}` in it stands for that action's key."""
    widget.setProperty(_TEXT, text)
    widget.setToolTip(with_keys(text))


def refresh_tips(window: QWidget) -> None:
    """Write these tooltips anew, after keys were given to other actions."""
    for widget in window.findChildren(QWidget):
        text = widget.property(_TEXT)
        if isinstance(text, str):
            widget.setToolTip(with_keys(text))
