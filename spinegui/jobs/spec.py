"""A job is a folder: `job.json` says what to do and seals every input file by its hash.

Inputs lie in the folder when it is sealed; the worker writes below `result/` only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from spinegui.storage.files import sha256_of, write_whole
from spinegui.storage.strict_json import Fields, load_strict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SPEC_NAME = "job.json"
RESULT_NAME = "result"
LOG_NAME = "worker.log"
_FORMAT = 1


class JobSpecError(Exception):
    """A job folder is not what was sealed; the text says what happened and what to do."""


class JobKind(StrEnum):
    """What a worker can be asked to do."""

    DETECT = "detect"
    CLASSIFY = "classify"
    TRAIN = "train"
    SHAFTS = "shafts"


@dataclass(frozen=True, slots=True)
class JobSpec:
    """What to do. `payload` is the JSON object of the dataclass in `payloads` for that kind."""

    job_id: str
    kind: JobKind
    payload: Mapping[str, Any]


def seal(folder: Path, spec: JobSpec) -> None:
    """Write `job.json` with the hash of every file in the folder; the folder is made if absent.

    Raises OSError where the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    inputs = {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _is_input(path.relative_to(folder))
    }
    data = {
        "format": _FORMAT,
        "job_id": spec.job_id,
        "kind": spec.kind.value,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "payload": dict(spec.payload),
        "sha256": inputs,
    }
    write_whole(folder / SPEC_NAME, json.dumps(data, indent=1, allow_nan=False))


def read_spec(folder: Path, *, verify: bool = True) -> JobSpec:
    """Return what a sealed folder asks for, after checking the hash of every input.

    With `verify=False` the inputs are not read. Raises JobSpecError.
    """
    try:
        data = Fields.of(load_strict(folder / SPEC_NAME), SPEC_NAME)
        if data.whole("format") != _FORMAT:
            raise JobSpecError(
                f"The job in {folder} was made by another version of spinegui. "
                "Start it again from the window or the command line."
            )
        sealed = Fields.of(data.values.get("sha256"), "sha256").values
        payload = Fields.of(data.values.get("payload"), "payload").values
        spec = JobSpec(data.text("job_id"), JobKind(data.text("kind")), payload)
    except (OSError, ValueError) as err:
        raise JobSpecError(
            f"The job in {folder} cannot be read ({err}). "
            "Start it again from the window or the command line."
        ) from err
    if verify:
        _verify(folder, sealed)
    return spec


def _is_input(relative: Path) -> bool:
    return relative.parts[0] not in {SPEC_NAME, RESULT_NAME, LOG_NAME}


def _verify(folder: Path, sealed: Mapping[str, object]) -> None:
    for name, expected in sealed.items():
        inside = PurePosixPath(name)
        # A job from elsewhere must not make us read files outside its folder.
        if inside.is_absolute() or ".." in inside.parts or "\\" in name or ":" in name:
            raise JobSpecError(
                f"The job in {folder} names a file outside its folder ({name}). "
                "It was not run; make the job again."
            )
        try:
            found = sha256_of(folder / inside)
        except OSError as err:
            raise JobSpecError(
                f"{name} is missing from the job in {folder}. Start the job again."
            ) from err
        if found != expected:
            raise JobSpecError(
                f"{name} in {folder} was changed after the job was made. Start the job again."
            )
