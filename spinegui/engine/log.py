"""What a worker writes to stderr: kept in a file beside its job, and its end in memory."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TAIL_BYTES = 16_384
_FILE_LIMIT_BYTES = 4 << 20


class WorkerLog:
    """Takes bytes from the reader thread; a babbling library fills neither disk nor memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tail = b""
        self._path: Path | None = None
        self._room = 0

    def follow(self, path: Path | None) -> None:
        """From now on append to that file, None for memory only; the tail starts empty."""
        with self._lock:
            self._path = path
            self._room = _FILE_LIMIT_BYTES
            self._tail = b""

    def write(self, chunk: bytes) -> None:
        with self._lock:
            self._tail = (self._tail + chunk)[-_TAIL_BYTES:]
            if self._path is None or self._room <= 0:
                return
            kept = chunk[: self._room]
            self._room -= len(kept)
            try:
                with self._path.open("ab") as file:
                    file.write(kept)
            except OSError:  # a full disk must not end the reading: the pipe would fill and block
                self._path = None

    @property
    def tail(self) -> str:
        """The last 16 kB."""
        with self._lock:
            return self._tail.decode(errors="replace")
