"""Where a training's checkpoints lie, and which one an interrupted training goes on from."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from spinegui.jobs.results import result_dir
from spinegui.jobs.spec import SPEC_NAME
from spinegui.storage.files import sha256_of, write_whole
from spinegui.storage.strict_json import Fields, load_strict

if TYPE_CHECKING:
    from pathlib import Path

CHECKPOINT_NAME = "checkpoint"
_RECORD = "last.json"


class DamagedCheckpointError(Exception):
    """The checkpoint of a job is not what was written; the text says what happened."""


def checkpoint_dir(job_dir: Path) -> Path:
    """Return the folder of a job's checkpoints."""
    return result_dir(job_dir) / CHECKPOINT_NAME


def note_checkpoint(job_dir: Path, checkpoint: Path) -> None:
    """Remember that the training of this folder can go on from that file. Raises OSError.

    The file lies in the job's checkpoint folder. Its hash and that of the sealed job are kept, so
    that neither half a file nor another job's passes for it.
    """
    folder = checkpoint_dir(job_dir)
    record = {
        "file": checkpoint.relative_to(folder).as_posix(),
        "sha256": sha256_of(checkpoint),
        "job_sha256": sha256_of(job_dir / SPEC_NAME),
    }
    write_whole(folder / _RECORD, json.dumps(record, indent=1))


def can_resume(job_dir: Path) -> bool:
    """Tell whether a checkpoint of this very job is there; its bytes are not read."""
    try:
        return _find(job_dir) is not None
    except DamagedCheckpointError:
        return False


def last_checkpoint(job_dir: Path) -> Path | None:
    """Return the checkpoint noted last, its bytes verified; None where there is none.

    Raises DamagedCheckpointError.
    """
    found = _find(job_dir)
    if found is None:
        return None
    path, expected = found
    try:
        is_whole = sha256_of(path) == expected
    except OSError as err:
        raise DamagedCheckpointError(
            f"The checkpoint cannot be read ({err.strerror or err})."
        ) from err
    if not is_whole:
        raise DamagedCheckpointError("The checkpoint is not the file that was written.")
    return path


def forget_checkpoints(job_dir: Path) -> None:
    """Remove the checkpoints of a job that is over."""
    shutil.rmtree(checkpoint_dir(job_dir), ignore_errors=True)


def _find(job_dir: Path) -> tuple[Path, str] | None:
    """Return the checkpoint noted last and its hash. Raises DamagedCheckpointError."""
    folder = checkpoint_dir(job_dir)
    if not (folder / _RECORD).exists():
        return None
    try:
        record = Fields.of(load_strict(folder / _RECORD), "The record of the checkpoint")
        path = folder / record.text("file")
        if record.text("job_sha256") != sha256_of(job_dir / SPEC_NAME):
            raise DamagedCheckpointError("The checkpoint belongs to another training.")
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
            raise DamagedCheckpointError("The checkpoint is missing.")
        return path, record.text("sha256")
    except (OSError, ValueError) as err:
        raise DamagedCheckpointError(f"The record of the checkpoint is damaged ({err}).") from err
