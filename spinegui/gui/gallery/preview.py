"""The large preview over the grid: one spine with its neighbourhood, and what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QFrame
from typing_extensions import override

from spinegui.gui.gallery.pictures import Picture
from spinegui.gui.language import tr
from spinegui.gui.style.tokens import CANVAS, DARK

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from spinegui.gui.gallery.contents import Crop
    from spinegui.gui.gallery.faces import Face
    from spinegui.gui.gallery.pictures import Pictures

SIDE = 336
NEIGHBOURHOOD = 3.0
"""The preview is so many times as wide as the picture in the grid."""
_INSET = 8
_DASHES = [4.0, 3.0]


class Preview(QFrame):
    """Shows what it is given, in the corner of its parent that is away from a cell."""

    def __init__(self, pictures: Pictures, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("gallery_preview")
        self.setAccessibleName(tr("Large preview"))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._view = parent
        self._pictures = pictures
        self._crop: Crop | None = None
        self._face: Face | None = None
        self._text = ""
        self.picture: Picture | None = None
        """The picture that it waits for or shows."""
        pictures.ready.connect(self._on_ready)
        self.hide()

    def show_crop(self, crop: Crop, face: Face, text: str, width_px: float, away: QRect) -> None:
        """Show a spine; `width_px` is the width of its picture in the grid, in px of its image."""
        px = round(SIDE * self.devicePixelRatioF())
        self.picture = Picture(crop.place(width_px * NEIGHBOURHOOD), px)
        self._crop, self._face, self._text = crop, face, text
        self.setAccessibleDescription(text)
        lines = text.count("\n") + 1
        height = SIDE + lines * QFontMetrics(self.font()).lineSpacing() + 3 * _INSET
        self.resize(QSize(SIDE + 2 * _INSET, height))
        self._place(away)
        self.show()
        self.raise_()
        self.update()

    def leave(self) -> None:
        self.picture = None
        self.hide()

    def _place(self, away: QRect) -> None:
        """Stand beside the cell, at the top, where no toast comes; in a narrow view, below it."""
        view = self._view.rect().adjusted(12, 12, -12, -12)
        right = away.center().x() < view.center().x()
        left = view.right() - self.width() if right else view.left()
        covers = left <= away.right() and away.left() <= left + self.width()
        low = covers and away.center().y() < view.center().y()
        self.move(QPoint(left, view.bottom() - self.height() if low else view.top()))

    def _on_ready(self, made: list[Picture]) -> None:
        if self.picture in made:
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(CANVAS))
        painter.setPen(QColor(DARK.hairline))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if self.picture is None or self._crop is None or self._face is None:
            return
        square = QRect(_INSET, _INSET, SIDE, SIDE)
        found = self._pictures.find(self.picture)
        if found is None:
            painter.fillRect(square, QColor(DARK.surface))
        else:
            painter.drawImage(square, found)
        self._paint_box(painter, square)
        painter.setPen(QColor(DARK.text))
        below = QRect(_INSET, SIDE + 2 * _INSET, SIDE, self.height() - SIDE - 2 * _INSET)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self._text)

    def _paint_box(self, painter: QPainter, square: QRect) -> None:
        assert self.picture is not None
        assert self._crop is not None
        assert self._face is not None
        scale = SIDE / self.picture.place.side
        box = self._crop.detection.box
        outline = QRectF(0, 0, box.width * scale, box.height * scale)
        outline.moveCenter(QRectF(square).center())
        pen = QPen(QColor(self._face.colour), 1)
        if self._face.is_dashed:
            pen.setDashPattern(_DASHES)
        painter.setPen(pen)
        painter.drawRect(outline.toRect().intersected(square.adjusted(0, 0, -1, -1)))
