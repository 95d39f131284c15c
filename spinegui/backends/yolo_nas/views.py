"""What the network sees of an image: one grid, where heads of every zoom have one size.

A plane is seen as itself. A stack is seen slab by slab, as thin maximum projections: the three
channels are the slab below, the slab itself and the slab above, so that what goes on in depth can
be told from what ends there; the three channels of a plane are alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.scale import normalised, resampled
from spinegui.backends.classical.working import DEFAULT_Z_UM, slab

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.base import Frame

HEAD_PX = 9.0
"""Diameter of a typical head on the network's grid: just above its finest stride of 8 px."""

BOX_HEADS = 2.4
"""Side of the square around a head that the network learns to draw, in head diameters. Where
annotated boxes of several sets agree on is the head; the box that a user sees is fitted to it."""

SLAB_UM = 1.0
"""A slab reaches this far below and above its middle; its neighbours two µm further."""

STEP_UM = 2.0
"""Distance of the slabs in which a stack is searched: a spine is bright in two or three of them."""

_MAX_ZOOM = 6.0


@dataclass(frozen=True, eq=False)
class View:
    """One image on the network's grid.

    volume: (Z, Y, X) float32, square root of intensity above background, 0 to 1.23; Z = 1 in 2D.
    ratio_y, ratio_x: grid px per image px. z_um: slice distance in µm, None in 2D.
    """

    volume: NDArray[np.float32]
    ratio_y: float
    ratio_x: float
    z_um: float | None

    @property
    def is_stack(self) -> bool:
        return self.z_um is not None

    def middles(self) -> NDArray[np.float64]:
        """Return the slices (s,) in whose slabs spines are looked for, each once; [0] in 2D."""
        if self.z_um is None:
            return np.zeros(1)
        last = len(self.volume) - 1
        steps = min(last, max(1, round(last * self.z_um / STEP_UM)))
        return np.linspace(0, last, steps + 1)

    def slab(self, z: float) -> NDArray[np.float32]:
        """Return what the network sees (3, Y, X) float32 around a slice."""
        if self.z_um is None:
            return np.repeat(self.volume, 3, axis=0)
        half = SLAB_UM / self.z_um
        middles = (z - 2 * half, z, z + 2 * half)
        return np.stack([self._brightest(m - half, m + half) for m in middles])

    def _brightest(self, low: float, high: float) -> NDArray[np.float32]:
        last = len(self.volume) - 1
        first = int(np.clip(np.floor(low + 0.5), 0, last))
        stop = int(np.clip(np.floor(high + 0.5), first, last)) + 1
        result: NDArray[np.float32] = self.volume[first:stop].max(axis=0)
        return result


def view_of(frame: Frame, head: float) -> View:
    """Bring a frame to the network's grid; `head` is the width of a head in image px along x."""
    pixels = np.asarray(frame.pixels)
    is_stack = pixels.shape[0] > 1
    size = frame.pixel_size
    z_um = None
    if is_stack:
        z_um = size.z_um if size is not None and size.z_um is not None else DEFAULT_Z_UM
    zoom_x = min(HEAD_PX / head, _MAX_ZOOM)
    stretch = 1.0 if size is None else size.y_um / size.x_um
    zoom_y = min(zoom_x * stretch, _MAX_ZOOM)
    linear = np.stack([resampled(plane, zoom_y, zoom_x) for plane in slab(frame, z_um)])
    volume = normalised(linear, like=linear.max(axis=0))
    ratio_y, ratio_x = (volume.shape[k] / pixels.shape[k] for k in (1, 2))
    return View(volume, ratio_y, ratio_x, z_um)
