"""Opening and closing a project: read-only or taken over where another window has it."""

from __future__ import annotations

import gc
from collections import deque
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from spinegui.gui.document import Document, SaveState
from spinegui.gui.language import later, tr
from spinegui.storage.blind_setting import stored_sessions
from spinegui.storage.errors import ProjectLockedError, ProjectReadOnlyError
from spinegui.storage.project import Project
from spinegui.storage.quorum_setting import stored_quorum
from spinegui.storage.split_setting import stored_split

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.domain.blind import BlindSession
    from spinegui.domain.consensus import Quorum
    from spinegui.domain.split import Part
    from spinegui.gui.background import Task
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace
    from spinegui.storage.rows import JobRow, ProjectSnapshot

OpenMode = Literal["own", "read_only", "take_over"]
READ_ONLY = later("This project is open read-only: nothing you do here is kept.")


@dataclass(frozen=True)
class _Opened:
    project: Project
    snapshot: ProjectSnapshot
    split: dict[str, Part]
    blind_sessions: dict[str, BlindSession]
    quorum: Quorum | None
    jobs: list[JobRow]


class OpenProject:
    """Opens a project file beside the window, then shows it in place of the one before.

    One at a time: what is asked for while a project is being opened waits until it is there.
    """

    def __init__(
        self,
        workspace: Workspace,
        notices: Notices,
        ask_locked: Callable[[Path, str, Callable[[OpenMode], object]], object],
        offer_interrupted: Callable[[JobRow], object],
    ) -> None:
        self._workspace = workspace
        self._notices = notices
        self._ask_locked = ask_locked
        self._offer_interrupted = offer_interrupted
        self._is_opening = False
        self._waiting: deque[Callable[[], object]] = deque()
        self._unshown: Project | None = None

    def when_ready(self, act: Callable[[], object]) -> None:
        """Do it once no project is being opened: at once, or as soon as it is there."""
        if self._is_opening:
            self._waiting.append(act)
        else:
            act()

    def run(
        self,
        path: Path,
        *,
        mode: OpenMode = "own",
        create: bool = False,
        then: Callable[[], object] | None = None,
    ) -> None:
        """Open (or, with `create`, make) the project; `then` runs once it is shown.

        The project before stays until then: one that cannot be opened costs nothing.
        """
        if self._is_opening:
            self._waiting.append(partial(self.run, path, mode=mode, create=create, then=then))
            return
        if self._is_shown(path):
            if mode == "own" and self._is_healthy():
                if then is not None:
                    then()
                return
            self.close_current()
        self._is_opening = True
        task = self._workspace.background.start(
            tr("Opening {name}", name=path.name),
            partial(self._open, path, mode, create),
            partial(self._show, then),
            partial(self._fail, path, mode, then),
        )
        task.finished.connect(self._on_finished)

    def close_current(self) -> bool:
        """Close the open project; what was shown is on disk or in the rescue copy by then.

        Returns False where something had to go into the rescue copy, which a dialog says.
        """
        rescue: Path | None = None
        document = self._workspace.document
        if document is not None:
            self._workspace.open_document(None)
            rescue = document.close()
            document.deleteLater()
            # What merging put out of the collector's sight goes with its project.
            gc.unfreeze()
            if rescue is not None:
                self._notices.error(
                    tr("The last edits could not be saved"),
                    tr(
                        "They are kept in {rescue}. Free space on the disk or bring the folder "
                        "back, then open the project again.",
                        rescue=rescue,
                    ),
                )
        for key in ("read_only", "save_failed"):
            self._notices.clear_banner(key)
        return rescue is None

    def close_unshown(self) -> None:
        """Close a project that was opened too late to be shown."""
        if self._unshown is not None:
            self._unshown.close()

    # -- on the background thread ------------------------------------------------------------

    def _open(self, path: Path, mode: OpenMode, create: bool, task: Task[_Opened]) -> _Opened:
        task.step(0, 0, path.name)
        user = self._workspace.settings.user
        if create and not path.exists():
            project = Project.create(path, user=user)
        else:
            project = Project.open(path, user=user, mode=mode)
        try:
            task.step(0, 0, path.name)
            opened = _read(project)
        except BaseException:
            project.close()
            raise
        self._unshown = project
        return opened

    # -- on the window's thread --------------------------------------------------------------

    def _show(self, then: Callable[[], object] | None, opened: _Opened) -> None:
        self.close_current()
        self._unshown = None
        user = self._workspace.settings.user
        document = Document(
            opened.project,
            opened.snapshot,
            user=user,
            split=opened.split,
            blind_sessions=opened.blind_sessions,
        )
        document.quorum = opened.quorum
        document.push_refused.connect(self._notices.toast)
        document.save_state_changed.connect(self._on_save_state_changed)
        document.not_kept.connect(partial(self._notices.error, tr("Not everything could be kept")))
        if opened.project.backup_on_open is not None:
            document.keep(opened.project.backup_on_open)
        self._workspace.settings.remember(Path(opened.project.path))
        self._workspace.open_document(document)
        if document.is_read_only:
            self._notices.banner("read_only", tr(READ_ONLY))
        else:
            # A worker ends with its window, so what still counts as running was interrupted.
            for record in opened.jobs:
                self._offer_interrupted(record)
        if then is not None:
            then()

    def _fail(
        self, path: Path, mode: OpenMode, then: Callable[[], object] | None, error: Exception
    ) -> None:
        if isinstance(error, ProjectLockedError):
            self._ask_locked(
                path, str(error), lambda chosen: self.run(path, mode=chosen, then=then)
            )
        elif isinstance(error, ProjectReadOnlyError) and mode == "own" and path.exists():
            self.run(path, mode="read_only", then=then)
        else:
            self._notices.error(tr("The project could not be opened"), str(error))

    def _on_finished(self) -> None:
        self._is_opening = False
        while self._waiting and not self._is_opening:
            self._waiting.popleft()()

    def _is_shown(self, path: Path) -> bool:
        document = self._workspace.document
        return document is not None and document.project.path == path.absolute()

    def _is_healthy(self) -> bool:
        document = self._workspace.document
        return document is not None and document.save_state in {SaveState.SAVED, SaveState.SAVING}

    def _on_save_state_changed(self, _state: object, error: str) -> None:
        document = self._workspace.document
        if error and document is not None:
            self._notices.banner("save_failed", error, (tr("Retry"), document.retry_saving))
        else:
            self._notices.clear_banner("save_failed")


def _read(project: Project) -> _Opened:
    """Read everything a window shows; on the background thread, for it waits for the project."""
    snapshot = project.snapshot().result()
    unfinished = {"running", "interrupted"}
    running = [job for job in project.jobs().result() if job.state in unfinished]
    split, sessions = stored_split(project), stored_sessions(project)
    return _Opened(project, snapshot, split, sessions, stored_quorum(project), running)
