"""An open project as exports read it, and what imports leave in it for later exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from spinegui.storage.exchange.content import Carried, Content
from spinegui.storage.quorum_setting import stored_quorum
from spinegui.storage.rows import now

if TYPE_CHECKING:
    from spinegui.storage.items_json import Json
    from spinegui.storage.project import Project

CARRIED_SETTING = "carried"


def content_of(project: Project) -> Content:
    """Return what is saved in a project, whole and of one moment. Blocks; raises ProjectError."""
    snapshot = project.snapshot().result()
    return Content(
        project=project.path.name,
        seq=snapshot.seq,
        at=now(),
        images=snapshot.images,
        annotations=snapshot.annotations,
        label_set=snapshot.label_set,
        carried=carried_of(project),
        quorum=stored_quorum(project),
    )


def carried_of(project: Project) -> Carried:
    """Return what earlier imports left, nothing where it cannot be read. Blocks."""
    stored = project.get_setting(CARRIED_SETTING).result()
    try:
        return Carried.from_json(stored) if stored is not None else Carried()
    except ValueError:
        return Carried()


def keep_carried(project: Project, newer: Carried) -> None:
    """Merge what an import brought with what is there. Blocks; raises ProjectError."""
    merged = carried_of(project).merged(newer)
    project.set_setting(CARRIED_SETTING, cast("Json", merged.to_json())).result()
