"""Which models work for the open project: promoting one, and going back to the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spinegui.gui.language import tr
from spinegui.storage.model_manifest import ROLES, ModelStoreError

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace
    from spinegui.storage.model_store import ModelInfo, ModelStore


@dataclass(frozen=True, slots=True)
class WayBack:
    """For these roles, the model before the one that is active."""

    roles: tuple[str, ...]
    active: ModelInfo
    earlier: ModelInfo


class Models:
    """The model store as the open project sees it; the project's own choice comes first."""

    def __init__(self, workspace: Workspace, notices: Notices, store: ModelStore) -> None:
        self._workspace = workspace
        self._notices = notices
        self.store = store

    def active(self, role: str) -> ModelInfo:
        """Return the model that works for this role. Raises ModelStoreError."""
        document = self._workspace.document
        sha = document.active_models.get(role) if document else None
        return self.store.get(sha) if sha is not None else self.store.active(role)

    def is_active(self, model: ModelInfo) -> tuple[str, ...]:
        """Return the roles that a model fills now."""
        try:
            return tuple(role for role in model.roles if self.active(role).sha == model.sha)
        except ModelStoreError:  # the active one is gone; then it is not this one
            return ()

    def promote(self, model: ModelInfo) -> bool:
        """Let a model work from now on, here and in the project; says how to go back."""
        try:
            before = {role: self.active(role) for role in model.roles}
            self.store.promote(model.sha)
        except (OSError, ModelStoreError) as err:
            self._notices.error(tr("The model could not be promoted"), str(err))
            return False
        self._record(dict.fromkeys(model.roles, model.sha))
        self._notices.toast(
            tr("{name} is active now.", name=model.name),
            tr("Go back"),
            lambda: self._go_back(before),
        )
        return True

    def ways_back(self) -> tuple[WayBack, ...]:
        """Return where one can go back to; roles that changed together go back together."""
        found: dict[tuple[str, str], WayBack] = {}
        for role in ROLES:
            try:
                active, earlier = self.store.active(role), self.store.earlier(role)
            except (OSError, ModelStoreError):
                continue
            if earlier is not None and earlier.sha != active.sha:
                key = active.sha, earlier.sha
                roles = found[key].roles if key in found else ()
                found[key] = WayBack((*roles, role), active, earlier)
        return tuple(found.values())

    def roll_back(self, roles: tuple[str, ...]) -> None:
        """Let the models before the active ones of these roles work again."""
        try:
            earlier = {role: self.store.rollback(role) for role in roles}
        except (OSError, ModelStoreError) as err:
            self._notices.error(tr("There is no earlier model"), str(err))
            return
        self._record({role: model.sha for role, model in earlier.items()})
        names = tr(" and ").join(dict.fromkeys(model.name for model in earlier.values()))
        self._notices.toast(tr("{names} is active again.", names=names))

    def import_file(self, path: Path) -> ModelInfo | None:
        try:
            return self.store.import_file(path)
        except (OSError, ModelStoreError) as err:
            self._notices.error(tr("The model could not be imported"), str(err))
            return None

    def export(self, model: ModelInfo, path: Path) -> None:
        try:
            self.store.export(model.sha, path, overwrite=True)
        except (OSError, ModelStoreError) as err:
            self._notices.error(tr("The model could not be exported"), str(err))
        else:
            self._notices.toast(tr("{name} is in {path}.", name=model.name, path=path))

    def delete(self, model: ModelInfo) -> None:
        try:
            self.store.delete(model.name)
        except (OSError, ModelStoreError) as err:
            self._notices.error(tr("The model could not be deleted"), str(err))

    def _go_back(self, before: dict[str, ModelInfo]) -> None:
        try:
            for role, model in before.items():
                self.store.promote(model.sha, [role])
        except (OSError, ModelStoreError) as err:
            self._notices.error(tr("The earlier model could not be brought back"), str(err))
            return
        self._record({role: model.sha for role, model in before.items()})
        names = tr(" and ").join(dict.fromkeys(model.name for model in before.values()))
        self._notices.toast(tr("{names} is active again.", names=names))

    def _record(self, chosen: dict[str, str]) -> None:
        document = self._workspace.document
        if document is not None:
            document.choose_models(chosen)
