"""Takes the process's own pipes before any library can write into or read from them."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from typing import IO

_STDIN, _STDOUT, _STDERR = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Pipes:
    """Where events go and where commands come from.

    `end_is_exit`: the end of `commands` means that whoever started us is gone. It does not where
    stdin is a file or /dev/null, as when a job is run by hand in a script.
    """

    events: IO[bytes]
    commands: IO[bytes]
    end_is_exit: bool


def take_pipes() -> Pipes:
    """Return the real stdin and stdout; from here on fd 1 and sys.stdout lead to stderr.

    Works on file descriptors, so native libraries and child processes are turned away too.
    """
    events = os.fdopen(os.dup(_STDOUT), "wb", buffering=0)
    os.dup2(_STDERR, _STDOUT)
    sys.stdout = sys.stderr
    mode = os.fstat(_STDIN).st_mode
    commands = os.fdopen(os.dup(_STDIN), "rb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, _STDIN)
    os.close(nothing)
    is_file = stat.S_ISREG(mode) or (stat.S_ISCHR(mode) and not commands.isatty())
    return Pipes(events, commands, end_is_exit=not is_file)
