"""Plain words for every way in which a worker can end without saying how the job went."""

from __future__ import annotations

import re
import signal
from typing import NamedTuple

_NATIVE_CRASHES = {"SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT"}
_WINDOWS_CRASH = 0xC0000000


class Ending(NamedTuple):
    """What happened and what to do, one sentence each."""

    what: str
    what_to_do: str


_SEE_LOG = "Start the job again; if it happens again, read worker.log in the job's folder."


def of_exit(returncode: int, log_tail: str) -> Ending:
    """Explain the end of a worker that sent neither done, failed nor cancelled."""
    if missing := re.search(r"No module named '?(spinegui[\w.]*)", log_tail):
        return Ending(
            f"The worker's Python lacks {missing[1]}.",
            "Install spinegui there, or choose another interpreter in the settings.",
        )
    if returncode < 0:
        return _of_signal(_signal_name(-returncode))
    if returncode >= _WINDOWS_CRASH:
        return Ending(f"The worker crashed in native code ({returncode:#x}).", _SEE_LOG)
    if returncode > 0:
        return Ending(f"The worker ended early, with exit code {returncode}.", _SEE_LOG)
    return Ending("The worker ended without a result.", _SEE_LOG)


def _of_signal(name: str) -> Ending:
    if name == "SIGKILL":
        return Ending(
            "The worker was killed, most often because the computer ran out of memory.",
            "Close other programs or use fewer or smaller images, then start the job again.",
        )
    if name in _NATIVE_CRASHES:
        return Ending(f"The worker crashed in native code ({name}).", _SEE_LOG)
    return Ending(f"The worker was stopped from outside ({name}).", "Start the job again.")


def not_started(command: str, err: OSError) -> Ending:
    return Ending(
        f"The worker could not be started: {command} ({err.strerror or err}).",
        "Choose a Python that has spinegui in the settings, or reinstall spinegui.",
    )


def stuck(seconds: float) -> Ending:
    return Ending(
        f"The worker was stuck: it gave no sign of life for {seconds:.0f} s and was stopped.",
        _SEE_LOG,
    )


def other_version(theirs: str, ours: str) -> Ending:
    return Ending(
        f"The worker runs spinegui {theirs}, this program is {ours}.",
        f"Install spinegui {ours} for the worker's Python, or choose another in the settings.",
    )


def shut_down() -> Ending:
    return Ending("The program was closed before the job had ended.", "Start the job again.")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
