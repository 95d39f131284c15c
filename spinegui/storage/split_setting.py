"""Which images of a project train and which are held out, as the project remembers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.domain.split import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spinegui.storage.project import Project

SPLIT_SETTING = "split"


def stored_split(project: Project) -> dict[str, Part]:
    """Return each image's part as far as it was decided. Blocks; raises ProjectError."""
    stored = project.get_setting(SPLIT_SETTING).result()
    if not isinstance(stored, dict):
        return {}
    known = {part.value for part in Part}
    return {image: Part(str(part)) for image, part in stored.items() if part in known}


def keep_split(project: Project, parts: Mapping[str, Part]) -> None:
    """Remember each image's part. Blocks; raises ProjectError."""
    project.set_setting(SPLIT_SETTING, {k: part.value for k, part in parts.items()}).result()
