"""A confusion matrix whose cells can be chosen: counts, shaded by the share of their row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from typing_extensions import override

from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.confusion import NO_CLASS, NOTHING, is_right
from spinegui.gui.language import tr
from spinegui.gui.panels.state_dots import class_icon
from spinegui.gui.plots.cell_grid import CellGrid
from spinegui.gui.style.palette import tokens_in_use

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from spinegui.gui.confusion import Cell, Confusion
    from spinegui.gui.style.tokens import Tokens

CELL = QSize(46, 34)
BADGE = 16
HEADER = 40


class Wording(NamedTuple):
    """What stands beside and above the cells, and what a cell means in a sentence."""

    rows: str
    columns: str
    describe: Callable[[Confusion, Cell], str]


class ConfusionMatrix(CellGrid):
    """One side's words down, the other's across, counts shaded by the share of their row."""

    def __init__(
        self, parent: QWidget, title: str, confusion: Confusion, wording: Wording | None = None
    ) -> None:
        self.confusion = confusion
        self._wording = wording or Wording(tr("people say"), tr("the model says"), describe)
        super().__init__(parent, CELL)
        self.setAccessibleName(
            tr("Confusion matrix of {title}, n = {n}", title=title, n=confusion.n)
        )

    @property
    @override
    def rows(self) -> tuple[str, ...]:
        return self.confusion.rows

    @property
    @override
    def columns(self) -> tuple[str, ...]:
        return self.confusion.columns

    @property
    @override
    def corner(self) -> QPoint:
        metrics = self.fontMetrics()
        names = (row_name(row) for row in self.rows)
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        return QPoint(BADGE + 16 + widest, HEADER)

    @override
    def is_choosable(self, cell: Cell) -> bool:
        return self.confusion.count(*cell) > 0

    @override
    def words_of(self, cell: Cell) -> str:
        return self._wording.describe(self.confusion, cell)

    @property
    def _left(self) -> int:
        return self.corner.x()

    # -- painting ----------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = tokens_in_use()
        self._paint_words(painter, tokens)
        for row in self.rows:
            for column in self.columns:
                if (row, column) != (NOTHING, NOTHING):
                    self._paint_cell(painter, (row, column), tokens)

    def _paint_words(self, painter: QPainter, tokens: Tokens) -> None:
        painter.setFont(self.small)
        painter.setPen(QColor(tokens.muted))
        middle = Qt.AlignmentFlag.AlignCenter
        cells = self.width() - self._left
        painter.drawText(QRect(self._left, 0, cells, 16), middle, self._wording.columns)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(0, 18, self._left, 20), left, self._wording.rows)
        for column in self.columns:
            at = self.rect_of((self.rows[0], column))
            box = QRect(at.left(), 18, at.width(), 20)
            if not _paint_badge(painter, column, QRect(box.center() - QPoint(7, 7), _badge_size())):
                painter.drawText(box, middle, column_name(column).lower())
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.text))
        for row in self.rows:
            at = self.rect_of((row, self.columns[0]))
            box = QRect(QPoint(0, at.top()), QSize(self._left, at.height()))
            place = QPoint(0, at.center().y() - 7)
            has_badge = _paint_badge(painter, row, QRect(place, _badge_size()))
            words = box.adjusted(BADGE + 6 if has_badge else 0, 0, 0, 0)
            painter.drawText(words, left, row_name(row))

    def _paint_cell(self, painter: QPainter, cell: Cell, tokens: Tokens) -> None:
        box, count = self.rect_of(cell), self.confusion.count(*cell)
        # Right and wrong by hue, how often by strength; the number says it to every eye.
        hue = tokens.series[0] if is_right(cell) else tokens.series[1]
        strength = 0.12 + 0.78 * self.confusion.share(*cell) ** 0.7 if count else 0.0
        ground = blend(tokens.surface, hue, strength)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 3, 3)
        ink = tokens.disabled if not count else ink_on(ground)
        painter.setPen(QColor(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(count) if count else "·")
        self.paint_frame(painter, cell, tokens)


def describe(confusion: Confusion, cell: Cell) -> str:
    """Return what a cell means, in a sentence, with its share of what people say."""
    if cell == (NOTHING, NOTHING):
        return ""
    count, spines = confusion.count(*cell), "spine"
    people = {
        NOTHING: tr("people see no spine"),
        NO_CLASS: tr("people see a spine of no class"),
    }.get(cell[0], tr("people say {lower}", lower=row_name(cell[0]).lower()))
    model = {NOTHING: tr("the model finds none"), NO_CLASS: tr("the model finds one")}.get(
        cell[1], tr("the model says {lower}", lower=column_name(cell[1]).lower())
    )
    spines = "place" if cell[0] == NOTHING else "spine"
    words = f"{count} {spines}{'' if count == 1 else 's'}: {people}, {model}"
    return (
        tr("{words} ({value:.0f} % of the row)", words=words, value=confusion.share(*cell) * 100)
        if count
        else words
    )


def row_name(label: str) -> str:
    """Return what people say, as it stands before a row."""
    return {NOTHING: tr("No spine"), NO_CLASS: tr("No class")}.get(label) or class_name(label)


def column_name(label: str) -> str:
    """Return what the model says, as it stands above a column."""
    return {NOTHING: tr("Missed"), NO_CLASS: tr("Found")}.get(label) or class_name(label)


def class_name(label: str) -> str:
    """Return the name of a class, a project's own too."""
    found = SPINE_CLASSES.with_class(label).find(label)
    return tr(found.name) if found else label


def _badge_size() -> QSize:
    return QSize(BADGE, BADGE)


def _paint_badge(painter: QPainter, label: str, box: QRect) -> bool:
    """Paint a class's letter on its colour; False for what is no class."""
    if label in {NOTHING, NO_CLASS}:
        return False
    found = SPINE_CLASSES.with_class(label).find(label)
    if found is not None:
        class_icon(found.letter, found.colour).paint(painter, box)
    return found is not None


def blend(ground: str, hue: str, strength: float) -> QColor:
    """Return the ground with that much of a hue, from 0 to 1."""
    under, over = QColor(ground), QColor(hue)
    channels = (QColor.redF, QColor.greenF, QColor.blueF)
    parts = ((1 - strength) * f(under) + strength * f(over) for f in channels)
    return QColor.fromRgbF(*parts)


def ink_on(ground: QColor) -> str:
    """Return the ink that is read more easily on that colour."""
    light = 0.299 * ground.redF() + 0.587 * ground.greenF() + 0.114 * ground.blueF()
    return "#101114" if light > 0.5 else "#FFFFFF"
