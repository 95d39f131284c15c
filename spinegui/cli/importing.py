"""spinegui import: another program's annotations into a project, as one undoable edit."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.cli.console import UsageError, check_folder
from spinegui.cli.project import new_id, open_project
from spinegui.imaging.opening import image_ref
from spinegui.imaging.source import ImageReadError
from spinegui.storage.exchange.coco import CocoError
from spinegui.storage.exchange.coco_import import ImportTarget, import_coco
from spinegui.storage.exchange.project_content import keep_carried
from spinegui.storage.rows import now

if TYPE_CHECKING:
    import argparse

    from spinegui.cli.console import Console
    from spinegui.domain.image_ref import ImageRef
    from spinegui.storage.exchange.coco_import import CocoImport
    from spinegui.storage.project import Project

HELP = "bring annotations of another program into a project"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, metavar="PROJECT.spine", help="made if missing")
    parser.add_argument("file", type=Path, metavar="FILE_OR_DIR")
    parser.add_argument("--format", choices=("coco",), default="coco")
    parser.add_argument(
        "--images", type=Path, metavar="DIR", help="where the images lie (default: beside the file)"
    )


def run(options: argparse.Namespace, console: Console) -> None:
    """Import; a file that cannot be read leaves the project as it was."""
    file = _dataset_file(options.file)
    images: Path = options.images or file.parent
    check_folder(images, "--images")
    is_new = not options.project.exists()
    try:
        with open_project(options.project, "own", create=True) as project:
            found = import_file(project, file, images, console)
    except UsageError:
        if is_new:
            options.project.unlink(missing_ok=True)
        raise
    console.say(f"{found.n_detections} spines imported, {found.skipped} were there already.")
    console.result(
        {
            "imported": found.n_detections,
            "skipped": found.skipped,
            "new_images": len(found.images),
        }
    )


def _dataset_file(path: Path) -> Path:
    """Return the file meant: in a folder, the one JSON file there that may be a dataset."""
    if path.is_file():
        return path
    if not path.is_dir():
        raise UsageError(f"{path} does not exist. Check the name.")
    found = [file for file in sorted(path.glob("*.json")) if _is_dataset(file)]
    if len(found) != 1:
        names = ", ".join(file.name for file in found) or "none"
        raise UsageError(f"{path} holds {len(found)} COCO files ({names}). Name the file itself.")
    return found[0]


def _is_dataset(file: Path) -> bool:
    try:
        data = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and {"images", "annotations"} <= data.keys()


def import_file(project: Project, file: Path, images: Path, console: Console) -> CocoImport:
    """Bring a COCO file into a project. Raises UsageError, ProjectError."""
    snapshot = project.snapshot().result()
    with console.progress(f"Reading the images of {file.name}") as step:
        count = itertools.count(1)

        def describe(path: Path, image_id: str) -> ImageRef:
            ref = image_ref(path, image_id=image_id)
            step(next(count), 0, ref.name)
            return ref

        target = ImportTarget(
            images=snapshot.images,
            annotations=snapshot.annotations,
            image_ref=describe,
            new_id=new_id,
            at=now(),
            label_set=snapshot.label_set,
        )
        try:
            found = import_coco(file, images, target)
        except (CocoError, ImageReadError) as err:
            raise UsageError(str(err)) from err
    if found.images:
        project.add_images(found.images).result()
    project.set_label_set(found.label_set).result()
    keep_carried(project, found.carried)
    if found.edit.changes:
        project.commit(found.edit).result()
    return found
