"""The grid: one painted widget that scrolls; only the cells in view are ever painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip
from typing_extensions import override

from spinegui.gui.gallery.cell_painter import CHOSEN, GROUND, Cell, CellPainter
from spinegui.gui.gallery.grid_keys import GridKeys
from spinegui.gui.gallery.grid_layout import CAPTION, GridLayout
from spinegui.gui.gallery.grid_mouse import GridMouse
from spinegui.gui.gallery.preview import Preview
from spinegui.gui.gallery.settings import Settings
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent, QWheelEvent
    from PySide6.QtWidgets import QWidget

    from spinegui.domain.labels import LabelSet
    from spinegui.gui.gallery.cell_painter import Setting
    from spinegui.gui.gallery.contents import Contents, Crop
    from spinegui.gui.gallery.picks import Picks
    from spinegui.gui.gallery.pictures import Picture, Pictures

SIDES = (48, 240)
"""The smallest and the largest picture, in px."""
FIRST_SIDE = 96
_FRAME = 3
_AHEAD_ROWS = 4


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
        self._settings = Settings(contents)
        self.painter = CellPainter()
        self.side = FIRST_SIDE
        self.is_to_fit = False
        self.layout_now = GridLayout(100, FIRST_SIDE, 0)
        self.hovered = -1
        self.preview = Preview(pictures, self.viewport())
        self.keys = GridKeys(self)
        self.mouse = GridMouse(self)
        self._asked: tuple[object, ...] | None = None
        self._place_of: dict[Picture, int] = {}
        pictures.ready.connect(self._on_ready)
        pictures.forgotten.connect(self._on_forgotten)

    # -- what is shown -----------------------------------------------------------------------

    def set_labels(self, labels: LabelSet) -> None:
        self._settings.set_labels(labels)
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
        self.setAccessibleDescription(self._settings.faces.describe(current) if current else "")
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
        self.preview.show_crop(crop, self._settings.faces.of(crop), text, width, rect)
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
        problem, image = self._pictures.failure(crop.image.path), crop.image
        if problem and not image.path.endswith(image.name):  # a name that must not be seen
            problem = tr("The file of this image cannot be read.")
        return "\n".join(filter(None, (self._settings.faces.describe(crop), problem)))

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

    def _settings_at(self, indexes: range) -> list[Setting]:
        """Return how the crops at these places are shown."""
        ids = self.contents.ids[indexes.start : indexes.stop]
        return self._settings.of(ids, (self.side, self.is_to_fit, self.devicePixelRatioF()))

    def cells(self, indexes: range) -> list[Cell]:
        """Return what is painted at these places of the list."""
        chosen, current = self.picks.chosen, self.picks.current if self.hasFocus() else ""
        find, failure, words = self._pictures.find, self._pictures.failure, tr("No picture")
        cells = []
        for index, setting in zip(indexes, self._settings_at(indexes), strict=True):
            crop_id = setting.crop.detection.id
            cells.append(
                Cell(
                    rect=self.cell_rect(index),
                    setting=setting,
                    image=find(setting.picture),
                    is_chosen=crop_id in chosen,
                    is_current=crop_id == current,
                    is_hovered=index == self.hovered,
                    problem=words if failure(setting.picture.place.path) else "",
                )
            )
        return cells

    def _in_view(self, margin: int = 0) -> range:
        """Return the cells in view, and those of rows within a margin of px."""
        top, height = self.verticalScrollBar().value(), self.viewport().height()
        return self.layout_now.in_rows(top - margin, top + height + margin)

    def _paint(self, event: QPaintEvent) -> None:
        """Paint the cells in the part of the view that is to be painted."""
        self._pictures.calm.begin()
        painter = QPainter(self.viewport())
        region, bounds, ratio = event.region(), event.rect(), self.devicePixelRatioF()
        is_whole = region.rectCount() == 1
        painter.fillRect(bounds, GROUND)
        top = self.verticalScrollBar().value()
        first, last = bounds.top() + top - _FRAME, bounds.bottom() + top + _FRAME
        for cell in self.cells(self.layout_now.in_rows(first, last)):
            reach = cell.rect.adjusted(-_FRAME, -_FRAME, _FRAME, _FRAME)
            if reach.intersects(bounds) and (is_whole or region.intersects(reach)):
                self.painter.paint(painter, cell, ratio)
        if not self.mouse.band.isNull():
            painter.setPen(CHOSEN)
            painter.drawRect(self.mouse.band.translated(0, -top))
        painter.end()
        self._want_pictures()
        self._pictures.calm.end()

    def _want_pictures(self) -> None:
        """Ask for the pictures in view, then for those of the next rows, where that changed."""
        near = self._in_view(_AHEAD_ROWS * self.layout_now.row_height)
        asked = (self.contents.ids, near, self._settings.scale, self.preview.picture)
        if asked == self._asked:
            return
        self._asked = asked
        pictures = [setting.picture for setting in self._settings_at(near)]
        in_view = self._in_view()
        first, last = in_view.start - near.start, in_view.stop - near.start
        seen = pictures[first:last]
        self._place_of = dict(zip(seen, in_view, strict=True))
        large = [self.preview.picture] if self.preview.picture else []
        self._pictures.want([*large, *seen, *pictures[last:], *reversed(pictures[:first])])

    def missing_pictures(self) -> int:
        """Return how many cells in view wait for their picture."""
        return sum(c.image is None and not c.problem for c in self.cells(self._in_view()))

    def _on_ready(self, made: Sequence[Picture]) -> None:
        if any(self._pictures.failure(picture.place.path) for picture in made[-1:]):
            self.viewport().update()
            return
        for picture in made:
            index = self._place_of.get(picture, -1)
            if index >= 0:
                self.viewport().update(self.cell_rect(index))

    def _on_forgotten(self) -> None:
        self._asked = None
        self.viewport().update()

    # -- events ------------------------------------------------------------------------------

    @override
    def sizeHint(self) -> QSize:
        return QSize(900, 700)

    @override
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        view = self.viewport()
        self._pictures.calm.begin()
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
        self._paint(event)

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
