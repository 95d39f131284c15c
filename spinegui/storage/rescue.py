"""The rescue journal: where edits go that the project no longer takes from this session."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spinegui.domain.edits import Change, Edit
from spinegui.storage.errors import ProjectError
from spinegui.storage.items_json import canonical, item_from_json, item_to_json
from spinegui.storage.places import data_folder
from spinegui.storage.rows import now

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.domain.edits import Item


@dataclass(frozen=True, slots=True)
class RescuedEdit:
    """An edit that was made but not saved in its project; `kind` is "do", "undo" or "redo"."""

    edit: Edit
    kind: str
    user: str
    at: str


class RescueJournal:
    """Keeps edits in a text file of one JSON object a line, each on the disk before it returns.

    The file lies beside the project, or in the user's data folder where that cannot be written to.
    """

    def __init__(self, project: Path, session: str, *, fallback: Path | None = None) -> None:
        name = f"{project.stem}.rescue-{session}.jsonl"
        spare = data_folder() / "rescue" if fallback is None else fallback
        self._last: tuple[tuple[Edit, str], Path] | None = None
        self._places = (project.with_name(name), spare / name)

    def append(self, edit: Edit, *, kind: str, user: str) -> Path | None:
        """Keep one edit; return where, or None where no place could be written to.

        The edit kept last is not kept twice: who tries again to save sends it again.
        """
        if self._last is not None and self._last[0] == (edit, kind):
            return self._last[1]
        line = canonical(
            {
                "title": edit.title,
                "kind": kind,
                "user": user,
                "at": now(),
                "changes": [
                    [change.item.kind, _text(change.before), _text(change.after)]
                    for change in edit.changes
                ],
            }
        )
        for place in self._places:
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                with place.open("a", encoding="ascii") as stream:
                    stream.write(line + "\n")
                    stream.flush()
                    os.fsync(stream.fileno())
            except OSError:
                continue
            self._last = ((edit, kind), place)
            return place
        return None


def read_rescue(path: Path) -> list[RescuedEdit]:
    """Return the edits of a rescue journal, in order; a last line cut short is left out.

    Raises ProjectError for a file that is none.
    """
    try:
        lines = path.read_text("ascii").split("\n")
        return [_read(json.loads(line)) for line in lines[:-1]]
    except (OSError, ValueError, KeyError, TypeError) as err:
        raise ProjectError(
            f"{path.name} could not be read as a rescue journal. Choose a .jsonl file that "
            "spinegui wrote."
        ) from err


def _text(item: Item | None) -> str | None:
    return None if item is None else item_to_json(item)


def _read(fields: dict[str, Any]) -> RescuedEdit:
    changes = tuple(
        Change(
            None if before is None else item_from_json(kind, before),
            None if after is None else item_from_json(kind, after),
        )
        for kind, before, after in fields["changes"]
    )
    return RescuedEdit(Edit(fields["title"], changes), fields["kind"], fields["user"], fields["at"])
