"""How many pixels a spine head is across in a frame: by its pixel size, or by what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical import cut_out
from spinegui.backends.classical.estimate import HEAD_PX_RANGE
from spinegui.backends.classical.scale import HEAD_UM, is_cut_out

if TYPE_CHECKING:
    from spinegui.backends.base import Frame
    from spinegui.backends.classical.estimate import ScaleModel


def head_px(frame: Frame, scale: ScaleModel) -> float:
    """Return the width of a typical head along x in image px; `scale` reads it off where needed."""
    if frame.pixel_size is not None:
        return HEAD_UM / frame.pixel_size.x_um
    plane = np.asarray(frame.pixels).max(axis=0)
    if is_cut_out(plane) and plane.max() > plane.min():
        return float(np.clip(cut_out.head_px(plane), *HEAD_PX_RANGE))
    return scale.head_px(plane)
