"""The table model of the history: edits newest first, under a heading for each day and session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPalette
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from spinegui.gui.history import words
from spinegui.gui.language import tr
from spinegui.gui.style.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from spinegui.domain.history import Deed
    from spinegui.gui.history.edit_log import EditLog
    from spinegui.storage.log_reading import EditSummary

Index = QModelIndex | QPersistentModelIndex
SEQ_ROLE = Qt.ItemDataRole.UserRole
WHEN, WHO, WHAT, IMAGE, SPINES = range(5)
UNDO_ICONS = {"undo": "ph.arrow-u-up-left", "redo": "ph.arrow-u-up-right"}
ENOUGH = 100
"""With fewer lines than this shown, a filter looks further back by itself."""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which edits are shown; None and "" let all through."""

    image_id: str | None = None
    user: str | None = None
    deed: Deed | None = None
    text: str = ""

    def lets(self, edit: EditSummary, told: str) -> bool:
        """Tell whether an edit that is told in these words is shown."""
        return (
            (self.image_id is None or self.image_id in edit.image_ids)
            and (self.user is None or edit.user == self.user)
            and (self.deed is None or self.deed in edit.deeds)
            and (not self.text or self.text.casefold() in told.casefold())
        )

    @property
    def is_on(self) -> bool:
        return self != LogFilter()


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the edits of one session on one day."""

    key: tuple[str, str]
    text: str


class LogModel(QAbstractTableModel):
    """Shows the log through a filter, or the history of one item that was read for it."""

    def __init__(self, log: EditLog, image_name: Callable[[str], str]) -> None:
        super().__init__()
        self._log = log
        self._image_name = image_name
        self._filter = LogFilter()
        self._told: Mapping[int, str] | None = None
        self._of_item: tuple[EditSummary, ...] = ()
        self.lines: list[Heading | EditSummary] = []
        log.reset.connect(self.reload)
        log.newer_came.connect(self._on_newer_came)
        log.older_came.connect(self._on_older_came)

    # -- what is shown -----------------------------------------------------------------------

    @property
    def filter(self) -> LogFilter:
        return self._filter

    def set_filter(self, wanted: LogFilter) -> None:
        if wanted != self._filter:
            self._filter = wanted
            self.reload()

    def show_item(self, edits: tuple[EditSummary, ...], told: Mapping[int, str]) -> None:
        """Show the history of one item in place of the log, each edit told in these words."""
        self._of_item, self._told = edits, told
        self.reload()

    def show_log(self) -> None:
        """Show the log again."""
        self._of_item, self._told = (), None
        self.reload()

    def reload(self) -> None:
        """Lay out everything anew."""
        self.beginResetModel()
        edits = self._log.edits if self._told is None else self._of_item
        self.lines = self._laid_out(edits, None)
        self.endResetModel()
        self._look_further()

    def edit_at(self, row: int) -> EditSummary | None:
        """Return the edit of a row, None for a heading."""
        line = self.lines[row] if 0 <= row < len(self.lines) else None
        return None if isinstance(line, Heading) else line

    def row_of(self, seq: int) -> int:
        """Return the row of an edit, -1 where it is not shown."""
        rows = (row for row, line in enumerate(self.lines) if getattr(line, "seq", None) == seq)
        return next(rows, -1)

    @property
    def is_of_item(self) -> bool:
        """Whether the history of one item is shown."""
        return self._told is not None

    @property
    def n_edits(self) -> int:
        """How many edits are shown, headings not counted."""
        return sum(not isinstance(line, Heading) for line in self.lines)

    def told(self, edit: EditSummary) -> str:
        """Return what an edit did, as this list says it."""
        if self._told is not None:
            return self._told.get(edit.seq, words.title_of(edit))
        return words.title_of(edit)

    # -- following the log -------------------------------------------------------------------

    def _on_newer_came(self, count: int) -> None:
        if self._told is not None:
            return
        fresh = self._laid_out(self._log.edits[:count], None)
        if fresh:
            first = self.lines[0] if self.lines else None
            if isinstance(first, Heading) and isinstance(fresh[0], Heading):
                # One heading a group: the new edits go below the one that stands there.
                last = [line for line in fresh if isinstance(line, Heading)][-1]
                if last.key == first.key:
                    self.beginRemoveRows(QModelIndex(), 0, 0)
                    del self.lines[0]
                    self.endRemoveRows()
            self.beginInsertRows(QModelIndex(), 0, len(fresh) - 1)
            self.lines[:0] = fresh
            self.endInsertRows()
        if self.lines:  # an undo strikes an edit further down
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, SPINES))

    def _on_older_came(self, count: int) -> None:
        if self._told is not None:
            return
        keys = [line.key for line in self.lines if isinstance(line, Heading)]
        fresh = self._laid_out(self._log.edits[-count:], keys[-1] if keys else None)
        if fresh:
            at = len(self.lines)
            self.beginInsertRows(QModelIndex(), at, at + len(fresh) - 1)
            self.lines += fresh
            self.endInsertRows()
        self._look_further()

    def _look_further(self) -> None:
        if self._told is None and self._filter.is_on and len(self.lines) < ENOUGH:
            self._log.ask_older()

    def _laid_out(
        self, edits: Iterable[EditSummary], above: tuple[str, str] | None
    ) -> list[Heading | EditSummary]:
        lines: list[Heading | EditSummary] = []
        for edit in edits:
            if not self._filter.lets(edit, self.told(edit)):
                continue
            key = (f"{words.local_time(edit.at):%Y-%m-%d}", edit.session)
            if key != above:
                lines.append(Heading(key, self._heading(edit)))
                above = key
            lines.append(edit)
        return lines

    def _heading(self, edit: EditSummary) -> str:
        session = self._log.sessions.get(edit.session)
        if session is None:
            return words.day(edit.at)
        is_same_day = words.local_time(session.at).date() == words.local_time(edit.at).date()
        since = words.clock(session.at) if is_same_day else words.moment(session.at)
        return tr("{day} · opened {time}", day=words.day(edit.at), time=since)

    # -- Qt's questions ----------------------------------------------------------------------

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self.lines)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else SPINES + 1

    @override
    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._told is None and not self._log.is_whole

    @override
    def fetchMore(self, parent: Index) -> None:
        if not parent.isValid():
            self._log.ask_older()

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.edit_at(index.row()) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return (tr("When"), tr("Who"), tr("What"), tr("Image"), tr("Spines"))[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
        return None

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line, column = self.lines[index.row()], index.column()
        if isinstance(line, Heading):
            return _heading_data(line, column, role)
        answers: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda: self._text(line, column),
            Qt.ItemDataRole.ToolTipRole: lambda: self._tip(line),
            Qt.ItemDataRole.TextAlignmentRole: lambda: _alignment(column),
            Qt.ItemDataRole.DecorationRole: lambda: _icon(line) if column == WHAT else None,
            Qt.ItemDataRole.FontRole: lambda: self._font(line) if column == WHAT else None,
            Qt.ItemDataRole.ForegroundRole: lambda: self._colour(line),
            SEQ_ROLE: lambda: line.seq,
        }
        answer = answers.get(role)
        return None if answer is None else answer()

    def _text(self, edit: EditSummary, column: int) -> str:
        if column == WHEN:
            return words.clock(edit.at)
        if column == WHO:
            return edit.user
        if column == WHAT:
            return self.told(edit)
        if column == IMAGE:
            return self._images(edit)
        return str(edit.n_spines) if edit.n_spines else ""

    def _images(self, edit: EditSummary) -> str:
        if len(edit.image_ids) == 1:
            return self._image_name(edit.image_ids[0])
        return tr("{n} images", n=len(edit.image_ids)) if edit.image_ids else ""

    def _tip(self, edit: EditSummary) -> str:
        lines = [
            f"{words.local_time(edit.at):%Y-%m-%d %H:%M:%S} · {edit.user}",
            words.title_of(edit),
            ", ".join(self._image_name(i) for i in edit.image_ids[:5]),
        ]
        if edit.n_spines:
            lines.append(words.spines(edit.n_spines))
        if self._log.is_undone(edit):
            lines.append(tr("Taken back by undo"))
        return "\n".join(line for line in lines if line)

    def _font(self, edit: EditSummary) -> QFont | None:
        if not self._log.is_undone(edit):
            return None
        font = QFont(QApplication.font())
        font.setStrikeOut(True)
        return font

    def _colour(self, edit: EditSummary) -> QColor | None:
        """Return a dim colour for what was undone, and for undo and redo themselves."""
        is_dim = edit.kind != "do" or self._log.is_undone(edit)
        return _quiet() if is_dim else None


def _quiet() -> QColor:
    return QApplication.palette().color(QPalette.ColorRole.PlaceholderText)


def _icon(edit: EditSummary) -> QIcon | None:
    name = UNDO_ICONS.get(edit.kind) or next(
        (name for deed, name in words.DEED_ICONS.items() if deed in edit.deeds), None
    )
    return icon(name) if name else None


def _heading_data(line: Heading, column: int, role: int) -> object:
    if column:
        return None
    if role == Qt.ItemDataRole.DisplayRole:
        return line.text
    if role == Qt.ItemDataRole.FontRole:
        font = QFont(QApplication.font())
        font.setWeight(QFont.Weight.Medium)
        return font
    return _quiet() if role == Qt.ItemDataRole.ForegroundRole else None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == SPINES else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
