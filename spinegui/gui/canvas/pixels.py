"""Paints the pixels of one plane, or of several channels: only those in view, as levels."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from spinegui.gui.canvas.layers import Layer, picture
from spinegui.gui.canvas.lookup import levels, reduced
from spinegui.gui.canvas.luts import GREY, colour_ramp, lut
from spinegui.gui.style.tokens import CANVAS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from spinegui.gui.canvas.view_transform import DeviceTransform

Rect = tuple[int, int, int, int]
"""x0, y0, x1, y1 in image px, half-open."""

_MAX_READS = 16_000_000
_THUMBNAIL_READS = 1_000_000
_WIDEST_POWER = 6


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the image at one reduction: an array a layer, and as a picture where made.

    Blocks that the plane's end cuts are left out: less than one device pixel at its edge.
    """

    rect: Rect
    factor: int
    arrays: tuple[NDArray[Any], ...]
    image: QImage | None = None

    def covers(self, rect: Rect, factor: int) -> bool:
        return (
            self.factor == factor
            and self.rect[0] <= rect[0]
            and self.rect[1] <= rect[1]
            and self.rect[2] >= rect[2]
            and self.rect[3] >= rect[3]
        )


class PixelPainter:
    """Holds one layer or several of the same size; never writes to them.

    Zoomed out it shows block means (computed once a plane and kept), zoomed in the nearest pixel
    or, with `smooth`, an interpolation.
    """

    def __init__(self) -> None:
        self._layers: tuple[Layer, ...] = ()
        self._main = 0
        self._window = (0.0, 255.0)
        self._gamma = 1.0
        self._colours = lut(GREY)
        self._patch: _Part | None = None
        self._reduced: _Part | None = None
        self._thumbnail: _Part | None = None
        # While the view stands still, as during edits, the scaled picture is only copied.
        self._last_key: tuple[object, ...] | None = None
        self._still: QImage | None = None
        self.smooth = False

    @property
    def layers(self) -> tuple[Layer, ...]:
        return self._layers

    @property
    def plane(self) -> NDArray[Any] | None:
        """The main layer's pixels (Y, X), None where there is no image."""
        return self._layers[self._main].plane if self._layers else None

    @property
    def window(self) -> tuple[float, float]:
        return self._window

    @property
    def gamma(self) -> float:
        return self._gamma

    def set_plane(self, plane: NDArray[Any] | None) -> None:
        """Show that plane (Y, X) alone. Raises ValueError for another number of axes."""
        if plane is None:
            self.set_layers(())
        else:
            self.set_layers((Layer(plane, self._window, self._gamma, self._colours),))

    def set_window(self, low: float, high: float, gamma: float) -> None:
        """Show the main layer with that window and gamma."""
        self._window, self._gamma = (float(low), float(high)), max(float(gamma), 0.05)
        self._change_main(window=self._window, gamma=self._gamma)

    def _change_main(self, **fields: object) -> None:
        if self._layers:
            layers = list(self._layers)
            layers[self._main] = replace(layers[self._main], **fields)  # type: ignore[arg-type]
            self.set_layers(layers, self._main)

    def set_layers(self, layers: Sequence[Layer], main: int = 0) -> None:
        """Show these together; `main` is the one that is read out and adjusted.

        What is the same as before is not computed again: of a change of colours, nothing is.
        Raises ValueError where they are no planes of one size.
        """
        before, after = self._layers, tuple(_checked(layer, layers[0]) for layer in layers)
        self._layers, self._main = after, main
        if after:
            self._window, self._gamma = after[main].window, after[main].gamma
            self._colours = after[main].colours
        pairs = list(zip(before, after, strict=False))
        if len(before) != len(after) or not all(a.has_pixels_of(b) for a, b in pairs):
            self._reduced = self._thumbnail = self._patch = None
        elif not all(a.has_levels_of(b) for a, b in pairs):
            self._patch = None
        elif self._patch is not None:
            self._patch = replace(self._patch, image=None)
        self._last_key = self._still = None
        if self._thumbnail is not None:
            self._thumbnail = replace(self._thumbnail, image=None)

    def paint(self, painter: QPainter, view: DeviceTransform, size: tuple[int, int]) -> None:
        """Paint onto a painter in device px, for a view of that size in device px."""
        visible = self._visible(view, size) if self._layers else None
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
        """Return the main layer's own value at that point in px, None outside the image."""
        values = self.values_at(x, y)
        return values[self._main] if values else None

    def values_at(self, x: float, y: float) -> tuple[float | int, ...]:
        """Return each layer's own value at that point in px, nothing outside the image."""
        column, row = math.floor(x), math.floor(y)
        if self.plane is None:
            return ()
        height, width = self.plane.shape
        if not (0 <= column < width and 0 <= row < height):
            return ()
        return tuple(layer.plane[row, column].item() for layer in self._layers)

    def thumbnail(self, longest_px: int) -> QImage | None:
        """Return the whole image, its longer side about that long, or None without one."""
        plane = self.plane
        if plane is None:
            return None
        if self._thumbnail is None:
            factor = min(max(max(plane.shape) // longest_px, 1), *plane.shape)
            small = tuple(
                reduced(layer.plane, factor, max_reads=_THUMBNAIL_READS) for layer in self._layers
            )
            self._thumbnail = _Part((0, 0, 0, 0), factor, small)
        if self._thumbnail.image is None:
            image = self._picture(self._levels(self._thumbnail.arrays))
            self._thumbnail = replace(self._thumbnail, image=image)
        return self._thumbnail.image

    def _visible(self, view: DeviceTransform, size: tuple[int, int]) -> Rect | None:
        height, width = self._layers[0].plane.shape
        x0 = max(math.floor(-view.ox / view.scale), 0)
        y0 = max(math.floor(-view.oy / view.scale), 0)
        x1 = min(math.ceil((size[0] - view.ox) / view.scale), width)
        y1 = min(math.ceil((size[1] - view.oy) / view.scale), height)
        return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None

    def _rendered(self, visible: Rect, factor: int) -> _Part:
        moving = self._patch is not None
        if self._patch is None or not self._patch.covers(visible, factor):
            # While the view moves, a margin spares the next frames a look-up; a new window or
            # plane is on show at once and needs exactly what is seen.
            rect = self._grown(visible, factor, margin=0.25 if moving else 0.0)
            values, rect = self._values(rect, factor)
            self._patch = _Part(rect, factor, self._levels(values))
        if self._patch.image is None and self._patch.arrays[0].size:
            self._patch = replace(self._patch, image=self._picture(self._patch.arrays))
        return self._patch

    def _levels(self, values: Sequence[NDArray[Any]]) -> tuple[NDArray[np.uint8], ...]:
        return tuple(
            levels(part, layer.window, layer.gamma)
            for part, layer in zip(values, self._layers, strict=True)
        )

    def _picture(self, parts: Sequence[NDArray[np.uint8]]) -> QImage:
        pairs = zip(parts, self._layers, strict=True)
        shown = [(part, layer.colours) for part, layer in pairs if layer.is_visible]
        return picture(shown or [(parts[0], colour_ramp("#000000"))])

    def _factor(self, scale: float) -> int:
        """Return the power of two by which to reduce: the rest of the way, up to 2, Qt scales."""
        if scale >= 1:
            return 1
        power = int(math.log2(1 / scale) + 1e-9)
        thinnest = int(min(self._layers[0].plane.shape)).bit_length() - 1
        return 1 << int(min(power, _WIDEST_POWER, thinnest))

    def _grown(self, rect: Rect, factor: int, margin: float) -> Rect:
        height, width = self._layers[0].plane.shape
        mx, my = int((rect[2] - rect[0]) * margin), int((rect[3] - rect[1]) * margin)
        x0, y0 = (max(v, 0) // factor * factor for v in (rect[0] - mx, rect[1] - my))
        x1 = min(-(-(rect[2] + mx) // factor) * factor, width)
        y1 = min(-(-(rect[3] + my) // factor) * factor, height)
        return x0, y0, x1, y1

    def _values(self, rect: Rect, factor: int) -> tuple[tuple[NDArray[Any], ...], Rect]:
        x0, y0, x1, y1 = rect
        if factor == 1:
            return tuple(layer.plane[y0:y1, x0:x1] for layer in self._layers), rect
        if self._reduced is None or not self._reduced.covers(rect, factor):
            means = tuple(
                reduced(layer.plane[y0:y1, x0:x1], factor, max_reads=_MAX_READS)
                for layer in self._layers
            )
            self._reduced = _Part(rect, factor, means)
        return self._reduced.arrays, self._reduced.rect


def _target(patch: _Part, view: DeviceTransform) -> QRectF:
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


def _checked(layer: Layer, first: Layer) -> Layer:
    plane = layer.plane
    if plane.ndim != 2 or 0 in plane.shape:
        raise ValueError(f"A plane has two axes and some pixels, not shape {plane.shape}.")
    if plane.shape != first.plane.shape:
        raise ValueError(f"Layers of one size, not {plane.shape} over {first.plane.shape}.")
    return replace(layer, plane=plane.view(np.uint8)) if plane.dtype == np.bool_ else layer
