"""What the system says about processes: which ports they listen on. Linux only."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

LISTEN = "0A"


def listening_ports(pid: int) -> list[int]:
    """Return the TCP ports that a process listens on."""
    return sorted(
        port for inode, port in _listening_sockets(pid).items() if inode in _sockets_of(pid)
    )


def _sockets_of(pid: int) -> set[str]:
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            target = str(descriptor.readlink())
            if target.startswith("socket:["):
                found.add(target.removeprefix("socket:[").removesuffix("]"))
    return found


def _listening_sockets(pid: int) -> dict[str, int]:
    found = {}
    for table in ("tcp", "tcp6"):
        path = Path(f"/proc/{pid}/net/{table}")
        if not path.exists():
            continue
        for line in path.read_text("ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTEN:
                found[fields[9]] = int(fields[1].rpartition(":")[2], 16)
    return found
