"""The actions of the Help menu."""

from __future__ import annotations

from spinegui.gui.action_table.spec import ActionSpec

HELP = (
    ActionSpec("manual", "Manual", "Help", ("Shift+F1",), "ph.book-open",
               "Read about where you are; F1 in a dialog opens its page"),
    ActionSpec("shortcuts", "Keys and mouse", "Help", ("F1", "?"), "ph.keyboard",
               "What every key and mouse button does"),
    ActionSpec("change_keys", "Change keys…", "Help", (), "ph.command",
               "Give any action another key"),
    ActionSpec("palette", "Find a command…", "Help", ("Ctrl+K",), "ph.magnifying-glass",
               "Type what you want to do"),
    ActionSpec("tour", "Tour", "Help", (), "ph.path",
               "Two minutes on a sample, step by step", checkable=True, separator_before=True),
    ActionSpec("guide", "Guide", "Help", (), "ph.compass",
               "Say above the image what to do next", checkable=True),
    ActionSpec("show_log", "Log…", "Help", (), "ph.article",
               "Read what the program and its jobs wrote down", separator_before=True),
    ActionSpec("diagnostics", "Save diagnostics…", "Help", (), "ph.first-aid-kit",
               "Write logs and versions to a zip; nothing is sent anywhere"),
    ActionSpec("about", "About spinegui", "Help", (), "ph.info", "Version and licences"),
)  # fmt: skip
