"""The command line: the window by default, headless verbs; others' scripts rely on it."""

from spinegui.cli.main import main

__all__ = ["main"]
