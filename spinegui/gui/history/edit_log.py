"""The edit log of the open project as far as it was read: newest first, older parts on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from spinegui.gui.answers import Answers

if TYPE_CHECKING:
    from spinegui.gui.document import Document
    from spinegui.gui.workspace import Workspace
    from spinegui.storage.log_reading import EditSummary, LogPage, Session


class EditLog(QObject):
    """What was read of the log. It reads nothing until `wake`, and follows new edits from then on.

    `edits` runs newest first and has no gaps.
    """

    reset = Signal()
    newer_came = Signal(int)  # how many, at the front of `edits`
    older_came = Signal(int)  # how many, at its end
    users_changed = Signal()
    failed = Signal(str)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._answers = Answers(self)
        self._document: Document | None = None
        self._is_awake = self._is_asking_newer = self._is_asking_older = False
        self._clear()
        workspace.document_changed.connect(self._on_document_changed)

    def _clear(self) -> None:
        self.edits: list[EditSummary] = []
        self.sessions: dict[str, Session] = {}
        self.users: tuple[str, ...] = ()
        self.is_whole = False
        self._undone: dict[int, bool] = {}
        self._is_asking_newer = self._is_asking_older = False

    def wake(self) -> None:
        """Read the newest part now, and follow from here on."""
        self._is_awake = True
        self._follow()

    def sleep(self) -> None:
        """Read nothing more until `wake`; what was read stays."""
        self._is_awake = False

    @property
    def is_hidden(self) -> bool:
        """Whether a blind session is on: the log would tell the labels that it hides."""
        return self._document is not None and self._document.blind is not None

    def is_undone(self, summary: EditSummary) -> bool:
        """Tell whether an edit was taken back by undo and not done again."""
        return self._undone.get(summary.seq, False)

    def ask_older(self) -> None:
        """Read the part before what was read, unless it is being read."""
        document = self._document
        if document is None or self.is_whole or self._is_asking_older or not self.edits:
            return
        self._is_asking_older = True
        page = document.project.past.page(self.edits[-1].seq)
        self._answers.when(page, lambda found: self._take_older(document, found), self._fail)

    def _on_document_changed(self, document: Document | None) -> None:
        if self._document is not None:
            self._document.save_state_changed.disconnect(self._follow)
            self._document.sight_changed.disconnect(self._on_sight_changed)
        self._document = document
        if document is not None:
            document.save_state_changed.connect(self._follow)
            document.sight_changed.connect(self._on_sight_changed)
        self._on_sight_changed()

    def _on_sight_changed(self) -> None:
        self._clear()
        self.reset.emit()
        self._follow()

    def _follow(self, *_state: object) -> None:
        """Read what is missing at the front: everything at first, then each edit once saved."""
        document = self._document
        if document is None or self.is_hidden or not self._is_awake or self._is_asking_newer:
            return
        past = document.project.past
        if not self.edits:
            if self.is_whole and document.last_seq == 0:
                return
            self._is_asking_newer = True
            self._answers.when(
                past.page(), lambda page: self._take_first(document, page), self._fail
            )
        elif document.last_seq > self.edits[0].seq:
            self._is_asking_newer = True
            self._answers.when(
                past.newer(self.edits[0].seq),
                lambda found: self._take_newer(document, found),
                self._fail,
            )

    def _take_first(self, document: Document, page: LogPage) -> None:
        if document is not self._document or self.is_hidden:
            return
        self._is_asking_newer = False
        self.edits = list(page.edits)
        self.sessions, self.is_whole = page.sessions, page.is_last
        self._note_undone(page.edits, are_older=True)
        self._answers.when(
            document.project.past.users(),
            lambda users: self._add_users(document, users),
            self._fail,
        )
        self.reset.emit()
        self._follow()

    def _take_newer(self, document: Document, found: tuple[EditSummary, ...]) -> None:
        if document is not self._document or self.is_hidden:
            return
        self._is_asking_newer = False
        self.edits[:0] = found
        self._note_undone(found, are_older=False)
        self._add_users(document, tuple(edit.user for edit in found))
        self.newer_came.emit(len(found))
        self._follow()

    def _take_older(self, document: Document, page: LogPage) -> None:
        if document is not self._document or self.is_hidden:
            return
        self._is_asking_older = False
        self.edits += page.edits
        self.is_whole = page.is_last
        self._note_undone(page.edits, are_older=True)
        self.older_came.emit(len(page.edits))

    def _note_undone(self, edits: tuple[EditSummary, ...], *, are_older: bool) -> None:
        """Keep how each edit stands: as its newest undo or redo says."""
        for edit in edits if are_older else reversed(edits):
            if edit.target is not None:
                is_undone = edit.kind == "undo"
                if are_older:
                    self._undone.setdefault(edit.target, is_undone)
                else:
                    self._undone[edit.target] = is_undone

    def _add_users(self, document: Document, users: tuple[str, ...]) -> None:
        merged = tuple(sorted({*self.users, *users}))
        if document is self._document and merged != self.users:
            self.users = merged
            self.users_changed.emit()

    def _fail(self, error: Exception) -> None:
        self._is_asking_newer = self._is_asking_older = False
        self.failed.emit(str(error))
