"""A projection of a large stack in the status bar: how far it is, how long it takes, Cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from typing_extensions import override

from spinegui.gui.background import Task
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.workspace import Workspace


class _Projection(Task[None]):
    """Stands for work on the loader's thread; giving it up is to want something else."""

    def __init__(self, give_up: Callable[[], object]) -> None:
        super().__init__(tr("Projecting the slices"), lambda _task: None)
        self._give_up = give_up

    @override
    def cancel(self) -> None:
        super().cancel()
        self._give_up()


class ProjectionProgress(QObject):
    """Lets the status bar tell of the projection that runs, if one does."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._task: _Projection | None = None
        loader = workspace.loader
        loader.projecting.connect(self._on_projecting)
        loader.settled.connect(self._end)
        loader.abandoned.connect(self._end)

    def _on_projecting(self, done: int, total: int) -> None:
        if self._task is None:
            self._task = _Projection(self._give_up)
            self._workspace.background.started.emit(self._task)
        self._task.progressed.emit(done, total, "")

    def _give_up(self) -> None:
        """Go back to the slice: what was asked for before is then not wanted any more."""
        self._workspace.view_state.update(is_projected=False)

    def _end(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.finished.emit()
            task.deleteLater()
