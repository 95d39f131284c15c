"""The brush in hand: its size, its ring at the cursor, and the stroke that is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from spinegui.domain.brush import Stroke

if TYPE_CHECKING:
    from spinegui.domain.geometry import Box
    from spinegui.gui.canvas.display import ImageDisplay
    from spinegui.gui.canvas.view_transform import ViewTransform

SMALLEST_PX, LARGEST_PX = 6.0, 240.0
STEP = 1.25
_FIRST_PX = 36.0
_DARK = QColor(8, 9, 11, 220)
_LIGHT = QColor("#F1F3F4")
_MARKED = QColor(241, 243, 244, 46)
_ERASED = QColor(8, 9, 11, 150)


class Brush:
    """A round brush whose radius, in view px, stays the same on the screen at every zoom."""

    def __init__(self, display: ImageDisplay) -> None:
        self._display = display
        self.radius_px = _FIRST_PX
        self._at: QPointF | None = None
        self._stroke: Stroke | None = None
        self._boxes: tuple[Box, ...] = ()
        self._erases = False

    def resize(self, steps: float) -> None:
        """Make it larger (steps > 0) or smaller."""
        wanted = self.radius_px * STEP**steps
        self.radius_px = min(max(wanted, SMALLEST_PX), LARGEST_PX)
        self._display.update()

    def show_at(self, at: QPointF | None) -> None:
        """Move the ring to that view point; None takes it away."""
        if at != self._at:
            self._at = at
            self._display.update()

    def paint_to(self, at: QPointF, *, erases: bool) -> None:
        """Begin a stroke at that view point, or draw the one under way on to it."""
        size = self._display.scene.image_size
        if size is None:
            return
        if self._stroke is None:
            self._stroke, self._erases = Stroke(*size), erases
        transform = self._display.transform
        x, y = transform.to_image(at.x(), at.y())
        self._stroke.pass_over(x, y, self.radius_px / transform.scale)
        self._boxes = self._stroke.boxes()
        self.show_at(at)

    def end(self) -> tuple[tuple[Box, ...], bool]:
        """End the stroke; return the boxes it covers, in image px, and whether it erases them."""
        found = self._boxes, self._erases
        self.cancel()
        return found

    def cancel(self) -> None:
        """Take the stroke under way back."""
        self._stroke, self._boxes = None, ()
        self._display.update()

    def paint(self, painter: QPainter, transform: ViewTransform) -> None:
        """Paint the stroke and the ring, on a painter in view px."""
        colour = _ERASED if self._erases else _MARKED
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for box in self._boxes:
            seen = transform.box_to_view(box)
            x0, y0 = round(seen.x0), round(seen.y0)
            painter.fillRect(x0, y0, round(seen.x1) - x0, round(seen.y1) - y0, colour)
        if self._at is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(_DARK, 3), QPen(_LIGHT, 1)):
            painter.setPen(pen)
            painter.drawEllipse(self._at, self.radius_px, self.radius_px)
