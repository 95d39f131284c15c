"""A confusion matrix whose cells can be chosen: counts, shaded by the share of their row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.confusion import NO_CLASS, NOTHING, is_right
from spinegui.gui.panels.state_dots import class_icon
from spinegui.gui.style.palette import tokens_in_use
from spinegui.gui.style.tokens import SMALL_FONT_PX

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent

    from spinegui.gui.confusion import Cell, Confusion
    from spinegui.gui.style.tokens import Tokens

CELL = QSize(46, 34)
GAP = 2
BADGE = 16
HEADER = 40
STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
CHOOSING = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}


class ConfusionMatrix(QWidget):
    """People's words down, the model's across. A click, or arrow keys and Enter, choose a cell."""

    cell_chosen = Signal(object)  # Cell

    def __init__(self, parent: QWidget, title: str, confusion: Confusion) -> None:
        super().__init__(parent)
        self.confusion = confusion
        self.chosen: Cell | None = None
        self._current: Cell | None = None
        self._hovered: Cell | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Confusion matrix of {title}, n = {confusion.n}")
        # As in the rest of the window, where a font is made from the application's.
        self._small = QFont(self.font())
        self._small.setPixelSize(SMALL_FONT_PX)

    @override
    def sizeHint(self) -> QSize:
        rows, columns = len(self.confusion.rows), len(self.confusion.columns)
        width = self._left + columns * (CELL.width() + GAP)
        return QSize(width, HEADER + rows * (CELL.height() + GAP))

    @property
    def _left(self) -> int:
        """The width of the words before the cells."""
        metrics = self.fontMetrics()
        names = (row_name(row) for row in self.confusion.rows)
        return BADGE + 16 + max((metrics.horizontalAdvance(name) for name in names), default=0)

    def rect_of(self, cell: Cell) -> QRect:
        """Return where a cell is painted."""
        row, column = self.confusion.rows.index(cell[0]), self.confusion.columns.index(cell[1])
        step = CELL + QSize(GAP, GAP)
        corner = QPoint(self._left + column * step.width(), HEADER + row * step.height())
        return QRect(corner, CELL)

    def cell_at(self, at: QPoint) -> Cell | None:
        """Return the cell under a point."""
        found = ((r, c) for r in self.confusion.rows for c in self.confusion.columns)
        return next((cell for cell in found if self.rect_of(cell).contains(at)), None)

    def choose(self, cell: Cell | None) -> None:
        """Mark a cell as chosen, or none; says nothing."""
        self.chosen = self._current = cell
        self.update()

    # -- hands -------------------------------------------------------------------------------

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.cell_at(event.position().toPoint()))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def _hover(self, cell: Cell | None) -> None:
        self._hovered = cell if cell is not None and self.confusion.count(*cell) else None
        pointing = Qt.CursorShape.PointingHandCursor
        self.setCursor(pointing if self._hovered else Qt.CursorShape.ArrowCursor)
        self.update()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and cell is not None:
            self._choose(cell)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        self._begin()
        if key in STEPS:
            self._step(*STEPS[key])
        elif key in CHOOSING and self._current is not None:
            # Let go on, Enter would press the dialog's default button.
            self._choose(self._current)
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._begin()
        self.update()

    def _begin(self) -> None:
        """Stand on the first cell, unless on another one."""
        if self._current is None and self.confusion.rows and self.confusion.columns:
            self._current = (self.confusion.rows[0], self.confusion.columns[0])

    def _step(self, down: int, right: int) -> None:
        rows, columns = self.confusion.rows, self.confusion.columns
        if self._current is None:
            return
        row, column = rows.index(self._current[0]), columns.index(self._current[1])
        row = min(max(row + down, 0), len(rows) - 1)
        self._current = (rows[row], columns[min(max(column + right, 0), len(columns) - 1)])
        self.update()

    def _choose(self, cell: Cell) -> None:
        if self.confusion.count(*cell):
            self.choose(cell)
            self.cell_chosen.emit(cell)

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            text = describe(self.confusion, cell) if cell is not None else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    # -- painting ----------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = tokens_in_use()
        self._paint_words(painter, tokens)
        for row in self.confusion.rows:
            for column in self.confusion.columns:
                if (row, column) != (NOTHING, NOTHING):
                    self._paint_cell(painter, (row, column), tokens)

    def _paint_words(self, painter: QPainter, tokens: Tokens) -> None:
        painter.setFont(self._small)
        painter.setPen(QColor(tokens.muted))
        middle = Qt.AlignmentFlag.AlignCenter
        cells = self.width() - self._left
        painter.drawText(QRect(self._left, 0, cells, 16), middle, "the model says")
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(0, 18, self._left, 20), left, "people say")
        for column in self.confusion.columns:
            at = self.rect_of((self.confusion.rows[0], column))
            box = QRect(at.left(), 18, at.width(), 20)
            if not _paint_badge(painter, column, QRect(box.center() - QPoint(7, 7), _badge_size())):
                painter.drawText(box, middle, column_name(column).lower())
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.text))
        for row in self.confusion.rows:
            at = self.rect_of((row, self.confusion.columns[0]))
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
        ground = _blend(tokens.surface, hue, strength)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 3, 3)
        ink = tokens.disabled if not count else _ink_on(ground)
        painter.setPen(QColor(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(count) if count else "·")
        self._paint_frame(painter, cell, tokens)

    def _paint_frame(self, painter: QPainter, cell: Cell, tokens: Tokens) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        box = self.rect_of(cell)
        if cell == self.chosen:
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3)
        elif cell == self._hovered or (cell == self._current and self.hasFocus()):
            painter.setPen(QPen(QColor(tokens.muted), 1))
            painter.drawRoundedRect(box, 3, 3)


def describe(confusion: Confusion, cell: Cell) -> str:
    """Return what a cell means, in a sentence, with its share of what people say."""
    if cell == (NOTHING, NOTHING):
        return ""
    count, spines = confusion.count(*cell), "spine"
    people = {NOTHING: "people see no spine", NO_CLASS: "people see a spine of no class"}.get(
        cell[0], f"people say {row_name(cell[0]).lower()}"
    )
    model = {NOTHING: "the model finds none", NO_CLASS: "the model finds one"}.get(
        cell[1], f"the model says {column_name(cell[1]).lower()}"
    )
    spines = "place" if cell[0] == NOTHING else "spine"
    words = f"{count} {spines}{'' if count == 1 else 's'}: {people}, {model}"
    return f"{words} ({confusion.share(*cell) * 100:.0f} % of the row)" if count else words


def row_name(label: str) -> str:
    """Return what people say, as it stands before a row."""
    return {NOTHING: "No spine", NO_CLASS: "No class"}.get(label) or class_name(label)


def column_name(label: str) -> str:
    """Return what the model says, as it stands above a column."""
    return {NOTHING: "Missed", NO_CLASS: "Found"}.get(label) or class_name(label)


def class_name(label: str) -> str:
    """Return the name of a class, a project's own too."""
    found = SPINE_CLASSES.with_class(label).find(label)
    return found.name if found else label


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


def _blend(ground: str, hue: str, strength: float) -> QColor:
    under, over = QColor(ground), QColor(hue)
    channels = (QColor.redF, QColor.greenF, QColor.blueF)
    parts = ((1 - strength) * f(under) + strength * f(over) for f in channels)
    return QColor.fromRgbF(*parts)


def _ink_on(ground: QColor) -> str:
    """Return the ink that is read more easily on that colour."""
    light = 0.299 * ground.redF() + 0.587 * ground.greenF() + 0.114 * ground.blueF()
    return "#101114" if light > 0.5 else "#FFFFFF"
