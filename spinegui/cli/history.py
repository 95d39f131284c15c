"""spinegui log: who changed what, and when."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.cli.console import UsageError
from spinegui.cli.project import open_project

if TYPE_CHECKING:
    import argparse

    from spinegui.cli.console import Console

HELP = "show a project's edit history"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, metavar="PROJECT.spine")
    parser.add_argument("--image", metavar="NAME", help="only what concerns this image")


def run(options: argparse.Namespace, console: Console) -> None:
    """Write one line an edit, oldest first; with --json, one object a change."""
    with open_project(options.project, "read_only") as project:
        images = {ref.id: ref.name for ref in project.snapshot().result().images}
        wanted: list[str | None] = [None]
        if options.image is not None:
            # Files of one name may lie in several folders.
            wanted = [key for key, name in images.items() if name == options.image]
            if not wanted:
                raise UsageError(f"The project has no image {options.image}. Check the name.")
        rows = [row for image_id in wanted for row in project.log(image_id).result()]
    rows.sort(key=lambda row: row.seq)
    for (seq, at), group in groupby(rows, key=lambda row: (row.seq, row.at)):
        changes = list(group)
        first = changes[0]
        names = dict.fromkeys(images.get(c.image_id or "", "") for c in changes)
        where = ", ".join(name for name in names if name)
        kind = "" if first.kind == "do" else f" ({first.kind})"
        console.show(
            f"{seq:>6}  {at[:19].replace('T', ' ')}  {first.user}  {first.title}{kind}  {where}"
        )
    console.result([asdict(row) for row in rows])
