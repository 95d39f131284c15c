"""How many raters must agree for a consensus, as the project remembers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.domain.consensus import Quorum

if TYPE_CHECKING:
    from spinegui.storage.items_json import Json
    from spinegui.storage.project import Project

QUORUM_SETTING = "quorum"


def stored_quorum(project: Project) -> Quorum | None:
    """Return the quorum that is applied, None where none is. Blocks; raises ProjectError."""
    stored = project.get_setting(QUORUM_SETTING).result()
    return Quorum(stored) if isinstance(stored, int) and stored >= 1 else None


def quorum_to_json(quorum: Quorum | None) -> Json:
    """Return the setting's JSON value."""
    return None if quorum is None else quorum.votes
