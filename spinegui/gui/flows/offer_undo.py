"""Saying what was done, with a way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.gui.language import tr

if TYPE_CHECKING:
    from spinegui.gui.document import Document
    from spinegui.gui.notices import Notices


def offer_undo(document: Document, notices: Notices, text: str) -> None:
    """Say what the last edit did, and undo it on request while it is still the last one."""
    index = document.undo_stack.index()

    def undo() -> None:
        if not document.is_closed and document.undo_stack.index() == index:
            document.undo()
        else:
            notices.toast(tr("There were edits since. Ctrl+Z takes them back one by one."))

    notices.toast(text, tr("Undo"), undo)
