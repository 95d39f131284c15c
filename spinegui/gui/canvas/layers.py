"""What is on show of each channel, and how several become one picture: by adding their light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtGui import QImage, QPainter

from spinegui.gui.canvas.lookup import levels
from spinegui.gui.canvas.luts import GREY, ColourTable, lut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


_GREY = lut(GREY)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One plane (Y, X) of any real dtype, and how its values become colours."""

    plane: NDArray[Any]
    window: tuple[float, float] = (0.0, 255.0)
    gamma: float = 1.0
    colours: ColourTable = _GREY
    is_visible: bool = True

    def has_pixels_of(self, other: Layer) -> bool:
        return self.plane is other.plane

    def has_levels_of(self, other: Layer) -> bool:
        """Whether only the colours differ."""
        return (self.window, self.gamma) == (other.window, other.gamma)


def picture(parts: Sequence[tuple[NDArray[np.uint8], ColourTable]]) -> QImage:
    """Return the RGB32 image of levels (Y, X) in their colours; several are added up as light is.

    Each red, green and blue is the sum over the parts, at most 255, so their order does not count.
    """
    total: QImage | None = None
    for part, colours in parts:
        image = _coloured(part, colours)
        if total is None:
            total = image
            continue
        painter = QPainter(total)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
        painter.drawImage(0, 0, image)
        painter.end()
    if total is None:
        raise ValueError("a picture of nothing")
    return total


def cut_out(layers: Sequence[Layer], rows: slice, columns: slice) -> QImage:
    """Return a part of the layers as they are shown; black where none is visible."""
    shown = [layer for layer in layers if layer.is_visible]
    parts = [
        (levels(layer.plane[rows, columns], layer.window, layer.gamma), layer.colours)
        for layer in shown
    ]
    dark = np.zeros(layers[0].plane[rows, columns].shape, np.uint8)
    return picture(parts or [(dark, _GREY)])


def _coloured(part: NDArray[np.uint8], colours: ColourTable) -> QImage:
    # An index image takes another table at no cost; drawn enlarged or reduced it is slow, so that
    # it is turned into colours once, which Qt does four times as fast as numpy.
    packed = np.ascontiguousarray(part)
    height, width = packed.shape
    index = QImage(packed.data, width, height, width, QImage.Format.Format_Indexed8)
    index.setColorTable(colours)
    return index.convertToFormat(QImage.Format.Format_RGB32)
