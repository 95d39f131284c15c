"""Hands and eyes for the tests of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.gui.history.log_model import WHAT
from spinegui.gui.history.story import History
from tests.support.desks import PATIENCE_MS, document_of, saved

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.history.panel import HistoryPanel


def history(desk: Desk) -> History:
    return next(s for s in desk.stories.instrument if isinstance(s, History))


def panel(desk: Desk) -> HistoryPanel:
    return history(desk).panel


def texts(desk: Desk, column: int = WHAT) -> list[str]:
    """What the list says in a column, headings left out."""
    model = panel(desk).model
    rows = range(len(model.lines))
    return [model.index(row, column).data() for row in rows if model.edit_at(row) is not None]


def is_read(qtbot: QtBot, desk: Desk) -> None:
    """Wait until the list holds the newest edit of the project."""
    saved(qtbot, desk)
    document, log = document_of(desk), history(desk).log
    qtbot.waitUntil(
        lambda: bool(log.edits) and log.edits[0].seq == document.last_seq, timeout=PATIENCE_MS
    )


def choose_edit(desk: Desk, title: str) -> None:
    """Make the newest edit of that title the chosen one."""
    lines = panel(desk).model.lines
    panel(desk).choose(next(e.seq for e in lines if getattr(e, "title", "") == title))
