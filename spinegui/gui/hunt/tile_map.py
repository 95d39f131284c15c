"""A small map of the tiles: which were seen, which hold nothing, which one is on show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from spinegui.gui.language import tr
from spinegui.gui.style.palette import tokens_in_use

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from spinegui.domain.tiles import Tile

TALLEST_PX = 132
LARGEST_CELL_PX = 26.0
_GAP = 2.0


class TileMap(QWidget):
    """Seen tiles are filled and ticked, empty ones dotted, the one on show is framed.

    A click goes there.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: tuple[Tile, ...] = ()
        self._seen: tuple[bool, ...] = ()
        self._n_structured = 0
        self._at = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Tiles of this image"))
        self.setToolTip(tr("Click a tile to go there. Filled: seen. Dotted: only background."))

    def show_tiles(
        self, tiles: Sequence[Tile], seen: Sequence[bool], n_structured: int, at: int
    ) -> None:
        """Show the tiles in walking order; those from `n_structured` on hold only background."""
        is_other = tuple(tiles) != self._tiles
        self._tiles, self._seen = tuple(tiles), tuple(seen)
        self._n_structured, self._at = n_structured, at
        self.setAccessibleDescription(
            tr("{seen} of {n} tiles seen", seen=sum(self._seen), n=len(self._tiles))
        )
        if is_other:
            self.updateGeometry()
        self.update()

    def cell(self, index: int) -> QRectF:
        """Return where a tile of the walk is drawn."""
        tile, size = self._tiles[index], self._cell_px()
        left = (self.width() - size * self._n_columns()) / 2
        return QRectF(
            left + tile.column * size + _GAP / 2, tile.row * size + _GAP / 2,
            size - _GAP, size - _GAP,
        )  # fmt: skip

    def _n_columns(self) -> int:
        return 1 + max((tile.column for tile in self._tiles), default=0)

    def _n_rows(self) -> int:
        return 1 + max((tile.row for tile in self._tiles), default=0)

    def _cell_px(self) -> float:
        across = (self.width() or self.sizeHint().width()) / self._n_columns()
        return max(3.0, min(LARGEST_CELL_PX, across, TALLEST_PX / self._n_rows()))

    @override
    def sizeHint(self) -> QSize:
        cell = min(LARGEST_CELL_PX, TALLEST_PX / self._n_rows())
        return QSize(180, round(self._n_rows() * max(cell, 3.0)))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        half = QPointF(_GAP, _GAP)
        for index in range(len(self._tiles)):
            cell = self.cell(index)
            if QRectF(cell.topLeft() - half, cell.bottomRight() + half).contains(at):
                self.chosen.emit(index)
                return

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = tokens_in_use()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, is_seen in enumerate(self._seen):
            is_empty = index >= self._n_structured
            style = Qt.PenStyle.DotLine if is_empty else Qt.PenStyle.SolidLine
            painter.setPen(QPen(QColor(tokens.muted if is_seen else tokens.disabled), 1, style))
            fill = QColor(tokens.muted)
            fill.setAlphaF(0.45)
            painter.setBrush(QBrush(fill) if is_seen else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.cell(index).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
            if is_seen:
                self._tick(painter, self.cell(index), QColor(tokens.text))
        if 0 <= self._at < len(self._tiles):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRoundedRect(self.cell(self._at), 3, 3)
        painter.end()

    def _tick(self, painter: QPainter, cell: QRectF, colour: QColor) -> None:
        if cell.width() < 9:
            return
        painter.setPen(QPen(colour, 1.4))
        at = [
            QPointF(cell.left() + x * cell.width(), cell.top() + y * cell.height())
            for x, y in ((0.28, 0.52), (0.44, 0.68), (0.73, 0.34))
        ]
        painter.drawPolyline(at)
