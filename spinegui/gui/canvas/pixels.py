"""Paints the pixels of one plane: only those in view, through a look-up table."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from spinegui.gui.canvas.lookup import grey_pixels, reduced
from spinegui.gui.style.tokens import CANVAS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.gui.canvas.view_transform import DeviceTransform

Rect = tuple[int, int, int, int]
"""x0, y0, x1, y1 in image px, half-open."""

_MAX_READS = 16_000_000
_THUMBNAIL_READS = 1_000_000
_WIDEST_POWER = 6


@dataclass(frozen=True, slots=True)
class _Patch:
    """A part of the plane at one reduction: its values, and as an image where rendered.

    Blocks that the plane's end cuts are left out: less than one device pixel at its edge.
    """

    rect: Rect
    factor: int
    values: NDArray[Any]
    image: QImage | None = None
    buffer: NDArray[np.uint32] | None = None
    """The memory that `image` reads; Qt does not own it."""

    def covers(self, rect: Rect, factor: int) -> bool:
        return (
            self.factor == factor
            and self.rect[0] <= rect[0]
            and self.rect[1] <= rect[1]
            and self.rect[2] >= rect[2]
            and self.rect[3] >= rect[3]
        )


class PixelPainter:
    """Holds one plane (Y, X) of any real dtype and its window; never writes to it.

    Zoomed out it shows block means (computed once a plane and kept), zoomed in the nearest pixel
    or, with `smooth`, an interpolation.
    """

    def __init__(self) -> None:
        self._plane: NDArray[Any] | None = None
        self._window = (0.0, 255.0)
        self._gamma = 1.0
        self._patch: _Patch | None = None
        self._reduced: _Patch | None = None
        self._thumbnail: _Patch | None = None
        # While the view stands still, as during edits, the scaled picture is only copied.
        self._last_key: tuple[object, ...] | None = None
        self._still: QImage | None = None
        self.smooth = False

    @property
    def plane(self) -> NDArray[Any] | None:
        return self._plane

    @property
    def window(self) -> tuple[float, float]:
        return self._window

    @property
    def gamma(self) -> float:
        return self._gamma

    def set_plane(self, plane: NDArray[Any] | None) -> None:
        """Show that plane (Y, X). Raises ValueError for another number of axes."""
        if plane is not None and (plane.ndim != 2 or 0 in plane.shape):
            raise ValueError(f"A plane has two axes and some pixels, not shape {plane.shape}.")
        if plane is not None and plane.dtype == np.bool_:
            plane = plane.view(np.uint8)
        self._plane = plane
        self._reduced = self._thumbnail = None
        self._forget_pictures()

    def set_window(self, low: float, high: float, gamma: float) -> None:
        self._window = (float(low), float(high))
        self._gamma = max(float(gamma), 0.05)
        self._forget_pictures()

    def _forget_pictures(self) -> None:
        self._patch = None
        self._last_key = self._still = None
        if self._thumbnail is not None:
            self._thumbnail = replace(self._thumbnail, image=None, buffer=None)

    def paint(self, painter: QPainter, view: DeviceTransform, size: tuple[int, int]) -> None:
        """Paint onto a painter in device px, for a view of that size in device px."""
        if self._plane is None:
            return
        visible = self._visible(view, size)
        if visible is None:
            return
        patch = self._rendered(visible, self._factor(view.scale))
        if patch.image is None:
            return
        target = _target(patch, view)
        key = (view, size)
        if key == self._last_key and self._still is None and view.scale < 1:
            self._still = _painted_once(patch.image, target, size)
        if key != self._last_key:
            self._last_key, self._still = key, None
        if self._still is not None:
            painter.drawImage(self._still.offset(), self._still)
        else:
            _draw(painter, patch.image, target, smooth=view.scale < 1 or self.smooth)

    def value_at(self, x: float, y: float) -> float | int | None:
        """Return the pixel's own value at that point in px, None outside the plane."""
        if self._plane is None:
            return None
        column, row = math.floor(x), math.floor(y)
        height, width = self._plane.shape
        if not (0 <= column < width and 0 <= row < height):
            return None
        value: float | int = self._plane[row, column].item()
        return value

    def thumbnail(self, longest_px: int) -> QImage | None:
        """Return the whole plane as an image whose longer side is about that long, or None."""
        if self._plane is None:
            return None
        if self._thumbnail is None:
            factor = min(max(max(self._plane.shape) // longest_px, 1), *self._plane.shape)
            values = reduced(self._plane, factor, max_reads=_THUMBNAIL_READS)
            self._thumbnail = _Patch((0, 0, 0, 0), factor, values)
        if self._thumbnail.image is None:
            buffer = grey_pixels(self._thumbnail.values, self._window, self._gamma)
            self._thumbnail = replace(self._thumbnail, image=_image(buffer), buffer=buffer)
        return self._thumbnail.image

    def _visible(self, view: DeviceTransform, size: tuple[int, int]) -> Rect | None:
        assert self._plane is not None
        height, width = self._plane.shape
        x0 = max(math.floor(-view.ox / view.scale), 0)
        y0 = max(math.floor(-view.oy / view.scale), 0)
        x1 = min(math.ceil((size[0] - view.ox) / view.scale), width)
        y1 = min(math.ceil((size[1] - view.oy) / view.scale), height)
        return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None

    def _rendered(self, visible: Rect, factor: int) -> _Patch:
        moving = self._patch is not None
        if self._patch is not None and self._patch.covers(visible, factor):
            return self._patch
        # While the view moves, a margin spares the next frames a look-up; a new window or plane
        # is on show at once and needs exactly what is seen.
        rect = self._grown(visible, factor, margin=0.25 if moving else 0.0)
        values, rect = self._values(rect, factor)
        buffer = grey_pixels(values, self._window, self._gamma)
        image = _image(buffer) if buffer.size else None
        self._patch = _Patch(rect, factor, values, image, buffer)
        return self._patch

    def _factor(self, scale: float) -> int:
        """Return the power of two by which to reduce: the rest of the way, up to 2, Qt scales."""
        assert self._plane is not None
        if scale >= 1:
            return 1
        power = int(math.log2(1 / scale) + 1e-9)
        thinnest = int(min(self._plane.shape)).bit_length() - 1
        return 1 << int(min(power, _WIDEST_POWER, thinnest))

    def _grown(self, rect: Rect, factor: int, margin: float) -> Rect:
        assert self._plane is not None
        height, width = self._plane.shape
        mx, my = int((rect[2] - rect[0]) * margin), int((rect[3] - rect[1]) * margin)
        x0, y0 = (max(v, 0) // factor * factor for v in (rect[0] - mx, rect[1] - my))
        x1 = min(-(-(rect[2] + mx) // factor) * factor, width)
        y1 = min(-(-(rect[3] + my) // factor) * factor, height)
        return x0, y0, x1, y1

    def _values(self, rect: Rect, factor: int) -> tuple[NDArray[Any], Rect]:
        assert self._plane is not None
        x0, y0, x1, y1 = rect
        if factor == 1:
            return self._plane[y0:y1, x0:x1], rect
        if self._reduced is None or not self._reduced.covers(rect, factor):
            values = reduced(self._plane[y0:y1, x0:x1], factor, max_reads=_MAX_READS)
            self._reduced = _Patch(rect, factor, values)
        return self._reduced.values, self._reduced.rect


def _target(patch: _Patch, view: DeviceTransform) -> QRectF:
    """Return where the patch lies in device px."""
    assert patch.image is not None
    block = patch.factor * view.scale
    return QRectF(
        patch.rect[0] * view.scale + view.ox,
        patch.rect[1] * view.scale + view.oy,
        max(patch.image.width() * block, 1.0),
        max(patch.image.height() * block, 1.0),
    )


def _draw(painter: QPainter, image: QImage, target: QRectF, *, smooth: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    painter.drawImage(target, image, QRectF(image.rect()))


def _painted_once(image: QImage, target: QRectF, size: tuple[int, int]) -> QImage:
    """Return the image scaled for the view, its offset saying where it lies there."""
    seen = target.toAlignedRect().intersected(QRect(0, 0, *size))
    still = QImage(seen.size(), QImage.Format.Format_RGB32)
    still.fill(QColor(CANVAS))
    painter = QPainter(still)
    painter.translate(-seen.topLeft())
    _draw(painter, image, target, smooth=True)
    painter.end()
    still.setOffset(seen.topLeft())
    return still


def _image(buffer: NDArray[np.uint32]) -> QImage:
    height, width = buffer.shape
    return QImage(buffer.data, width, height, width * 4, QImage.Format.Format_RGB32)
