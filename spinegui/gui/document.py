"""The open project as the window sees it: annotations, undo, and whether all of it is saved."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from spinegui.domain.annotation import Annotation
from spinegui.domain.edits import Edit, EditConflictError, apply
from spinegui.gui.edit_command import CommitKind, EditCommand, fill
from spinegui.gui.language import tr
from spinegui.gui.raters.sight import Sight
from spinegui.storage.blind_setting import BLIND_SETTING, sessions_to_json
from spinegui.storage.errors import ProjectClosedError
from spinegui.storage.split_setting import SPLIT_SETTING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    from spinegui.domain.blind import BlindSession
    from spinegui.domain.consensus import Quorum
    from spinegui.domain.edits import Annotations
    from spinegui.domain.image_ref import ImageRef, PixelSize
    from spinegui.domain.labels import LabelSet
    from spinegui.domain.split import Part
    from spinegui.storage.project import Project
    from spinegui.storage.rows import ProjectSnapshot, Receipt


class SaveState(Enum):
    """What the status bar says about the project file."""

    SAVED = auto()
    SAVING = auto()
    FAILED = auto()
    READ_ONLY = auto()


@dataclass(frozen=True, slots=True)
class _Pending:
    edit: Edit
    kind: CommitKind


class Document(QObject):
    """One open project. Every change of an annotation goes through `push`, `undo` or `redo`.

    An edit is shown at once and written by the project's own thread; edits are sent one after the
    other, so after a failed write the ones that follow wait, in order, for `retry_saving`.
    """

    edited = Signal(object)  # Edit, after it was applied
    images_changed = Signal()
    labels_changed = Signal()
    sight_changed = Signal()  # a blind session began or ended: everything looks different
    user_changed = Signal(str)
    stepped = Signal()  # the undo stack has moved, which it has not yet when `edited` comes
    images_requested = Signal(object)  # ids: undo and redo show an image that they change
    save_state_changed = Signal(object, str)  # SaveState, the error in a sentence or ""
    push_refused = Signal(str)
    not_kept = Signal(str)  # why something beside the edits could not be written
    _commit_returned = Signal(object)

    def __init__(
        self,
        project: Project,
        snapshot: ProjectSnapshot,
        *,
        user: str,
        split: Mapping[str, Part] | None = None,
        blind_sessions: Mapping[str, BlindSession] | None = None,
    ) -> None:
        super().__init__()
        self.project = project
        self.split: dict[str, Part] = dict(split or {})
        self._sessions = dict(blind_sessions or {})
        self._sight = Sight()
        self._user = user
        self.quorum: Quorum | None = None
        self.active_models = dict(snapshot.active_models)
        self.label_set: LabelSet = snapshot.label_set
        self._images: dict[str, ImageRef] = {ref.id: ref for ref in snapshot.images}
        self.recorded: Mapping[str, Annotation] = snapshot.annotations
        """What the project holds, for training, importing and measuring; show `annotations`."""
        self.undo_stack = QUndoStack(self)
        self._waiting: deque[_Pending] = deque()
        self._in_flight: _Pending | None = None
        self._sent: Future[Receipt] | None = None
        self._error = ""
        self._checked: tuple[Edit, Annotations, Annotations] | None = None
        self.is_closed = False
        self.last_seq = snapshot.seq
        self._commit_returned.connect(self._on_commit_returned)
        # Nobody else listens to the stack: it speaks once more while it is being destroyed.
        self.undo_stack.indexChanged.connect(self.stepped)
        fill(self.undo_stack, self, snapshot.history)
        self._look()

    # -- reading -----------------------------------------------------------------------------

    @property
    def is_read_only(self) -> bool:
        return self.project.read_only

    @property
    def save_state(self) -> SaveState:
        if self.is_read_only:
            return SaveState.READ_ONLY
        if self._error:
            return SaveState.FAILED
        busy = self._in_flight is not None or self._waiting
        return SaveState.SAVING if busy else SaveState.SAVED

    @property
    def user(self) -> str:
        """Who makes the edits."""
        return self._user

    @property
    def blind(self) -> BlindSession | None:
        """The user's blind session, None while everything may be seen."""
        return self._sight.session

    @property
    def images(self) -> Mapping[str, ImageRef]:
        """The images by id, in order; in a blind session perhaps without their names."""
        return self._sight.images(self._images)

    @property
    def recorded_images(self) -> Mapping[str, ImageRef]:
        """The images under their own names, in the project's order."""
        return self._images

    @property
    def annotations(self) -> Mapping[str, Annotation]:
        """What may be seen: all that is recorded or, in a blind session, none of its labels."""
        return self._sight.annotations(self.recorded)

    def annotation(self, image_id: str) -> Annotation:
        return self.annotations.get(image_id, Annotation(image_id))

    def recorded_annotation(self, image_id: str) -> Annotation:
        return self.recorded.get(image_id, Annotation(image_id))

    def pixel_size(self, image_id: str) -> PixelSize | None:
        """Return the size a person set, else the file's own, else None: never a guess."""
        calibration = self.annotation(image_id).calibration
        return calibration.pixel_size if calibration else self._images[image_id].pixel_size

    @property
    def can_undo(self) -> bool:
        """Whether there is a step back; a blind session does not go back behind its beginning."""
        return self.undo_stack.canUndo() and self.undo_stack.index() > self._first_step

    @property
    def can_redo(self) -> bool:
        return self.undo_stack.canRedo() and (self.blind is None or self._has_stepped)

    # -- changing ----------------------------------------------------------------------------

    def push(self, edit: Edit) -> bool:
        """Do an edit. Returns False, and says why, where the project cannot take it now."""
        if not edit.changes or self.is_closed:
            return False
        if self.is_read_only:
            self.push_refused.emit(
                tr("This project is open read-only. Take it over or save a copy to make changes.")
            )
            return False
        if self._error:
            self.push_refused.emit(
                tr("{error} The last edits wait; press Retry to save them.", error=self._error)
            )
            return False
        edit = self._sight.recorded_edit(self.recorded, edit)
        try:
            self._checked = edit, self.recorded, apply(self.recorded, edit)
        except EditConflictError:
            self.push_refused.emit(tr("This has changed in the meantime. Try it again."))
            return False
        self._has_stepped = True
        self.undo_stack.push(EditCommand(self, edit))
        self._checked = None
        return True

    def undo(self) -> None:
        if self.can_undo and self._can_step():
            self.undo_stack.undo()

    def redo(self) -> None:
        if self.can_redo and self._can_step():
            self.undo_stack.redo()

    def _can_step(self) -> bool:
        if self.is_closed:
            return False
        if self.is_read_only or self._error:
            self.push_refused.emit(self._error or tr("This project is open read-only."))
            return False
        return True

    def add_images(self, refs: Iterable[ImageRef]) -> None:
        """Show images that the project has already taken in."""
        self._images.update({ref.id: ref for ref in refs})
        self.images_changed.emit()

    def fix_split(self, split: Mapping[str, Part]) -> None:
        """Keep which images train and which are held out; never to be changed again."""
        if self.split != split and not self.is_read_only:
            parts = {image: part.value for image, part in split.items()}
            self.keep(self.project.set_setting(SPLIT_SETTING, {**parts}))
        self.split = dict(split)

    def choose_models(self, shas: Mapping[str, str]) -> None:
        """Record which model this project uses for each role, by hash."""
        self.active_models.update(shas)
        if not self.is_read_only:
            for role, sha in shas.items():
                self.keep(self.project.set_active_model(role, sha))

    def move_image(self, image_id: str, path: str) -> None:
        """Show an image from the place where its file lies now."""
        self._images[image_id] = replace(self._images[image_id], path=path)
        self.images_changed.emit()

    def change_labels(self, labels: LabelSet) -> None:
        """Show classes that the project has already taken in."""
        self.label_set = labels
        self.labels_changed.emit()

    def perform(self, edit: Edit, kind: CommitKind) -> None:
        """Apply an edit and send it to the project; called by the undo command only."""
        checked = self._checked
        if checked is not None and checked[0] is edit and checked[1] is self.recorded:
            self.recorded = checked[2]  # applying thousands of changes twice would be felt
        else:
            self.recorded = apply(self.recorded, edit)
        self.edited.emit(self._sight.seen_edit(edit))
        self._waiting.append(_Pending(edit, kind))
        self._send_next()

    # -- who looks, and what they may see ----------------------------------------------------

    def switch_user(self, user: str) -> None:
        """Let somebody else make the edits from now on, blind where they have a session open."""
        self._user = user
        self.project.set_user(user)
        self._look()
        self.user_changed.emit(user)

    def set_blind(self, session: BlindSession | None) -> None:
        """Begin a blind session of the user, or end it with None; kept until it is ended."""
        if session is None:
            self._sessions.pop(self.user, None)
        else:
            self._sessions[self.user] = session
        self.keep(self.project.set_setting(BLIND_SETTING, sessions_to_json(self._sessions)))
        self._look()

    def _look(self) -> None:
        before, session = self.blind, self._sessions.get(self.user)
        self._sight.begin(session)
        # Undoing what was done in the open would change what cannot be seen now.
        self._first_step = 0 if session is None else self.undo_stack.index()
        self._has_stepped = False
        if before != session:
            self.sight_changed.emit()

    # -- keeping -----------------------------------------------------------------------------

    def keep(self, written: Future[Any]) -> None:
        """Say it with `not_kept` should this write of the project fail."""
        written.add_done_callback(self._say_not_kept)

    def _say_not_kept(self, written: Future[Any]) -> None:
        # On the project's thread; Qt queues the signal for ours.
        error = written.exception()
        if error is not None and not isinstance(error, ProjectClosedError):
            self.not_kept.emit(str(error))

    def retry_saving(self) -> None:
        """Try again to write what waits after a failed write."""
        if self._error:
            self._error = ""
            self._send_next()

    def _send_next(self) -> None:
        if self._in_flight is None and self._waiting and not self._error:
            self._in_flight = self._waiting.popleft()
            self._sent = self.project.commit(self._in_flight.edit, kind=self._in_flight.kind)
            self._sent.add_done_callback(self._commit_returned.emit)
        self.save_state_changed.emit(self.save_state, self._error)

    def _on_commit_returned(self, future: Future[Receipt]) -> None:
        if future is not self._sent or self._in_flight is None:  # `close` waited for it already
            return
        sent, self._in_flight = self._in_flight, None
        error = future.exception()
        if error is not None:
            self._waiting.appendleft(sent)
            self._error = str(error)
        else:
            self.last_seq = future.result().seq
        self._send_next()

    def close(self) -> Path | None:
        """Write what still waits, then close the project; nothing can be done with it afterwards.

        Returns the rescue file that holds what could not be written, None where all was.
        """
        if self._in_flight is not None:
            self._wait_for(self._in_flight)
        while self._waiting and not self._error:
            self._in_flight = self._waiting.popleft()
            self._sent = self.project.commit(self._in_flight.edit, kind=self._in_flight.kind)
            self._wait_for(self._in_flight)
        rescue: Path | None = None
        for pending in self._waiting:
            rescue = self.project.keep_for_rescue(pending.edit, kind=pending.kind) or rescue
        self.project.close()
        self.is_closed = True
        return rescue

    def _wait_for(self, pending: _Pending) -> None:
        """Wait for a write under way; on failure it waits in front of the others again."""
        assert self._sent is not None
        error = self._sent.exception()
        self._in_flight = None
        if error is not None:
            self._waiting.appendleft(pending)
            self._error = str(error)
