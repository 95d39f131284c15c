"""Lets threads stand back while the window scrolls and paints."""

from __future__ import annotations

import threading

LONGEST_S = 0.02
"""Nobody waits longer, should a paint that was announced never come."""


class Calm:
    """A thread that computes in Python makes a paint wait at each of its many short steps.

    The window says when it is about to paint and when it has; threads ask between two pieces of
    work, which are well below a millisecond each.
    """

    def __init__(self) -> None:
        self._free = threading.Event()
        self._free.set()

    def begin(self) -> None:
        """Say that a paint is about to come."""
        self._free.clear()

    def end(self) -> None:
        """Say that it is done."""
        self._free.set()

    def wait(self) -> None:
        """Wait while the window paints; called by threads."""
        self._free.wait(LONGEST_S)
