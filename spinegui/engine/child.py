"""One worker process: its pipes, its log and its end. Knows lines, not jobs."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING

from spinegui.jobs.wire import MAX_LINE_BYTES, Command, encode_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from spinegui.engine.log import WorkerLog

_PIPE_DRAIN_S = 2.0
_CHUNK_BYTES = 1 << 16
_MOST_DRAINED = 64


def worker_command(python: str | None, *arguments: str) -> list[str]:
    """Return the command line of a worker; `python` is the interpreter, None means ours."""
    if python is None and getattr(sys, "frozen", False):
        return [sys.executable, "--worker", *arguments]
    # -P: a numpy.py in the folder the program was started from must not be imported.
    return [python or sys.executable, "-P", "-m", "spinegui.worker", *arguments]


def worker_environment() -> dict[str, str]:
    """Return our environment with what makes a worker's last words readable."""
    return {**os.environ, "PYTHONFAULTHANDLER": "1", "PYTHONUTF8": "1"}


class Child:
    """A running worker process with a reader thread a pipe and one that awaits its end.

    `on_line` is called on the reader thread with each line of at most MAX_LINE_BYTES + 1 bytes (the
    rest of a longer one is dropped); `on_exit` once, after the last line, with the return code.
    Raises OSError where the process cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: WorkerLog,
        on_line: Callable[[bytes], None],
        on_exit: Callable[[int], None],
    ) -> None:
        self._log = log
        self._on_line = on_line
        self._on_exit = on_exit
        self._lock = threading.Lock()
        self._log_lock = threading.Lock()
        self._ended = threading.Event()
        self._is_doomed = False
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=worker_environment(),
            # Its own process group, so that what it starts ends with it, and so that Ctrl+C in our
            # terminal reaches us only.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._readers = [
            threading.Thread(target=self._read_stdout, name="worker-stdout", daemon=True),
            threading.Thread(target=self._read_stderr, name="worker-stderr", daemon=True),
        ]
        self._waiter = threading.Thread(target=self._await_end, name="worker-end", daemon=True)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_doomed(self) -> bool:
        """Whether it ended or was told to: it gets no more work."""
        return self._is_doomed or self._ended.is_set()

    def start(self) -> None:
        """Begin to read; before this no callback is called."""
        for thread in (*self._readers, self._waiter):
            thread.start()

    def send(self, command: Command) -> None:
        """Write one line to the worker; one that is gone or closed hears nothing."""
        line = f"{encode_command(command)}\n".encode()
        with self._lock:
            stdin = self._process.stdin
            if stdin is None or stdin.closed:
                return
            try:
                stdin.write(line)
                stdin.flush()
            except OSError:  # it ended; `on_exit` says how
                return

    def close_stdin(self) -> None:
        """Let the worker see the end of its stdin, on which it exits."""
        with self._lock:
            _close(self._process.stdin)

    def terminate(self) -> None:
        """Ask the process group to end."""
        self._signal_group("SIGTERM")

    def kill(self) -> None:
        """End the process group."""
        self._signal_group("SIGKILL")

    def drain_log(self) -> None:
        """Put what the worker has written to stderr until now into its log."""
        if hasattr(select, "poll"):
            self._take_stderr(at_most=_MOST_DRAINED)

    def wait_ended(self, timeout: float | None = None) -> bool:
        """Wait for the end of the process; False where it lives on after `timeout` seconds."""
        return self._ended.wait(timeout)

    def _signal_group(self, name: str) -> None:
        self._is_doomed = True
        with self._lock:
            # Once reaped, the number may belong to a stranger.
            if self._process.returncode is not None:
                return
            if sys.platform == "win32":
                self._process.kill()
                return
            try:
                os.killpg(self._process.pid, getattr(signal, name))
            except (ProcessLookupError, PermissionError):  # only its zombie is left
                return

    def _await_end(self) -> None:
        if hasattr(os, "waitid"):
            # Not reaped yet: the group's number is still ours, and what is left in it can go.
            os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
            self.kill()
            with self._lock:
                returncode = self._process.wait()
        else:
            returncode = self._process.wait()
        for thread in self._readers:
            # A stranger that left the group may hold our pipe open for ever.
            thread.join(_PIPE_DRAIN_S)
        self.close_stdin()
        self._ended.set()
        self._on_exit(returncode)

    def _read_stdout(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        with stream:
            for line in bounded_lines(stream):
                self._on_line(line)

    def _read_stderr(self) -> None:
        stream = self._process.stderr
        assert stream is not None
        if hasattr(select, "poll"):
            while _is_readable(stream, wait=True) and self._take_stderr():
                pass
        else:
            while chunk := os.read(stream.fileno(), _CHUNK_BYTES):
                self._log.write(chunk)
        with self._log_lock:
            stream.close()

    def _take_stderr(self, *, at_most: int = 1) -> bool:
        """Put what lies in the pipe into the log, that many chunks; False at the pipe's end."""
        stream = self._process.stderr
        assert stream is not None
        with self._log_lock:
            for _ in range(at_most):
                if stream.closed or not _is_readable(stream, wait=False):
                    return True
                chunk = os.read(stream.fileno(), _CHUNK_BYTES)
                self._log.write(chunk)
                if not chunk:
                    return False
        return True


def bounded_lines(stream: IO[bytes], limit: int = MAX_LINE_BYTES) -> Iterator[bytes]:
    """Yield lines; of one longer than `limit` bytes its first limit + 1 bytes, the rest dropped."""
    while line := stream.readline(limit + 1):
        rest = line
        while not rest.endswith(b"\n") and rest:
            rest = stream.readline(limit + 1)
        yield line


def _is_readable(stream: IO[bytes], *, wait: bool) -> bool:
    poll = select.poll()
    poll.register(stream.fileno(), select.POLLIN)
    return bool(poll.poll(None if wait else 0))


def _close(stream: IO[bytes] | None) -> None:
    if stream is None:
        return
    try:
        stream.close()
    except OSError:  # what was not yet written cannot be: the reader is gone
        return
