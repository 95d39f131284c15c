"""Runs workers as children of this process, over pipes; opens no port."""

from __future__ import annotations

import subprocess
import threading
from typing import TYPE_CHECKING

from spinegui import __version__
from spinegui.engine import endings
from spinegui.engine.child import Child, worker_command, worker_environment
from spinegui.engine.handle import JobHandle, Limits
from spinegui.engine.log import WorkerLog
from spinegui.engine.warm import WarmWorker
from spinegui.jobs.payloads import TrainPayload
from spinegui.jobs.probe import ProbeResult
from spinegui.jobs.sentences import split_sentences
from spinegui.jobs.spec import LOG_NAME, JobKind, JobSpecError, read_spec
from spinegui.jobs.train_bundle import training_backend
from spinegui.storage.model_manifest import ModelStoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from spinegui.jobs.events import Event

_PROBE_S = 60.0


class LocalEngine:
    """Runs jobs on this computer. All methods may be called from any thread.

    `python` is the interpreter of the workers, None means ours; `interpreters` names others for the
    trainings of some backends. Whatever goes wrong with a job arrives as its Failed event, never as
    an exception.
    """

    def __init__(
        self,
        python: str | None = None,
        limits: Limits | None = None,
        interpreters: Mapping[str, str] | None = None,
    ) -> None:
        self._python = python
        self.interpreters: Mapping[str, str] = interpreters or {}
        """May be replaced; counts from the next training on."""
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._own: dict[JobHandle, Child] = {}
        self._warm = WarmWorker(python)
        self._is_closed = False

    def submit(self, job_dir: Path, on_event: Callable[[Event], None]) -> JobHandle:
        """Run a sealed job in a process of its own."""
        handle = self._handle(job_dir, on_event)
        if not handle.is_over:
            self._start(handle)
        return handle

    def warm(self) -> None:
        """Start the warm worker ahead of its first job; if it cannot be, that job will say so."""
        try:
            self._warm.warm()
        except OSError:
            return

    def submit_warm(self, job_dir: Path, on_event: Callable[[Event], None]) -> JobHandle:
        """Run a sealed job in the warm worker, after those submitted to it before."""
        handle = self._handle(job_dir, on_event)
        if not handle.is_over:
            self._warm.submit(handle)
        return handle

    def probe(self, backend: str | None = None) -> ProbeResult:
        """Ask the interpreter of the workers, or the one that trains that backend, what it can do.

        Blocks for up to a minute.
        """
        command = worker_command(self._trains(backend), "--probe")
        try:
            answer = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env=worker_environment(),
                timeout=_PROBE_S,
                check=False,
            )
        except OSError as err:
            return _no_answer(command[0], endings.not_started(command[0], err))
        except subprocess.TimeoutExpired:
            return _no_answer(command[0], endings.stuck(_PROBE_S))
        try:
            found = ProbeResult.from_line(answer.stdout.decode(errors="replace"))
        except (ValueError, RecursionError):
            log = answer.stderr.decode(errors="replace")
            return _no_answer(command[0], endings.of_exit(answer.returncode, log))
        if found.version != __version__:
            return _no_answer(command[0], endings.other_version(found.version, __version__))
        return found

    def shutdown(self) -> None:
        """End every job and process; blocks for some seconds at most."""
        with self._lock:
            self._is_closed = True
            own = dict(self._own)
        children = [*own.values(), *filter(None, [self._warm.close()])]
        for handle, child in own.items():
            handle.fail(endings.shut_down())
            child.close_stdin()
        for child in children:
            if not child.wait_ended(self._limits.cancel_grace_s):
                child.kill()
                child.wait_ended(self._limits.linger_s)

    def _handle(self, job_dir: Path, on_event: Callable[[Event], None]) -> JobHandle:
        try:
            job_id = read_spec(job_dir, verify=False).job_id
        except JobSpecError as err:
            handle = JobHandle(job_dir, job_dir.name, on_event, self._limits)
            handle.fail(endings.Ending(*split_sentences(str(err))))
            return handle
        handle = JobHandle(job_dir, job_id, on_event, self._limits)
        if self._is_closed:
            handle.fail(endings.shut_down())
        return handle

    def _trains(self, backend: str | None) -> str | None:
        return self.interpreters.get(backend or "") or self._python

    def _start(self, handle: JobHandle) -> None:
        log = WorkerLog()
        log.follow(handle.job_dir / LOG_NAME)
        python = self._trains(_trained_backend(handle.job_dir))
        command = worker_command(python, str(handle.job_dir))

        def on_line(line: bytes) -> None:
            handle.take_line(line)
            if handle.is_over:
                child.close_stdin()

        def on_exit(returncode: int) -> None:
            with self._lock:
                self._own.pop(handle, None)
            handle.take_exit(returncode, log.tail)

        try:
            child = Child(command, log=log, on_line=on_line, on_exit=on_exit)
        except OSError as err:
            handle.fail(endings.not_started(command[0], err))
            return
        with self._lock:
            self._own[handle] = child
        handle.run_on(child)
        child.start()


def _trained_backend(job_dir: Path) -> str | None:
    """Return the backend that a job trains; None where it trains none or cannot be read."""
    try:
        spec = read_spec(job_dir, verify=False)
        if spec.kind is not JobKind.TRAIN:
            return None
        return training_backend(TrainPayload.from_json(spec.payload).base)
    except (JobSpecError, ModelStoreError):  # the worker says it better
        return None


def _no_answer(python: str, ending: endings.Ending) -> ProbeResult:
    return ProbeResult(python=python, problem=f"{ending.what} {ending.what_to_do}")
