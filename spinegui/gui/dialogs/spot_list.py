"""Pictures of spots to click on; each is cut only once it is to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget
from typing_extensions import override

from spinegui.gui.language import tr
from spinegui.gui.style.tokens import CANVAS, SMALL_FONT_PX

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QKeyEvent, QShowEvent

    from spinegui.gui.spots import Picture, Spot

PICTURE = QSize(72, 72)
SHARPNESS = 2
"""Pictures are made this much larger, so that they are sharp on dense screens."""
MOST_SHOWN = 300
FRAME = QColor(255, 255, 255, 150)


class CutsPictures(Protocol):
    """Cuts pictures beside the window, then gives them with the spots they are of."""

    def __call__(
        self,
        spots: Sequence[Spot],
        then: Callable[[tuple[Sequence[Spot], list[Picture]]], object],
    ) -> object: ...


class SpotList(QListWidget):
    """A grid of pictures; a click or Enter on one asks to see it in its image."""

    spot_chosen = Signal(object)  # Spot

    def __init__(self, parent: QWidget, cut: CutsPictures) -> None:
        super().__init__(parent)
        self._cut = cut
        self._spots: Sequence[Spot] = ()
        self._is_wanted = False
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setMovement(QListWidget.Movement.Static)
        self.setIconSize(PICTURE)
        self.setGridSize(QSize(PICTURE.width() + 76, PICTURE.height() + 44))
        self.setViewportMargins(0, 8, 0, 0)
        font = self.font()
        font.setPixelSize(SMALL_FONT_PX)
        self.setFont(font)
        self.itemClicked.connect(self._on_item_chosen)
        self.itemActivated.connect(self._on_item_chosen)

    @property
    def spots(self) -> Sequence[Spot]:
        """What is listed, with or without its picture yet."""
        return self._spots

    def show_spots(self, spots: Sequence[Spot]) -> None:
        """List these, at most MOST_SHOWN of them; their pictures follow."""
        self.clear()
        self._spots = tuple(spots[:MOST_SHOWN])
        empty = _icon(None)
        for spot in self._spots:
            item = QListWidgetItem(empty, spot.caption)
            item.setToolTip(tr("{tip}\nClick to see it in the image", tip=spot.tip))
            item.setData(Qt.ItemDataRole.UserRole, spot)
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            self.addItem(item)
        self._is_wanted = bool(self._spots)
        self._ask()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        # Let go on, Enter would press the dialog's default button too.
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.accept()

    def _ask(self) -> None:
        """Have the pictures cut as soon as somebody can see them."""
        if self._is_wanted and self.isVisible():
            self._is_wanted = False
            self._cut(self._spots, self._on_cut)

    def _on_cut(self, answer: tuple[Sequence[Spot], list[Picture]]) -> None:
        spots, pictures = answer
        if spots is not self._spots:  # others were asked for since
            return
        for row, picture in enumerate(pictures):
            self.item(row).setIcon(_icon(picture))

    def _on_item_chosen(self, item: QListWidgetItem) -> None:
        self.spot_chosen.emit(item.data(Qt.ItemDataRole.UserRole))


def _icon(picture: Picture | None) -> QIcon:
    """Return the picture with the spot's box on it, or an empty frame of its size."""
    size = PICTURE * SHARPNESS
    pixmap = QPixmap(size)
    pixmap.fill(QColor(CANVAS))
    if picture is not None:
        height, width = picture.grey.shape
        data = picture.grey.data
        view = QImage(data, width, height, width, QImage.Format.Format_Grayscale8)
        scale = min(size.width() / width, size.height() / height)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate((size.width() - width * scale) / 2, (size.height() - height * scale) / 2)
        painter.scale(scale, scale)
        painter.drawImage(0, 0, view)
        pen = QPen(FRAME, SHARPNESS)
        pen.setCosmetic(True)
        painter.setPen(pen)
        x0, y0, x1, y1 = picture.box
        painter.drawRect(QRectF(x0, y0, x1 - x0, y1 - y0))
        painter.end()
    icon = QIcon()
    # The same picture when it is selected: Qt would tint it.
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        icon.addPixmap(pixmap, mode)
    return icon
