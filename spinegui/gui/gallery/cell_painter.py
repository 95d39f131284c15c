"""Paints cells: the picture, the spine's box, class letter, score, and what is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from spinegui.domain.detection import ReviewState
from spinegui.gui.canvas.letters import letter_tile
from spinegui.gui.gallery.faces import score_tile
from spinegui.gui.gallery.grid_layout import CAPTION
from spinegui.gui.style.tokens import CANVAS, DARK

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from spinegui.gui.gallery.faces import Face

EMPTY = QColor("#17191D")
GROUND = QColor(CANVAS)
CHOSEN = QColor(DARK.accent)
CHOSEN_GROUND = QColor("#262945")
HOVERED = QColor("#5A5C66")
QUIET = QColor(DARK.muted)
_WEAKEST = 0.55
_DASHES = [4.0, 3.0]
_INSET = 3


class Cell(NamedTuple):
    """One cell as it is to be painted; `box` is the spine's outline inside the picture, in px."""

    rect: QRect
    face: Face
    picture: QImage | None
    box: QRectF
    strength: float
    is_chosen: bool
    is_current: bool
    is_hovered: bool
    problem: str
    shrunk: float


class CellPainter:
    """Paints one cell after the other; pens are kept, texts are copied pictures."""

    def __init__(self) -> None:
        self._pens: dict[tuple[str, bool, int], QPen] = {}
        self.shows_boxes = True
        self.shows_letters = True

    def paint(self, painter: QPainter, cell: Cell, ratio: float) -> None:
        rect, side = cell.rect, cell.rect.width()
        square = QRect(rect.left(), rect.top(), side, side)
        if cell.is_chosen:
            painter.fillRect(rect.adjusted(-2, -2, 2, 2), CHOSEN_GROUND)
        if cell.problem:
            self._paint_problem(painter, square, cell.problem)
        elif cell.picture is None:
            painter.fillRect(square, EMPTY)
        elif cell.picture.width() == round(side * ratio):
            painter.drawImage(square.topLeft(), cell.picture)
        else:
            painter.drawImage(square, cell.picture)
        if self.shows_boxes and not cell.problem:
            self._paint_box(painter, cell, square)
        self._paint_caption(painter, cell, square, ratio)
        self._paint_frame(painter, cell, square)

    def _paint_box(self, painter: QPainter, cell: Cell, square: QRect) -> None:
        painter.setPen(self._pen(cell.face, cell.strength))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        box = cell.box.translated(QPointF(square.topLeft())).toRect()
        inside = box.intersected(square.adjusted(0, 0, -1, -1))
        painter.drawRect(inside)
        if cell.face.state is ReviewState.REJECTED:
            painter.drawLine(inside.topLeft(), inside.bottomRight())

    def _paint_caption(self, painter: QPainter, cell: Cell, square: QRect, ratio: float) -> None:
        middle = square.bottom() + 1 + CAPTION / 2
        if cell.face.letter and self.shows_letters:
            tile = letter_tile(cell.face.letter, cell.face.colour, ratio)
            top = middle - tile.height() / ratio / 2
            _copy(painter, tile, square.left() + _INSET, top, ratio)
        if cell.face.score:
            tile = score_tile(cell.face.score, ratio)
            width, height = tile.width() / ratio, tile.height() / ratio
            left = square.right() + 1 - _INSET - width
            _copy(painter, tile, left, middle - height / 2, ratio)
        if cell.shrunk < 1:
            tile = score_tile(f"{cell.shrunk:.1f}×", ratio)
            _copy(painter, tile, square.left() + _INSET, square.top() + 1, ratio)

    def _paint_frame(self, painter: QPainter, cell: Cell, square: QRect) -> None:
        if cell.is_chosen or cell.is_current:
            painter.setPen(QPen(CHOSEN, 2) if cell.is_chosen else QPen(CHOSEN, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(square.adjusted(0, 0, -1, -1))
            if cell.is_current:
                painter.setPen(QPen(GROUND, 1))
                painter.drawRect(square.adjusted(1, 1, -2, -2))
        elif cell.is_hovered:
            painter.setPen(QPen(HOVERED, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(square.adjusted(0, 0, -1, -1))

    def _paint_problem(self, painter: QPainter, square: QRect, problem: str) -> None:
        painter.fillRect(square, EMPTY)
        painter.setPen(QUIET)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(square.adjusted(6, 6, -6, -6), flags, problem)

    def _pen(self, face: Face, strength: float) -> QPen:
        key = (face.colour, face.is_dashed, round(strength * 8))
        pen = self._pens.get(key)
        if pen is None:
            colour = QColor(face.colour)
            colour.setAlphaF(_WEAKEST + (1 - _WEAKEST) * key[2] / 8)
            pen = QPen(colour, 1)
            if face.is_dashed:
                pen.setDashPattern(_DASHES)
            self._pens[key] = pen
        return pen


def _copy(painter: QPainter, tile: QImage, left: float, top: float, ratio: float) -> None:
    painter.drawImage(QRectF(left, round(top), tile.width() / ratio, tile.height() / ratio), tile)
