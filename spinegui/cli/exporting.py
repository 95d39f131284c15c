"""spinegui export: the corrected dataset in another program's format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.cli.console import UsageError, check_output, not_writable
from spinegui.cli.project import open_project
from spinegui.storage.exchange.coco_export import export_coco
from spinegui.storage.exchange.project_content import content_of
from spinegui.storage.exchange.table import export_table

if TYPE_CHECKING:
    import argparse

    from spinegui.cli.console import Console

HELP = "write a project's corrected dataset"
WRITERS = {"coco": export_coco, "csv": export_table}
NAMED = ("coco", "yolo", "voc", "csv", "parquet", "imagej", "cvat", "crops", "masks", "figure")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, metavar="PROJECT.spine")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="OUT")
    parser.add_argument("--format", required=True, choices=NAMED)
    parser.add_argument("--overwrite", action="store_true", help="replace an existing output")


def run(options: argparse.Namespace, console: Console) -> None:
    """Export what the project holds now; it may be open in a window meanwhile."""
    write = WRITERS.get(options.format)
    if write is None:
        usable = " or ".join(WRITERS)
        raise UsageError(f"This version does not write {options.format} yet. Use {usable}.")
    check_output(options.output, overwrite=options.overwrite)
    with open_project(options.project, "read_only") as project:
        content = content_of(project)
    try:
        write(content, options.output, overwrite=options.overwrite)
    except FileExistsError as err:
        raise UsageError(f"{err} Choose another name or add --overwrite.") from err
    except OSError as err:
        raise not_writable(options.output, err) from err
    count = sum(len(content.detections(image)) for image in content.images)
    console.say(f"{count} spines on {len(content.images)} images: {options.output}")
    console.result({"output": str(options.output), "images": len(content.images), "spines": count})
