"""Taking back one edit, wherever it stands in the log, without touching what was done since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from spinegui.domain.history import Reversal, items_of, reversal, spines_of
from spinegui.gui.answers import Answers
from spinegui.gui.flows.offer_undo import offer_undo
from spinegui.gui.history import words
from spinegui.gui.language import ntr, tr

if TYPE_CHECKING:
    from spinegui.domain.edits import Edit
    from spinegui.gui.document import Document
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace
    from spinegui.storage.log_reading import EditSummary

MOST_NAMED = 3


class Revert(QObject):
    """Takes an edit back at once where nothing later touched its items; else asks first."""

    asked = Signal(str, str, object)  # what stands in the way, the offer or "", the Reversal

    def __init__(self, workspace: Workspace, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._notices = notices
        self._answers = Answers(self)

    def run(self, summary: EditSummary) -> None:
        """Take back that edit of the log."""
        document = self._workspace.document
        if document is None or document.blind is not None:
            return
        self._workspace.look_back(None)
        self._answers.when(
            document.project.past.edit(summary.seq),
            lambda edit: self._weigh(document, summary, edit),
            self._fail,
        )

    def _weigh(self, document: Document, summary: EditSummary, edit: Edit) -> None:
        if document is not self._workspace.document:
            return
        found = reversal(edit, document.recorded, f"Revert {summary.title}")
        if found.changed_since:
            self._answers.when(
                document.project.past.touching(found.changed_since, summary.seq),
                lambda later: self._ask(document, found, later),
                self._fail,
            )
        elif found.edit.changes:
            self.push(found)
        else:
            self._notices.toast(tr("There is nothing to revert: all of it was taken back since."))

    def push(self, found: Reversal) -> bool:
        """Take back what can be, as one edit that can be undone."""
        document = self._workspace.document
        done = document is not None and self._workspace.push(found.edit)
        if done and document is not None:
            n = spines_of(found.edit.changes)
            what = (
                words.spines(n) if n else ntr("{n} change", "{n} changes", len(found.edit.changes))
            )
            offer_undo(document, self._notices, tr("Reverted: {what}.", what=what))
        return done

    def _ask(self, document: Document, found: Reversal, later: tuple[EditSummary, ...]) -> None:
        if document is not self._workspace.document:
            return
        blocked, free = len(items_of(found.changed_since)), len(found.edit.changes)
        text = ntr(
            "{n} of {all} was changed later: {edits}.",
            "{n} of {all} were changed later: {edits}.",
            blocked,
            all=blocked + free,
            edits="; ".join(_named(edit) for edit in later[:MOST_NAMED]),
        )
        if len(later) > MOST_NAMED:
            more = len(later) - MOST_NAMED
            text = f"{text} {ntr('And {n} more edit.', 'And {n} more edits.', more)}"
        offer = ntr("Revert the other one", "Revert the other {n}", free) if free else ""
        if not free:
            text = f"{text} {tr('Revert those first, newest first.')}"
        self.asked.emit(text, offer, found)

    def _fail(self, error: Exception) -> None:
        self._notices.error(tr("The edit could not be reverted"), str(error))


def _named(edit: EditSummary) -> str:
    return tr(
        "{title} by {user}, {when}",
        title=words.title_of(edit),
        user=edit.user,
        when=words.moment(edit.at),
    )
