"""A project that several raters labelled, and every text that its window shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QMainWindow,
    QWidget,
)

from spinegui.domain.detection import How, Vote
from spinegui.domain.edits import Change, Edit
from spinegui.gui.raters.story import Raters
from spinegui.gui.task_strip import TaskStrip
from tests.support.desks import document_of, predictions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spinegui.gui.desk import Desk

AT = "2026-01-01T00:00:00.000Z"
TEXT_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.StatusTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)
SAID = {
    "ann": ("thin", "stubby", "thin"),
    "bob": ("thin", "filopodia", "stubby"),
}


def raters_of(desk: Desk) -> Raters:
    return next(story for story in desk.stories.instrument if isinstance(story, Raters))


def rate(desk: Desk, said: dict[str, tuple[str, ...]] | None = None) -> list[str]:
    """Give the first predictions of the shown image these votes; returns their ids."""
    spines = predictions(desk)
    changes = []
    for i, spine in enumerate(spines[:3]):
        voted = spine
        for rater, labels in (SAID if said is None else said).items():
            if i < len(labels):
                voted = voted.with_vote(Vote(rater, labels[i], AT, How.HAND))
        changes.append(Change(spine, voted))
    assert document_of(desk).push(Edit("Votes", tuple(changes)))
    return [spine.id for spine in spines[:3]]


def texts_shown(desk: Desk) -> set[str]:
    """Every text in any widget of the window, visible or not, with tips and accessible names."""
    return {text for root in QApplication.topLevelWidgets() for text in _texts(root) if text} | {
        text
        for action in desk.window.findChildren(QAction)
        for text in (action.text(), action.toolTip())
    }


def _texts(root: QWidget) -> Iterator[str]:
    for widget in (root, *root.findChildren(QWidget)):
        if isinstance(widget.parentWidget(), TaskStrip):
            continue  # out of sight it still holds what was opened last
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
        if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
            yield widget.text()
        if isinstance(widget, QMainWindow):
            yield widget.windowTitle()
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from _texts_in(widget.model())


def _texts_in(model: QAbstractItemModel) -> Iterator[str]:
    is_list = isinstance(model, QAbstractListModel)
    for row in range(model.rowCount()):
        for column in range(1 if is_list else model.columnCount()):
            for role in TEXT_ROLES:
                yield str(model.index(row, column).data(role) or "")
