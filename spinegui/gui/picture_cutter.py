"""Cuts pictures of spots beside the window; only those asked for last are still wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from spinegui.gui.spots import Picture, Spot, cut_pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spinegui.gui.background import Task
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace

Cut: TypeAlias = "tuple[Sequence[Spot], list[Picture]]"


class PictureCutter:
    """Called with spots and with what to do with their pictures."""

    def __init__(self, workspace: Workspace, notices: Notices) -> None:
        self._workspace = workspace
        self._notices = notices
        self._cutting: Task[Cut] | None = None

    def __call__(self, spots: Sequence[Spot], then: Callable[[Cut], object]) -> None:
        if self._cutting is not None:
            self._cutting.cancel()

        def work(task: Task[Cut]) -> Cut:
            return spots, cut_pictures(spots, task)

        self._cutting = self._workspace.background.start(
            "Cutting pictures",
            work,
            then,
            lambda error: self._notices.error("The pictures could not be cut", str(error)),
        )
