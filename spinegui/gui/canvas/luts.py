"""Colour tables: which colour each of the 256 levels between black and white is shown in."""

from __future__ import annotations

from functools import cache

import numpy as np
from PySide6.QtGui import QColor

from spinegui.storage.resources import resource

GREY = "grey"
INVERTED = "inverted"
EVEN = ("viridis", "magma", "inferno", "cividis")
"""Equal steps in the pixels look like equal steps."""
LUT_NAMES = (GREY, INVERTED, *EVEN)

ColourTable = tuple[int, ...]
"""256 opaque colours, 0xFFRRGGBB, for the darkest level first."""


@cache
def lut(name: str) -> ColourTable:
    """Return the colour table of that name; raises KeyError for one there is not."""
    if name == GREY:
        return colour_ramp("#FFFFFF")
    if name == INVERTED:
        return tuple(reversed(lut(GREY)))
    if name not in EVEN:
        raise KeyError(name)
    with np.load(resource("luts/luts.npz")) as tables:
        red, green, blue = tables[name].astype(np.uint32).T
    packed = np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue
    return tuple(packed.tolist())


@cache
def colour_ramp(colour: str) -> ColourTable:
    """Return the table from black to that colour ("#RRGGBB"), as a channel is tinted."""
    end = QColor(colour)
    parts = np.array([end.red(), end.green(), end.blue()])
    red, green, blue = np.rint(np.arange(256)[:, None] * parts / 255).astype(np.uint32).T
    packed = np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue
    return tuple(packed.tolist())
