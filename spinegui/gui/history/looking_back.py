"""Looking back: the shown image as it was after an edit, and bringing it back to that moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from spinegui.domain.edits import EditConflictError
from spinegui.domain.history import back_over, state_before
from spinegui.gui.answers import Answers
from spinegui.gui.document import SaveState
from spinegui.gui.flows.offer_undo import offer_undo
from spinegui.gui.history import words
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from spinegui.domain.edits import Change
    from spinegui.gui.document import Document
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Moment:
    """Just after an edit of an image; `seq` 0 is before all of them. `at` is ISO 8601 UTC."""

    image_id: str
    seq: int
    at: str


class LookBack(QObject):
    """Shows moments of the shown image; of those asked for in a row only the last matters.

    The log lies behind the window while an edit is being written: a moment is then shown once all
    is saved.
    """

    changed = Signal()  # `moment` is another one

    def __init__(self, workspace: Workspace, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._notices = notices
        self._answers = Answers(self)
        self._wanted: Moment | None = None
        self._is_asking = False
        self.moment: Moment | None = None
        """Which moment is shown, None for now."""
        self._since: tuple[Change, ...] = ()
        workspace.looked_back.connect(self._on_looked_back)
        workspace.image_changed.connect(self._on_image_changed)
        workspace.document_changed.connect(self._on_document_changed)

    def to(self, moment: Moment) -> None:
        """Show the image as it was at that moment."""
        self._wanted = moment
        self._ask()

    def to_now(self) -> None:
        """Show the image as it is."""
        self._wanted = None
        self._workspace.look_back(None)

    def bring_back(self) -> bool:
        """Make the image again what it was at the moment that is looked at; one edit."""
        moment, since, document = self.moment, self._since, self._workspace.document
        if moment is None or document is None:
            return False
        image, when = document.images[moment.image_id].name, words.moment(moment.at)
        edit = back_over(f"Bring {image} back to {when}", since)
        self.to_now()
        done = bool(edit.changes) and self._workspace.push(edit)
        if done:
            text = tr("{image} is again as it was at {when}.", image=image, when=when)
            offer_undo(document, self._notices, text)
        return done

    # -- reading the way there ---------------------------------------------------------------

    def _ask(self) -> None:
        document, moment = self._workspace.document, self._wanted
        if document is None or moment is None or self._is_asking:
            return
        if document.save_state in {SaveState.SAVING, SaveState.FAILED}:
            return  # `_ask` comes again once it is saved
        self._is_asking = True
        since = document.project.past.since(moment.image_id, moment.seq)
        self._answers.when(since, lambda found: self._take(document, moment, found), self._fail)

    def _take(self, document: Document, moment: Moment, since: tuple[Change, ...]) -> None:
        self._is_asking = False
        if document is not self._workspace.document:
            return
        if moment is not self._wanted:
            self._ask()
        elif moment.image_id == self._workspace.image_id and document.blind is None:
            self._show(document, moment, since)

    def _show(self, document: Document, moment: Moment, since: tuple[Change, ...]) -> None:
        try:
            past = state_before(document.recorded, since)[moment.image_id]
        except EditConflictError:
            self._ask()  # an edit came meanwhile; once that is saved the log leads here again
            return
        self._wanted = None
        self.moment, self._since = moment, since
        self._workspace.look_back(past)
        self.changed.emit()

    def _on_looked_back(self) -> None:
        if self._workspace.past is None and self.moment is not None:
            self.moment, self._since = None, ()
            self.changed.emit()

    def _on_image_changed(self, _image_id: str) -> None:
        # It was asked for there; back on that image one would not expect it any more.
        self._wanted = None

    def _on_document_changed(self, document: Document | None) -> None:
        self._wanted, self._is_asking = None, False
        if document is not None:
            document.save_state_changed.connect(self._ask)

    def _fail(self, error: Exception) -> None:
        self._is_asking = False
        self._wanted = None
        self._notices.error(tr("The history could not be read"), str(error))
