"""Reading and writing what a project holds besides its log: images, items, settings, jobs."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from spinegui.domain.annotation import Annotation, ImageChannel, ImageState, ReviewedRegion
from spinegui.domain.detection import Detection
from spinegui.domain.image_ref import Calibration
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.storage import edit_log
from spinegui.storage.errors import ProjectDamagedError, ProjectError
from spinegui.storage.hash_chain import ZERO
from spinegui.storage.items_json import (
    Json,
    canonical,
    image_from_json,
    image_to_json,
    item_from_json,
    labels_from_json,
)
from spinegui.storage.rows import JobEventRow, JobRow, ProjectSnapshot, now, put

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from spinegui.domain.edits import Item
    from spinegui.domain.image_ref import ImageRef

LABEL_SET = "label_set"
"""The setting that holds a project's own classes."""


def snapshot(db: sqlite3.Connection, folder: Path) -> ProjectSnapshot:
    """Return the project as it stands; ProjectDamagedError where a row cannot be read."""
    try:
        images = read_images(db, folder)
        labels = get_setting(db, LABEL_SET)
        return ProjectSnapshot(
            images,
            read_annotations(db, [ref.id for ref in images]),
            SPINE_CLASSES if labels is None else labels_from_json(labels),
            edit_log.history(db),
            dict(db.execute("SELECT role, sha FROM active_model")),
            db.execute("SELECT seq FROM head").fetchone()[0],
        )
    except ValueError as err:
        raise ProjectDamagedError(
            f"The project is damaged ({err}). Restore one of its backups."
        ) from err


def read_annotations(db: sqlite3.Connection, image_ids: Sequence[str]) -> Mapping[str, Annotation]:
    """Return the annotation of every image, empty ones included; ValueError where damaged."""
    by_image: dict[str, list[Item]] = {image_id: [] for image_id in image_ids}
    for image_id, kind, text in db.execute("SELECT image_id, kind, json FROM item"):
        by_image.setdefault(image_id, []).append(item_from_json(kind, text))
    return MappingProxyType({i: _annotation(i, items) for i, items in by_image.items()})


def _annotation(image_id: str, items: Sequence[Item]) -> Annotation:
    def of(kind: type) -> dict[str, Item]:
        return {item.id: item for item in items if isinstance(item, kind)}

    return Annotation(
        image_id,
        MappingProxyType(cast("dict[str, Detection]", of(Detection))),
        MappingProxyType(cast("dict[str, ReviewedRegion]", of(ReviewedRegion))),
        cast("ImageState | None", of(ImageState).get(image_id)),
        cast("Calibration | None", of(Calibration).get(image_id)),
        cast("ImageChannel | None", of(ImageChannel).get(image_id)),
    )


def add_images(db: sqlite3.Connection, refs: Sequence[ImageRef], folder: Path) -> None:
    """Append images; ProjectError for an id that is there already."""
    (last,) = db.execute("SELECT COALESCE(MAX(position), -1) FROM image").fetchone()
    for position, ref in enumerate(refs, last + 1):
        if db.execute("SELECT 1 FROM image WHERE id = ?", (ref.id,)).fetchone():
            raise ProjectError(f"{ref.name} is in this project already. Nothing was added.")
        text = image_to_json(*_placed(ref, Path(ref.path), folder))
        put(db, "image", {"id": ref.id, "position": position, "json": text})
        db.execute("INSERT INTO checksum VALUES (?, ?)", (ref.id, ZERO))


def relink_image(db: sqlite3.Connection, image_id: str, path: Path, folder: Path) -> None:
    """Point an image at another place; ProjectError for an image that is not there."""
    query = "SELECT position, json FROM image WHERE id = ?"
    found = db.execute(query, (image_id,)).fetchone()
    if found is None:
        raise ProjectError(f"The image {image_id} is not part of this project. Add it first.")
    ref, _ = image_from_json(found[1])
    text = image_to_json(*_placed(ref, path, folder))
    put(db, "image", {"id": image_id, "position": found[0], "json": text})


def _placed(ref: ImageRef, path: Path, folder: Path) -> tuple[ImageRef, str | None]:
    path = path.absolute()
    try:
        relative = Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        relative = None
    return replace(ref, path=str(path)), relative


def read_images(db: sqlite3.Connection, folder: Path) -> tuple[ImageRef, ...]:
    """Return the images in order, each looked for beside the project first, then where it was."""
    found = []
    for (text,) in db.execute("SELECT json FROM image ORDER BY position"):
        ref, relative = image_from_json(text)
        beside = None if relative is None else Path(os.path.normpath(folder / relative))
        # os.path: a folder that may not be looked into holds nothing, and is no error.
        moved = beside is not None and str(beside) != ref.path and os.path.exists(beside)  # noqa: PTH110
        found.append(replace(ref, path=str(beside)) if moved else ref)
    return tuple(found)


def get_setting(db: sqlite3.Connection, key: str) -> Json:
    """Return a project-wide setting, None where it was never set."""
    found = db.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    return None if found is None else cast("Json", json.loads(found[0]))


def set_setting(db: sqlite3.Connection, key: str, value: Json) -> None:
    put(db, "setting", {"key": key, "value": canonical(value)})


def put_job(db: sqlite3.Connection, job: JobRow) -> None:
    """Add a job or replace what is remembered of it."""
    put(
        db,
        "job",
        {
            "id": job.id,
            "kind": job.kind,
            "state": job.state,
            "created": job.created,
            "updated": job.updated,
            "folder": job.folder,
            "pid": job.pid,
            "detail": canonical(job.detail),
        },
    )


def read_jobs(db: sqlite3.Connection) -> list[JobRow]:
    """Return the jobs, oldest first."""
    found = db.execute(
        "SELECT id, kind, state, created, updated, folder, pid, detail FROM job "
        "ORDER BY created, id"
    )
    return [replace(JobRow(*row[:7]), detail=json.loads(row[7])) for row in found]


def add_job_event(db: sqlite3.Connection, job_id: str, event: Mapping[str, Json]) -> int:
    """Append what a job said and return its number within the job."""
    query = "SELECT COALESCE(MAX(seq), 0) + 1 FROM job_event WHERE job_id = ?"
    seq: int = db.execute(query, (job_id,)).fetchone()[0]
    text = canonical(dict(event))
    put(db, "job_event", {"job_id": job_id, "seq": seq, "at": now(), "event": text})
    return seq


def read_job_events(db: sqlite3.Connection, job_id: str) -> list[JobEventRow]:
    """Return what a job said, in order."""
    query = "SELECT seq, at, event FROM job_event WHERE job_id = ? ORDER BY seq"
    return [JobEventRow(s, at, json.loads(text)) for s, at, text in db.execute(query, (job_id,))]
