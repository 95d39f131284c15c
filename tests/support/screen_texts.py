"""Every text that a window shows or says, and what of it never passed through the language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QTabBar,
    QTabWidget,
    QTextEdit,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from PySide6.QtCore import QAbstractItemModel

_TRANSLATED = re.compile(r"⟦[^⟦⟧]*⟧")
_TAG = re.compile(r"<[^>]+>|&[a-z]+;")
_WORD = re.compile(r"[A-Za-z]{2,}")
KEYS = frozenset({
    "Ctrl", "Shift", "Alt", "Space", "Tab", "Enter", "Return", "Esc", "Del", "Backspace", "Up",
    "Down", "Left", "Right", "Home", "End", "PgUp", "PgDown", "Meta", "Backtab",
})  # fmt: skip
UNITS = frozenset(("px", "µm", "um", "kB", "MB", "min", "ms"))


def untranslated(text: str, data: frozenset[str]) -> list[str]:
    """Return the words outside the brackets that are neither data, keys nor units."""
    rest = _TAG.sub(" ", text)
    while _TRANSLATED.search(rest):
        rest = _TRANSLATED.sub(" ", rest)
    for each in sorted(data, key=len, reverse=True):
        rest = rest.replace(each, " ")
    return [word for word in _WORD.findall(rest) if word not in KEYS | UNITS]


def texts_of(root: QWidget, *, only_visible: bool = True) -> Iterator[tuple[str, str]]:
    """Yield where each text stands and the text: words, tooltips, names, titles, entries, cells."""
    for widget in [root, *root.findChildren(QWidget)]:
        if only_visible and not (widget.isVisible() or isinstance(widget, QMenu)):
            continue
        if widget.objectName().startswith("qt_") or isinstance(widget.parent(), QComboBox):
            continue
        where = f"{type(widget).__name__} {widget.objectName()}".strip()
        for kind, text in _own_texts(widget):
            if text:
                yield f"{where}: {kind}", text


def _own_texts(widget: QWidget) -> Iterator[tuple[str, str]]:
    yield "tooltip", widget.toolTip()
    yield "status tip", widget.statusTip()
    yield "name", widget.accessibleName()
    yield "description", widget.accessibleDescription()
    for kinds, read in _READERS:
        if isinstance(widget, kinds):
            yield from read(widget)
    if widget.isWindow():
        yield "title", widget.windowTitle()


def _entries(box: QComboBox) -> Iterator[tuple[str, str]]:
    for i in range(box.count()):
        yield f"entry {i}", box.itemText(i)
        yield f"tip of entry {i}", str(box.itemData(i, Qt.ItemDataRole.ToolTipRole) or "")


def _actions(menu: QMenu | QMenuBar) -> Iterator[tuple[str, str]]:
    for action in menu.actions():
        yield "entry", action.text()
        yield f"tip of {action.text()}", action.toolTip()


def _cells(view: QAbstractItemView) -> Iterator[tuple[str, str]]:
    model = view.model()
    if model is None:
        return
    # A list model has one column, and no way to ask it.
    is_list = isinstance(model, QAbstractListModel)
    for column in range(1 if is_list else model.columnCount()):
        if not isinstance(view, QListView):
            yield f"header {column}", _header(model, column)
        for row in range(min(model.rowCount(), 40)):
            index = model.index(row, column)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                value = model.data(index, role)
                if isinstance(value, str):
                    yield f"cell {row},{column}", value


def _header(model: QAbstractItemModel, column: int) -> str:
    value = model.headerData(column, Qt.Orientation.Horizontal)
    return value if isinstance(value, str) else ""


_READERS: tuple[tuple[Any, Callable[[Any], Iterable[tuple[str, str]]]], ...] = (
    (QDockWidget, lambda w: [("title", w.windowTitle())]),
    ((QLabel, QAbstractButton), lambda w: [("text", w.text())]),
    ((QGroupBox, QMenu), lambda w: [("title", w.title())]),
    ((QLineEdit, QPlainTextEdit, QTextEdit), lambda w: [("placeholder", w.placeholderText())]),
    (QAbstractSpinBox, lambda w: [("special value", w.specialValueText())]),
    (QComboBox, _entries),
    ((QTabBar, QTabWidget), lambda w: [(f"tab {i}", w.tabText(i)) for i in range(w.count())]),
    ((QMenu, QMenuBar), _actions),
    (QAbstractItemView, _cells),
)
