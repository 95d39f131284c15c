"""The grid: one painted widget that scrolls; only the cells in view are ever painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip
from typing_extensions import override

from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.gallery.cell_painter import CHOSEN, GROUND, Cell, CellPainter
from spinegui.gui.gallery.faces import Faces
from spinegui.gui.gallery.grid_keys import GridKeys
from spinegui.gui.gallery.grid_layout import CAPTION, GridLayout
from spinegui.gui.gallery.grid_mouse import GridMouse
from spinegui.gui.gallery.pictures import Picture
from spinegui.gui.gallery.preview import Preview
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent, QWheelEvent
    from PySide6.QtWidgets import QWidget

    from spinegui.domain.labels import LabelSet
    from spinegui.gui.gallery.contents import Contents, Crop
    from spinegui.gui.gallery.picks import Picks
    from spinegui.gui.gallery.pictures import Pictures

SIDES = (48, 240)
"""The smallest and the largest picture, in px."""
FIRST_SIDE = 96
_FRAME = 3
_AHEAD_ROWS = 2


class Grid(QAbstractScrollArea):
    """Shows `contents` and what is picked of it; it changes nothing but the picks."""

    picked = Signal()
    opened = Signal(str)
    side_changed = Signal(int)
    menu_requested = Signal(object)  # global QPoint

    def __init__(
        self, contents: Contents, picks: Picks, pictures: Pictures, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("gallery_grid")
        self.setAccessibleName(tr("Crops"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        viewport = self.viewport()
        viewport.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        viewport.setMouseTracking(True)
        self.contents = contents
        self.picks = picks
        self._pictures = pictures
        self._faces = Faces(SPINE_CLASSES)
        self.painter = CellPainter()
        self.side = FIRST_SIDE
        self.is_to_fit = False
        self.layout_now = GridLayout(100, FIRST_SIDE, 0)
        self.hovered = -1
        self.preview = Preview(pictures, self.viewport())
        self.keys = GridKeys(self)
        self.mouse = GridMouse(self)
        pictures.ready.connect(self._on_ready)

    # -- what is shown -----------------------------------------------------------------------

    def set_labels(self, labels: LabelSet) -> None:
        self._faces = Faces(labels)
        self.viewport().update()

    def refresh(self) -> None:
        """Lay out and paint again after the contents or the picks changed."""
        self._lay_out()
        self.viewport().update()

    def set_side(self, side: int) -> None:
        """Show pictures that wide; what is in the middle stays in view."""
        side = max(SIDES[0], min(SIDES[1], side))
        if side == self.side:
            return
        middle = self._index_in_the_middle()
        self.side = side
        self._lay_out()
        if middle >= 0:
            self.reveal(middle, in_the_middle=True)
        self.viewport().update()
        self.side_changed.emit(side)

    def set_to_fit(self, is_to_fit: bool) -> None:
        """Scale each spine to its cell, or all alike."""
        self.is_to_fit = is_to_fit
        self.viewport().update()

    def reveal(self, index: int, *, in_the_middle: bool = False) -> None:
        """Scroll as little as it takes to have that cell in view."""
        _, top = self.layout_now.corner(index)
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bottom = top + self.layout_now.row_height
        if in_the_middle:
            bar.setValue((top + bottom - height) // 2)
        elif top < bar.value():
            bar.setValue(max(0, top - 8))
        elif bottom > bar.value() + height:
            bar.setValue(bottom - height)

    def follow_picks(self) -> None:
        """Show what is picked now, and tell."""
        self.reveal_current()
        self.viewport().update()
        current = self.crop_at(self.picks.index_of(self.picks.current))
        self.setAccessibleDescription(self._faces.describe(current) if current else "")
        if self.preview.isVisible():
            self.show_preview()
        self.picked.emit()

    def show_preview(self) -> None:
        """Show the current crop large, or take the preview away where there is none."""
        index = self.picks.index_of(self.picks.current)
        crop = self.crop_at(index)
        if crop is None:
            self.preview.leave()
            return
        width = self.contents.width_px(crop, to_fit=self.is_to_fit)
        rect, text = self.cell_rect(index), self.describe(crop)
        self.preview.show_crop(crop, self._faces.of(crop), text, width, rect)
        self._want_pictures()

    def reveal_current(self) -> None:
        index = self.picks.index_of(self.picks.current)
        if index >= 0:
            self.reveal(index)

    def index_at(self, at: QPoint) -> int:
        """Return the cell at a point of the viewport, -1 between cells."""
        return self.layout_now.at(at.x(), at.y() + self.verticalScrollBar().value())

    def cell_rect(self, index: int) -> QRect:
        """Return where a cell is in the viewport."""
        left, top = self.layout_now.corner(index)
        return QRect(left, top - self.verticalScrollBar().value(), self.side, self.side + CAPTION)

    def crop_at(self, index: int) -> Crop | None:
        ids = self.contents.ids
        return self.contents.crops[ids[index]] if 0 <= index < len(ids) else None

    def describe(self, crop: Crop) -> str:
        """Return what is known about a crop, and why it has no picture where it has none."""
        problem = self._pictures.failure(crop.image.path)
        return "\n".join(filter(None, (self._faces.describe(crop), problem)))

    def set_hovered(self, index: int) -> None:
        for changed in {self.hovered, index} if index != self.hovered else ():
            if changed >= 0:
                self.viewport().update(self.cell_rect(changed).adjusted(-2, -2, 2, 2))
        self.hovered = index

    # -- laying out --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        view = self.viewport()
        self.layout_now = GridLayout(view.width(), self.side, len(self.contents.ids))
        bar = self.verticalScrollBar()
        bar.setPageStep(view.height())
        bar.setSingleStep(max(1, self.layout_now.row_height // 3))
        bar.setRange(0, max(0, self.layout_now.height - view.height()))

    def _index_in_the_middle(self) -> int:
        """Return the current crop where it is in view, else one in the middle of the view."""
        view = self.viewport().rect()
        current = self.picks.index_of(self.picks.current)
        if current >= 0 and view.intersects(self.cell_rect(current)):
            return current
        middle = self.verticalScrollBar().value() + view.height() / 2
        found = self.layout_now.in_rows(middle, middle)
        return found[0] if found else -1

    # -- painting ----------------------------------------------------------------------------

    def _picture_of(self, crop: Crop) -> tuple[Picture, float]:
        """Return its picture and how many view px an image px takes in it."""
        width = self.contents.width_px(crop, to_fit=self.is_to_fit)
        px = round(self.side * self.devicePixelRatioF())
        return Picture(crop.place(width), px), self.side / width

    def _cell(self, index: int) -> Cell:
        crop_id = self.contents.ids[index]
        crop = self.contents.crops[crop_id]
        picture, scale = self._picture_of(crop)
        box = crop.detection.box
        width, height = box.width * scale, box.height * scale
        common = self.contents.common_px(crop)
        shrunk = 1.0 if self.is_to_fit else common / picture.place.side
        reason = self._pictures.failure(picture.place.path)
        score = crop.detection.score
        return Cell(
            rect=self.cell_rect(index),
            face=self._faces.of(crop),
            picture=self._pictures.find(picture),
            box=QRectF((self.side - width) / 2, (self.side - height) / 2, width, height),
            strength=1.0 if score is None or crop.detection.is_decided else score,
            is_chosen=crop_id in self.picks.chosen,
            is_current=crop_id == self.picks.current and self.hasFocus(),
            is_hovered=index == self.hovered,
            problem=tr("No picture") if reason else "",
            shrunk=shrunk,
        )

    def paint_viewport(self, event: QPaintEvent) -> None:
        """Paint the cells in the part of the view that is to be painted."""
        painter = QPainter(self.viewport())
        exposed, ratio = event.rect(), self.devicePixelRatioF()
        painter.fillRect(exposed, GROUND)
        top = self.verticalScrollBar().value()
        rows = self.layout_now.in_rows(
            exposed.top() + top - _FRAME, exposed.bottom() + top + _FRAME
        )
        for index in rows:
            if self.cell_rect(index).adjusted(-_FRAME, -_FRAME, _FRAME, _FRAME).intersects(exposed):
                self.painter.paint(painter, self._cell(index), ratio)
        if not self.mouse.band.isNull():
            painter.setPen(CHOSEN)
            painter.drawRect(self.mouse.band.translated(0, -top))
        painter.end()
        self._want_pictures()

    def _want_pictures(self) -> None:
        """Ask for the pictures in view, then for those of the next rows."""
        top, height = self.verticalScrollBar().value(), self.viewport().height()
        ahead = _AHEAD_ROWS * self.layout_now.row_height
        in_view = self.layout_now.in_rows(top, top + height)
        near = self.layout_now.in_rows(top - ahead, top + height + ahead)
        order = [*in_view, *(i for i in near if i not in in_view)]
        crops = (self.contents.crops[self.contents.ids[i]] for i in order)
        large = [self.preview.picture] if self.preview.picture else []
        self._pictures.want([*large, *(self._picture_of(crop)[0] for crop in crops)])

    def _on_ready(self, made: Sequence[Picture]) -> None:
        places = {picture.place for picture in made}
        failed = any(self._pictures.failure(place.path) for place in places)
        top = self.verticalScrollBar().value()
        for index in self.layout_now.in_rows(top, top + self.viewport().height()):
            crop = self.contents.crops[self.contents.ids[index]]
            if failed or self._picture_of(crop)[0].place in places:
                self.viewport().update(self.cell_rect(index))

    # -- events ------------------------------------------------------------------------------

    @override
    def sizeHint(self) -> QSize:
        return QSize(900, 700)

    @override
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        view = self.viewport()
        # What is already painted is moved; only the rows that come into view are painted.
        is_plain = self.mouse.band.isNull() and not self.preview.isVisible()
        if is_plain and self.devicePixelRatioF().is_integer():
            view.scroll(0, dy)
        else:
            view.update()
        self.mouse.follow_scroll()

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            crop = self.crop_at(self.index_at(event.pos()))
            if crop is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.describe(crop), self.viewport())
            return True
        return super().viewportEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self.keys.claims(event):
                event.accept()
                return True
        elif event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self.viewport().update()
        return super().event(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self.paint_viewport(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keys.press(event):
            super().keyPressEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.mouse.zoom(event)
        else:
            super().wheelEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.mouse.press(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mouse.move(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.mouse.release(event)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mouse.double_click(event)
