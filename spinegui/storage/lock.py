"""The lock file beside a project: who has it open, and whether that process still lives."""

from __future__ import annotations

import json
import os
import socket
import sys
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from spinegui.storage.errors import ProjectLockedError, ProjectReadOnlyError
from spinegui.storage.rows import now

if TYPE_CHECKING:
    from typing import Self


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a project open. `started` tells a process from a later one with its number."""

    pid: int
    host: str
    user: str
    token: str
    since: str
    started: str | None

    @override
    def __str__(self) -> str:
        since = self.since[:16].replace("T", " ")
        return f"another window of {self.user} on {self.host} since {since} (process {self.pid})"

    @classmethod
    def this_process(cls, user: str) -> Self:
        """Return a new holder, with a token of its own, for the calling process."""
        pid, token = os.getpid(), uuid.uuid4().hex
        return cls(pid, socket.gethostname(), user, token, now(), _started(pid))

    @property
    def is_gone(self) -> bool:
        """Whether it surely runs no more; of another computer that cannot be known."""
        if self.host != socket.gethostname():
            return False
        if not _is_running(self.pid):
            return True
        started = _started(self.pid)
        return None not in (self.started, started) and self.started != started


def lock_path(project: Path) -> Path:
    return project.with_name(f"{project.name}.lock")


def read_holder(project: Path) -> Holder | None:
    """Return who the lock file names, None where there is no lock or it cannot be read."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        fields = json.loads(lock_path(project).read_text("utf-8"))
        if isinstance(fields["pid"], int) and isinstance(fields["host"], str):
            return Holder(**fields)
    return None


def acquire(project: Path, holder: Holder, *, force: bool = False) -> None:
    """Write the lock file for `holder`.

    The caller holds SQLite's write lock on the project, so two processes cannot both find a stale
    lock and both take it. Raises ProjectLockedError where another holder lives, or may live, unless
    `force`; ProjectReadOnlyError where the folder cannot be written to.
    """
    path = lock_path(project)
    try:
        if path.exists() and not force:
            current = read_holder(project)
            if current is None or not current.is_gone:
                raise ProjectLockedError(project, current)
        _write_durably(path, json.dumps(asdict(holder)))
    except OSError as err:
        raise ProjectReadOnlyError(
            f"{project.name} lies in a folder that cannot be written to. "
            "Open it read-only, or copy it to a folder of your own."
        ) from err


def release(project: Path, holder: Holder) -> None:
    """Remove the lock file if it still names `holder`."""
    current = read_holder(project)
    if current is not None and current.token == holder.token:
        with suppress(OSError):  # the folder is gone: the next opener finds a stale lock
            lock_path(project).unlink()


def _write_durably(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        with draft.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


if sys.platform == "win32":

    def _is_running(pid: int) -> bool:
        # os.kill(pid, 0) would end the process on Windows.
        import ctypes

        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        if not handle:
            return bool(kernel.GetLastError() == 5)  # access denied: it lives, under another user
        code = ctypes.c_ulong()
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.CloseHandle(handle)
        return code.value == 259  # STILL_ACTIVE

else:

    def _is_running(pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except PermissionError:
            return True
        return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    fields = _stat_fields(pid)
    return fields is not None and fields[0] == "Z"


def _started(pid: int) -> str | None:
    """Return boot id and start tick of a process, where the system tells (Linux)."""
    fields = _stat_fields(pid)
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return None if fields is None else f"{boot}:{fields[19]}"
    return None


def _stat_fields(pid: int) -> list[str] | None:
    with suppress(OSError):
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
        # The second field is the program's name in brackets and may hold anything.
        return text.rpartition(")")[2].split()
    return None
