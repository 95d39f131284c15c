"""Which backends can be trained on this computer, asked beside the window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from spinegui.engine.doctor import training_problem
from spinegui.engine.local import LocalEngine
from spinegui.gui.background import Background
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from spinegui.engine.doctor import Problem
    from spinegui.gui.background import Task
    from spinegui.gui.engine_bridge import EngineBridge
    from spinegui.jobs.probe import ProbeResult


class Trainers(QObject):
    """What the interpreters that train the backends said; `answered` when one has been heard.

    They are asked on a thread of their own: one that does not answer holds nothing else up.
    """

    answered = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self._background = Background(self)
        self._answers: dict[str, ProbeResult] = {}
        self._asked: set[str] = set()

    def ask(self, backends: Iterable[str]) -> None:
        """Ask again what they lack; what was said before stands until the answer."""
        for backend in backends:
            python = self._python(backend)
            if python not in self._asked:
                self._asked.add(python)
                probe = partial(self.bridge.engine.probe, backend)
                self._start(probe, partial(self._on_answered, python))

    def answer(self, backend: str) -> ProbeResult | None:
        """Return what the interpreter that trains a backend said last, None while it has not."""
        return self._answers.get(self._python(backend))

    def problem(self, backend: str) -> Problem | None:
        """Return why a backend cannot be trained, None where it can or nobody knows yet."""
        answer = self.answer(backend)
        return training_problem(backend, answer) if answer is not None else None

    def forget(self) -> None:
        """Forget all answers: other interpreters are in use now."""
        self._answers.clear()
        self.answered.emit()

    def test(
        self,
        python: str,
        then: Callable[[ProbeResult], object],
        fail: Callable[[Exception], object],
    ) -> None:
        """Ask an interpreter, "" for the program's own, that may not be in use yet."""
        self._start(LocalEngine(python or None).probe, then, fail)

    def close(self) -> None:
        """Hear no more; waits for the interpreter that is being asked."""
        self._background.close()

    def _python(self, backend: str) -> str:
        return self.bridge.engine.interpreters.get(backend, "")

    def _start(
        self,
        probe: Callable[[], ProbeResult],
        then: Callable[[ProbeResult], object],
        fail: Callable[[Exception], object] = lambda _error: None,
    ) -> None:
        def work(_task: Task[ProbeResult]) -> ProbeResult:
            return probe()

        self._background.start(tr("Asking a Python what it can do"), work, then, fail)

    def _on_answered(self, python: str, answer: ProbeResult) -> None:
        self._asked.discard(python)
        self._answers[python] = answer
        self.answered.emit()
