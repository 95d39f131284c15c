"""The project file: one SQLite file that one session owns and that never loses an edit."""

from __future__ import annotations

import atexit
import uuid
from typing import TYPE_CHECKING, Literal, NoReturn, TypeVar

from spinegui.storage import backups, edit_log, ownership, rescue, schema, state, verification
from spinegui.storage.errors import LostOwnershipError, ProjectReadOnlyError
from spinegui.storage.items_json import Json, labels_to_json
from spinegui.storage.lock import Holder, release
from spinegui.storage.log_reading import LogReader
from spinegui.storage.owner_thread import OwnerThread
from spinegui.storage.rows import now, put

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from spinegui.domain.edits import Edit
    from spinegui.domain.image_ref import ImageRef
    from spinegui.domain.labels import LabelSet
    from spinegui.storage.rows import (
        JobEventRow,
        JobRow,
        LogRow,
        ProjectSnapshot,
        Receipt,
        VerifyReport,
    )

T = TypeVar("T")
Mode = Literal["own", "read_only", "take_over"]
SUFFIX = ".spine"


class Project:
    """An open project. Calls return futures, resolved on the project's own thread in call order.

    Futures of writes resolve only once the write is on the disk, or raise a ProjectError; the state
    before it stays and the project goes on. Made by `create` and `open`, which block.
    """

    def __init__(self, path: Path, user: str, mode: Mode) -> None:
        self.path = path.absolute()
        self.session = uuid.uuid4().hex[:12]
        self.read_only = mode == "read_only"
        self.backup_on_open: Future[Path | None] | None = None
        self._user = _clean(user)
        self._takes_over = mode == "take_over"
        self._holder = Holder.this_process(self._user)
        self._is_owned = False
        self._rescue = rescue.RescueJournal(self.path, self.session)
        self._thread = OwnerThread(self.path, self._connect, self._guard)

    @classmethod
    def create(cls, path: Path, *, user: str) -> Self:
        """Make an empty project and open it; ProjectError where that cannot be done."""
        schema.create(path.absolute())
        try:
            return cls.open(path, user=user)
        except BaseException:
            path.unlink()  # ours, and empty: the name belongs to whoever holds its lock
            raise

    @classmethod
    def open(cls, path: Path, *, user: str, mode: Mode = "own") -> Self:
        """Open a project: as its owner, read-only, or taking it over from whoever has it.

        Raises ProjectLockedError (somebody has it), ProjectFormatError, ProjectNewerError,
        ProjectDamagedError, ProjectReadOnlyError, ProjectUnreachableError.
        """
        project = cls(path, user, mode)
        try:
            project._thread.read(lambda _: None).result()
        except BaseException:
            project.close()
            raise
        atexit.register(project.close)
        if not project.read_only:
            project._back_up_on_open()
        return project

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Finish what is queued, let go of the file, remove the lock. Blocks; may be repeated."""
        self._thread.close()
        if self._is_owned:
            self._is_owned = False
            release(self.path, self._holder)
        atexit.unregister(self.close)

    def snapshot(self) -> Future[ProjectSnapshot]:
        """Return everything a window shows, the undo stack included."""
        return self._read(lambda db: state.snapshot(db, self.path.parent))

    def commit(self, edit: Edit, *, kind: Literal["do", "undo", "redo"] = "do") -> Future[Receipt]:
        """Log an edit and move the current state with it, in one transaction.

        An undo is given as the inverse of the edit on top of the undo stack, a redo as that edit
        again. Raises EditConflictError, StorageFullError, LostOwnershipError (the edit then lies
        in its rescue journal) and other ProjectErrors.
        """
        title, who = _clean(edit.title), (self._user, self.session)

        def keep(error: Exception) -> None:
            if isinstance(error, LostOwnershipError):
                error.rescue = self._rescue.append(edit, kind=kind, user=who[0])

        return self._write(
            lambda db: edit_log.append(db, title, edit_log.change_rows(edit), kind=kind, who=who),
            keep,
        )

    def keep_for_rescue(self, edit: Edit, *, kind: Literal["do", "undo", "redo"]) -> Path | None:
        """Write an edit that could not be saved to the rescue journal; at once, even when closed.

        Returns the journal, or None where neither its folder nor the user's own took it.
        """
        return self._rescue.append(edit, kind=kind, user=self._user)

    def log(self, image_id: str | None = None) -> Future[list[LogRow]]:
        """Return the log, oldest first: all of it or what concerns one image."""
        return self._read(lambda db: edit_log.log_rows(db, image_id))

    @property
    def past(self) -> LogReader:
        """The log in parts, newest first, and what an item or an image was."""
        return LogReader(self._read)

    def verify(self) -> Future[VerifyReport]:
        """Check the whole project; damage is reported, not raised."""
        return self._read(verification.verify)

    def set_user(self, name: str) -> None:
        """Name who makes the edits from now on; at once."""
        self._user = _clean(name)

    def add_images(self, refs: Sequence[ImageRef]) -> Future[None]:
        """Append images; ProjectError, and none added, where one is there already."""
        return self._write(lambda db: state.add_images(db, refs, self.path.parent))

    def relink_image(self, image_id: str, path: Path) -> Future[None]:
        """Point an image at the place where its file lies now."""
        return self._write(lambda db: state.relink_image(db, image_id, path, self.path.parent))

    def set_label_set(self, labels: LabelSet) -> Future[None]:
        """Store the project's own classes."""
        return self.set_setting(state.LABEL_SET, labels_to_json(labels))

    def set_active_model(self, role: str, sha: str) -> Future[None]:
        """Record which model this project uses for a role."""
        row = {"role": role, "sha": sha, "at": now(), "user": self._user}
        return self._write(lambda db: put(db, "active_model", row))

    def get_setting(self, key: str) -> Future[Json]:
        """Return a project-wide setting, None where it was never set."""
        return self._read(lambda db: state.get_setting(db, key))

    def set_setting(self, key: str, value: Json) -> Future[None]:
        """Store a project-wide setting."""
        return self._write(lambda db: state.set_setting(db, key, value))

    def put_job(self, job: JobRow) -> Future[None]:
        """Add a job, or replace what is remembered of it."""
        return self._write(lambda db: state.put_job(db, job))

    def jobs(self) -> Future[list[JobRow]]:
        """Return the jobs, oldest first."""
        return self._read(state.read_jobs)

    def add_job_event(self, job_id: str, event: Mapping[str, Json]) -> Future[int]:
        """Append what a job said; return its number within the job."""
        return self._write(lambda db: state.add_job_event(db, job_id, event))

    def job_events(self, job_id: str) -> Future[list[JobEventRow]]:
        """Return what a job said, in order."""
        return self._read(lambda db: state.read_job_events(db, job_id))

    def backup(self, to: Path) -> Future[None]:
        """Copy the project, whole, to another file; ProjectError where that fails."""
        return self._thread.read(lambda db: backups.copy_to(db, self.path, to.absolute()))

    def backup_if_due(self, every_s: float = 3600.0) -> Future[Path | None]:
        """Write a rolling backup if the last is that old and something changed; call it often.

        Raises ProjectDamagedError, and keeps the older backups, where the project is damaged.
        """
        return self._thread.read(lambda db: backups.make_if_due(db, self.path, every_s))

    def backups(self) -> list[backups.Backup]:
        """Return the rolling backups, newest first; at once."""
        return backups.list_backups(self.path)

    def _back_up_on_open(self) -> None:
        self.backup_on_open = self._thread.read(
            lambda db: backups.make_if_changed(db, self.path, "open")
        )

    def _read(self, run: Callable[[sqlite3.Connection], T]) -> Future[T]:
        def consistently(db: sqlite3.Connection) -> T:
            db.execute("BEGIN")
            found = run(db)
            db.execute("COMMIT")
            return found

        return self._thread.read(consistently)

    def _write(
        self,
        run: Callable[[sqlite3.Connection], T],
        on_failure: Callable[[Exception], None] | None = None,
    ) -> Future[T]:
        if self.read_only:
            return self._thread.read(self._refuse)
        return self._thread.write(run, on_failure)

    def _refuse(self, _: sqlite3.Connection) -> NoReturn:
        raise ProjectReadOnlyError(
            f"{self.path.name} is open read-only. Open it as its owner to change it."
        )

    def _connect(self) -> sqlite3.Connection:
        if self.read_only:
            return ownership.open_read_only(self.path)
        if self._is_owned:
            return ownership.reopen_owned(self.path)
        db = ownership.open_owned(self.path, self._holder, self.session, take_over=self._takes_over)
        self._is_owned = True
        return db

    def _guard(self, db: sqlite3.Connection) -> None:
        ownership.refuse_if_taken(db, self.path, self._holder)


def _clean(text: str) -> str:
    # A name from the system may hold bytes that are no text; SQLite would refuse it.
    return text.encode("utf-8", "replace").decode("utf-8")
