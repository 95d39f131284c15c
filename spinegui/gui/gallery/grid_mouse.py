"""What the mouse does on the grid: clicks choose, a drag draws a rubber band, the wheel zooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QWheelEvent

    from spinegui.gui.gallery.grid import Grid

SIDE_STEP = 8
_SCROLL_MS = 16
_NOTCH = 120


class GridMouse(QObject):
    """`band` is the rubber band in px of the content; null while there is none."""

    def __init__(self, grid: Grid) -> None:
        super().__init__(grid)
        self._grid = grid
        self.band = QRect()
        self._pressed_at: QPoint | None = None
        self._before: frozenset[str] = frozenset()
        self._last = QPoint()
        self._turned = 0
        self._scrolling = QTimer(self, interval=_SCROLL_MS)
        self._scrolling.timeout.connect(self._on_scroll_due)

    def press(self, event: QMouseEvent) -> None:
        grid, picks = self._grid, self._grid.picks
        at = event.position().toPoint()
        index = grid.index_at(at)
        modifiers = event.modifiers()
        ctrl = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if event.button() == Qt.MouseButton.RightButton:
            if index >= 0 and picks.ids[index] not in picks.chosen:
                picks.choose(index)
                grid.follow_picks()
            grid.menu_requested.emit(event.globalPosition().toPoint())
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed_at = at + QPoint(0, grid.verticalScrollBar().value())
        self._before = picks.chosen if ctrl or shift else frozenset()
        if index < 0:
            if not ctrl and not shift:
                picks.clear()
        elif shift:
            picks.extend(index, keep=ctrl)
        elif ctrl:
            picks.toggle(index)
        else:
            picks.choose(index)
        grid.follow_picks()

    def move(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        self._last = at
        if self._pressed_at is None:
            self._grid.set_hovered(self._grid.index_at(at))
            return
        reach = at + QPoint(0, self._grid.verticalScrollBar().value()) - self._pressed_at
        if self.band.isNull() and reach.manhattanLength() < QApplication.startDragDistance():
            return
        self._grid.set_hovered(-1)
        self._stretch()
        beyond = not 0 <= at.y() < self._grid.viewport().height()
        if beyond and not self._scrolling.isActive():
            self._scrolling.start()
        elif not beyond:
            self._scrolling.stop()

    def release(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = None
            self._scrolling.stop()
            if not self.band.isNull():
                self.band = QRect()
                self._grid.viewport().update()
                self._grid.picked.emit()

    def double_click(self, event: QMouseEvent) -> None:
        index = self._grid.index_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self._grid.opened.emit(self._grid.picks.ids[index])

    def leave(self) -> None:
        self._grid.set_hovered(-1)

    def zoom(self, event: QWheelEvent) -> None:
        """Ctrl+wheel makes the cells larger or smaller."""
        self._turned += event.angleDelta().y()
        notches, self._turned = int(self._turned / _NOTCH), self._turned % _NOTCH
        if notches:
            self._grid.set_side(self._grid.side + notches * SIDE_STEP)
        event.accept()

    def follow_scroll(self) -> None:
        """Take note that other cells lie under the resting mouse now."""
        if self._pressed_at is not None and not self.band.isNull():
            self._stretch()
        elif self._grid.hovered >= 0:
            self._grid.set_hovered(-1)

    def _on_scroll_due(self) -> None:
        """Scroll on while the band is drawn beyond the edge, the faster the farther."""
        height = self._grid.viewport().height()
        beyond = self._last.y() if self._last.y() < 0 else self._last.y() - height
        bar = self._grid.verticalScrollBar()
        bar.setValue(bar.value() + max(-60, min(60, beyond)))

    def _stretch(self) -> None:
        assert self._pressed_at is not None
        grid = self._grid
        end = self._last + QPoint(0, grid.verticalScrollBar().value())
        self.band = QRect(self._pressed_at, end).normalized()
        edges = self.band.left(), self.band.top(), self.band.right(), self.band.bottom()
        grid.picks.band(grid.layout_now.touched(*edges), self._before)
        grid.viewport().update()
