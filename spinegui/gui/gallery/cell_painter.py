"""Paints cells: the picture, the spine's box, class letter, score, and what is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QLine, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from spinegui.domain.detection import ReviewState
from spinegui.gui.canvas.letters import letter_tile
from spinegui.gui.canvas.strokes import cosmetic
from spinegui.gui.gallery.faces import score_tile
from spinegui.gui.gallery.grid_layout import CAPTION
from spinegui.gui.style.tokens import CANVAS, DARK

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from spinegui.gui.gallery.contents import Crop
    from spinegui.gui.gallery.faces import Face
    from spinegui.gui.gallery.pictures import Picture

EMPTY = QColor("#17191D")
GROUND = QColor(CANVAS)
CHOSEN = QColor(DARK.accent)
CHOSEN_GROUND = QColor("#262945")
HOVERED = QColor("#5A5C66")
QUIET = QColor(DARK.muted)
_WEAKEST = 0.55
_DASHES = [4.0, 3.0]
_INSET = 3


class Setting(NamedTuple):
    """How a crop is shown; `box` is the spine's outline in the picture, in px of the view.

    `shrunk` is below 1 where the spine is too large for the common scale.
    """

    crop: Crop
    picture: Picture
    face: Face
    box: QRect
    strength: float
    shrunk: float


class Cell(NamedTuple):
    """One cell as it is painted now; `image` None is not there yet."""

    rect: QRect
    setting: Setting
    image: QImage | None
    is_chosen: bool
    is_current: bool
    is_hovered: bool
    problem: str


class CellPainter:
    """Paints one cell after the other; pens are kept, texts are copied pictures."""

    def __init__(self) -> None:
        self._pens: dict[tuple[str, bool, int, int], QPen] = {}

    def paint(self, painter: QPainter, cell: Cell, ratio: float) -> None:
        rect, side = cell.rect, cell.rect.width()
        square = QRect(rect.left(), rect.top(), side, side)
        if cell.is_chosen:
            painter.fillRect(rect.adjusted(-2, -2, 2, 2), CHOSEN_GROUND)
        if cell.problem:
            self._paint_problem(painter, square, cell.problem)
        else:
            if cell.image is None:
                painter.fillRect(square, EMPTY)
            elif ratio == 1.0:
                painter.drawImage(square.topLeft(), cell.image)
            else:
                painter.drawImage(square, cell.image)
            self._paint_box(painter, cell.setting, square, ratio)
        self._paint_caption(painter, cell.setting, square, ratio)
        self._paint_frame(painter, cell, square)

    def _paint_box(self, painter: QPainter, setting: Setting, square: QRect, ratio: float) -> None:
        painter.setPen(self._pen(setting.face, setting.strength, ratio))
        box = setting.box.translated(square.topLeft())
        x0, y0, x1, y1 = box.left(), box.top(), box.right() + 1, box.bottom() + 1
        # Four lines take Qt's fast path, which a rectangle with a pen like this does not.
        sides = [QLine(x0, y0, x1, y0), QLine(x0, y1, x1, y1)]
        sides += [QLine(x0, y0, x0, y1), QLine(x1, y0, x1, y1)]
        if setting.face.state is ReviewState.REJECTED:
            sides.append(QLine(x0, y0, x1, y1))
        painter.drawLines(sides)

    def _paint_caption(
        self, painter: QPainter, setting: Setting, square: QRect, ratio: float
    ) -> None:
        middle = square.bottom() + 1 + CAPTION / 2
        if setting.face.letter:
            tile = letter_tile(setting.face.letter, setting.face.colour, ratio)
            top = middle - tile.height() / ratio / 2
            _copy(painter, tile, square.left() + _INSET, top, ratio)
        if setting.face.score:
            tile = score_tile(setting.face.score, ratio)
            width, height = tile.width() / ratio, tile.height() / ratio
            left = square.right() + 1 - _INSET - width
            _copy(painter, tile, left, middle - height / 2, ratio)
        if setting.shrunk < 1:
            tile = score_tile(f"{setting.shrunk:.1f}×", ratio)
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

    def _pen(self, face: Face, strength: float, ratio: float) -> QPen:
        thick = max(1, round(ratio))
        key = (face.colour, face.is_dashed, round(strength * 8), thick)
        pen = self._pens.get(key)
        if pen is None:
            colour = QColor(face.colour)
            colour.setAlphaF(_WEAKEST + (1 - _WEAKEST) * key[2] / 8)
            pen = cosmetic(colour)
            pen.setWidth(thick)
            if face.is_dashed:
                pen.setDashPattern(_DASHES)
            self._pens[key] = pen
        return pen


def _copy(painter: QPainter, tile: QImage, left: float, top: float, ratio: float) -> None:
    painter.drawImage(QRectF(left, round(top), tile.width() / ratio, tile.height() / ratio), tile)
