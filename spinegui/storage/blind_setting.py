"""The blind sessions that are not ended yet, as the project remembers them, one a rater."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.domain.blind import BlindSession

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spinegui.storage.items_json import Json
    from spinegui.storage.project import Project

BLIND_SETTING = "blind_sessions"


def stored_sessions(project: Project) -> dict[str, BlindSession]:
    """Return the open session of each rater who has one. Blocks; raises ProjectError.

    Read before anything is shown: a session that a restart lifted would be no longer blind.
    """
    stored = project.get_setting(BLIND_SETTING).result()
    if not isinstance(stored, dict):
        return {}
    return {
        rater: BlindSession(rater, str(entry["since"]), bool(entry.get("hides_names")))
        for rater, entry in stored.items()
        if isinstance(entry, dict) and entry.get("since")
    }


def sessions_to_json(sessions: Mapping[str, BlindSession]) -> Json:
    """Return the sessions as the setting's JSON value."""
    return {
        rater: {"since": session.since, "hides_names": session.hides_names}
        for rater, session in sessions.items()
    }
