"""The F1 sheet: every key and what the mouse does, from the same tables that the window obeys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from spinegui.gui.actions import ACTIONS, MENUS
from spinegui.gui.dialogs.search_field import search_field
from spinegui.gui.dialogs.sheet import Sheet, words
from spinegui.gui.gestures import MOUSE, NUDGE, Gesture
from spinegui.gui.key_caps import KeyCaps, caps_of
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from spinegui.gui.action_set import ActionSet

SIZE = (880, 680)
COLUMNS = (("Review", "File", "Train", "Export", "Help"), ("Mouse", "Edit", "View"))


@dataclass(frozen=True, slots=True)
class Line:
    """What something does, and the caps to press for it."""

    text: str
    caps: tuple[tuple[str, ...], ...]


def sections(actions: ActionSet) -> dict[str, tuple[Line, ...]]:
    """Return the lines of the sheet by heading; actions without a key are left out."""
    found = {
        menu: tuple(
            Line(actions[spec.id].text().rstrip("…"), caps_of(actions.keys.of(spec.id)))
            for spec in ACTIONS
            if spec.menu == menu and actions.keys.of(spec.id)
        )
        for menu in MENUS
    }
    found["Review"] += tuple(_gesture_line(gesture) for gesture in NUDGE)
    found["Mouse"] = tuple(_gesture_line(gesture) for gesture in MOUSE)
    return found


def _gesture_line(gesture: Gesture) -> Line:
    return Line(tr(gesture.does), ((*gesture.hold, tr(gesture.hand)),))


class ShortcutsSheet(Sheet):
    """Two columns of sections; typing leaves only what fits."""

    change_requested = Signal()

    def __init__(self, parent: QWidget, actions: ActionSet) -> None:
        super().__init__(parent, "shortcuts", tr("Keys and mouse"))
        self.search = search_field(self, tr("Find a key or an action"))
        self.search.textChanged.connect(self._on_text_changed)
        self.nothing = words(tr("Nothing does that. Try fewer letters."), "quiet")
        self.nothing.hide()
        self.sections = {
            heading: _Section(heading, lines) for heading, lines in sections(actions).items()
        }
        self.body.addWidget(self.search)
        self.body.addWidget(self.nothing)
        self.body.addWidget(self._columns(), 1)
        self._add_foot()
        actions.keys.changed.connect(self.close)
        self.resize(*SIZE)
        self.search.setFocus()

    def _add_foot(self) -> None:
        note = tr("Single letters act while the image or the spine table has the focus.")
        change = QPushButton(tr("Change keys…"), self)
        change.setObjectName("change_keys")
        change.setAutoDefault(False)
        change.clicked.connect(self._on_change_clicked)
        row = QHBoxLayout()
        row.addWidget(words(note, "quiet"), 1)
        row.addWidget(change)
        self.body.addLayout(row)

    def _on_change_clicked(self) -> None:
        self.close()
        self.change_requested.emit()

    def _columns(self) -> QScrollArea:
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 12, 0)
        row.setSpacing(40)
        for headings in COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(16)
            for heading in headings:
                column.addWidget(self.sections[heading])
            column.addStretch(1)
            row.addLayout(column, 1)
        area = QScrollArea(self)
        area.setAccessibleName(tr("Keys and mouse"))
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        return area

    def visible_lines(self) -> list[str]:
        """Return the texts that the search leaves."""
        return [text for section in self.sections.values() for text in section.visible_lines()]

    def _on_text_changed(self, text: str) -> None:
        wanted = text.casefold().split()
        for section in self.sections.values():
            section.show_only(wanted)
        self.nothing.setVisible(not self.visible_lines())


class _Section(QWidget):
    """A heading and its lines."""

    def __init__(self, heading: str, lines: Sequence[Line]) -> None:
        super().__init__()
        self._heading = tr(heading).casefold()
        self._rows: list[tuple[Line, QWidget]] = []
        self._wanted: list[str] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(words(tr(heading), "heading"))
        for line in lines:
            row = _row(line)
            self._rows.append((line, row))
            layout.addWidget(row)

    def visible_lines(self) -> list[str]:
        return [line.text for line, _ in self._rows if self._fits(line)]

    def show_only(self, wanted: list[str]) -> None:
        """Leave the lines that hold every wanted word, in text, keys or heading."""
        self._wanted = wanted
        for line, row in self._rows:
            row.setVisible(self._fits(line))
        self.setVisible(bool(self.visible_lines()))

    def _fits(self, line: Line) -> bool:
        keys = " ".join("+".join(combination) for combination in line.caps)
        text = f"{line.text} {keys} {self._heading}".casefold()
        return _holds(text, self._wanted)


def _holds(text: str, wanted: Iterable[str]) -> bool:
    return all(word in text for word in wanted)


def _row(line: Line) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 1, 0, 1)
    layout.setSpacing(12)
    layout.addWidget(QLabel(line.text), 1)
    layout.addWidget(KeyCaps(line.caps))
    return row
