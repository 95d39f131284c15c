"""Small file habits of this room: whole files or none, and what a file's bytes hash to."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

_BLOCK_BYTES = 1 << 20


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as hex, read in blocks; raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def write_whole(path: Path, data: bytes | str, *, overwrite: bool = True) -> None:
    """Write a file so that a reader sees the old bytes or all the new ones, never a part.

    Raises FileExistsError where it exists and may not be replaced, OSError where writing fails
    (the old file is then as it was).
    """
    if not overwrite and path.exists():
        raise FileExistsError(f"{path} exists already.")
    raw = data.encode() if isinstance(data, str) else data
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        _give_usual_mode(name)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    sync_folder(path.parent)


def _give_usual_mode(name: str) -> None:
    # mkstemp makes files private to the user; an export in a shared folder should not be.
    mask = os.umask(0)
    os.umask(mask)
    Path(name).chmod(0o666 & ~mask)


def sync_folder(folder: Path) -> None:
    """Make a rename in that folder durable, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        pass  # some network file systems refuse; the rename itself stands
    finally:
        os.close(handle)
