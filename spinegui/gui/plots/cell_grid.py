"""A grid of cells that can be chosen: by a click, or with arrow keys and Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from spinegui.gui.style.tokens import SMALL_FONT_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent

    from spinegui.gui.style.tokens import Tokens

GridCell = tuple[str, str]
GAP = 2
STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
CHOOSING = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}


class CellGrid(QWidget):
    """Rows and columns by name. Subclasses paint, and say what a cell tells when pointed at."""

    cell_chosen = Signal(object)  # GridCell

    def __init__(self, parent: QWidget, cell: QSize) -> None:
        super().__init__(parent)
        self.cell = cell
        self.chosen: GridCell | None = None
        self._current: GridCell | None = None
        self._hovered: GridCell | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        # As in the rest of the window, where a font is made from the application's.
        self.small = QFont(self.font())
        self.small.setPixelSize(SMALL_FONT_PX)

    # -- what there is -----------------------------------------------------------------------

    @property
    def rows(self) -> Sequence[str]:
        raise NotImplementedError

    @property
    def columns(self) -> Sequence[str]:
        raise NotImplementedError

    @property
    def corner(self) -> QPoint:
        """Where the first cell is, behind the words beside and above."""
        raise NotImplementedError

    def is_choosable(self, cell: GridCell) -> bool:
        """Tell whether there is something behind a cell."""
        raise NotImplementedError

    def words_of(self, cell: GridCell) -> str:
        """Return what a cell means, in a sentence."""
        raise NotImplementedError

    @override
    def sizeHint(self) -> QSize:
        step = self.cell + QSize(GAP, GAP)
        width = self.corner.x() + len(self.columns) * step.width()
        return QSize(width, self.corner.y() + len(self.rows) * step.height())

    def rect_of(self, cell: GridCell) -> QRect:
        """Return where a cell is painted."""
        row, column = self.rows.index(cell[0]), self.columns.index(cell[1])
        step = self.cell + QSize(GAP, GAP)
        return QRect(self.corner + QPoint(column * step.width(), row * step.height()), self.cell)

    def cell_at(self, at: QPoint) -> GridCell | None:
        """Return the cell under a point."""
        found = ((r, c) for r in self.rows for c in self.columns)
        return next((cell for cell in found if self.rect_of(cell).contains(at)), None)

    def choose(self, cell: GridCell | None) -> None:
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

    def _hover(self, cell: GridCell | None) -> None:
        self._hovered = cell if cell is not None and self.is_choosable(cell) else None
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
        if self._current is None and self.rows and self.columns:
            self._current = (self.rows[0], self.columns[0])

    def _step(self, down: int, right: int) -> None:
        rows, columns = self.rows, self.columns
        if self._current is None:
            return
        row, column = rows.index(self._current[0]), columns.index(self._current[1])
        row = min(max(row + down, 0), len(rows) - 1)
        self._current = (rows[row], columns[min(max(column + right, 0), len(columns) - 1)])
        self.update()

    def _choose(self, cell: GridCell) -> None:
        if self.is_choosable(cell):
            self.choose(cell)
            self.cell_chosen.emit(cell)

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            text = self.words_of(cell) if cell is not None else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    # -- painting ----------------------------------------------------------------------------

    def paint_frame(self, painter: QPainter, cell: GridCell, tokens: Tokens) -> None:
        """Frame a cell that is chosen, pointed at or current."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        box = self.rect_of(cell)
        if cell == self.chosen:
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3)
        elif cell == self._hovered or (cell == self._current and self.hasFocus()):
            painter.setPen(QPen(QColor(tokens.muted), 1))
            painter.drawRoundedRect(box, 3, 3)
