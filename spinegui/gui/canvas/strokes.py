"""Outlines in device px, drawn many at a time from an array's own memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shiboken6
from PySide6.QtCore import QLine, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QLineF

    from spinegui.gui.canvas.view_transform import DeviceTransform

_CORNER_SHARE = 0.28


@dataclass(frozen=True, slots=True)
class Frame:
    """What one paint needs to know; rectangles and sizes in device px."""

    view: DeviceTransform
    ratio: float
    size: tuple[int, int]
    exposed: tuple[int, int, int, int]

    @property
    def thick(self) -> int:
        """One view px in whole device px."""
        return max(1, round(self.ratio))

    def in_image(
        self, rect: tuple[int, int, int, int], margin: float
    ) -> tuple[float, float, float, float]:
        """Return a rectangle of device px, widened by a margin, in image px."""
        scale, ox, oy = self.view
        x0, y0, x1, y1 = rect
        return (
            (x0 - margin - ox) / scale,
            (y0 - margin - oy) / scale,
            (x1 + margin - ox) / scale,
            (y1 + margin - oy) / scale,
        )


def device_edges(xyxy: NDArray[np.float64], frame: Frame) -> NDArray[np.int32]:
    """Return (n, 4) int32 left, top, right, bottom: the outermost device px of each outline.

    Far outside the view an edge is pulled near to it: nobody sees it, and numbers stay small.
    """
    scale, ox, oy = frame.view
    edges = np.rint(xyxy * scale + (ox, oy, ox, oy))
    edges[:, 2:] = np.maximum(edges[:, 2:] - 1, edges[:, :2] + 1)
    width, height = frame.size
    far = 4096
    np.clip(edges, -far, (width + far, height + far) * 2, out=edges)
    return edges.astype(np.int32)


def corner_lines(edges: NDArray[np.int32], ratio: float) -> NDArray[np.int32]:
    """Return (8n, 4) line ends that mark the corners of outlines (n, 4)."""
    size = np.minimum(edges[:, 2] - edges[:, 0], edges[:, 3] - edges[:, 1])
    arm = np.clip(size * _CORNER_SHARE, 2 * ratio, 6 * ratio).astype(np.int32)
    x0, y0, x1, y1 = edges.T
    lines = [
        line
        for x, y, right, down in (
            (x0, y0, 1, 1),
            (x1, y0, -1, 1),
            (x1, y1, -1, -1),
            (x0, y1, 1, -1),
        )
        for line in ((x, y, x + right * arm, y), (x, y, x, y + down * arm))
    ]
    return np.stack([np.stack(line, axis=1) for line in lines], axis=1).reshape(-1, 4)


def side_lines(edges: NDArray[np.int32], inset: int) -> NDArray[np.int32]:
    """Return (4n, 4) line ends of the sides of outlines, `inset` px inside.

    Each side begins where that of the next inset begins, so that dashes lie side by side.
    """
    x0, y0, x1, y1 = edges.T
    top, bottom, left, right = y0 + inset, y1 - inset, x0 + inset, x1 - inset
    sides = (
        (x0, top, x1, top),
        (right, y0, right, y1),
        (x0, bottom, x1, bottom),
        (left, y0, left, y1),
    )
    return np.stack([np.stack(side, axis=1) for side in sides], axis=1).reshape(-1, 4)


def draw_outlines(
    painter: QPainter, edges: NDArray[np.int32], thick: int, *, is_dashed: bool
) -> None:
    """Draw outlines `thick` device px wide, inwards, as nested lines one px wide."""
    for inset in range(thick):
        if is_dashed and thick > 1:
            draw_lines(painter, side_lines(edges, inset))
        else:
            draw_rects(painter, edges, inset)


def draw_rects(painter: QPainter, edges: NDArray[np.int32], inset: int) -> None:
    """Draw outlines `inset` px inside `edges`, in one call that reads the array's own memory."""
    rects = edges + np.array((inset, inset, -inset - 1, -inset - 1), np.int32)
    np.maximum(rects[:, 2:], rects[:, :2], out=rects[:, 2:])
    if len(rects):
        painter.drawRects(_view_of(rects, QRect), len(rects))


def draw_lines(painter: QPainter, ends: NDArray[np.int32]) -> None:
    """Draw lines (n, 4) x0, y0, x1, y1 in one call."""
    ends = np.ascontiguousarray(ends, np.int32)
    if len(ends):
        painter.drawLines(_view_of(ends, QLine), len(ends))


def _view_of(array: NDArray[np.int32], of_type: type[Any]) -> Any:
    """Return rows of four int32 as Qt's own array: QRect and QLine are four ints each.

    A list of Qt objects costs more than drawing them. The array must outlive the call.
    """
    return shiboken6.wrapInstance(array.ctypes.data, of_type)


def cosmetic(colour: QColor) -> QPen:
    """Return a pen one device px wide."""
    # Only a pen one device px wide takes Qt's fast path; thicker outlines are nested ones.
    pen = QPen(colour, 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
    pen.setCosmetic(True)
    return pen


def draw_cross_lines(painter: QPainter, *lines: QLineF) -> None:
    """Draw dashed lines that are told apart from dark and from bright pixels alike."""
    painter.save()
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.setPen(QPen(QColor(170, 170, 170), 1, Qt.PenStyle.DashLine))
    for line in lines:
        painter.drawLine(line)
    painter.restore()
