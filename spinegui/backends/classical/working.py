"""An image on the working grid, where heads of every zoom have one size, with its shafts traced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.scale import WORKING_HEAD_PX, normalised, resampled
from spinegui.backends.classical.shaft import trace_normalised

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.base import Frame
    from spinegui.backends.classical.shaft import ShaftMap

DEFAULT_Z_UM = 1.0
"""Slice distance that a stack is given where nobody knows its own: a usual two-photon step."""

_Z_BLUR_UM = 0.6
"""Slices are averaged over about the depth of focus, so that noise in one makes no spine."""

_MAX_ZOOM = 6.0


@dataclass(frozen=True, eq=False)
class WorkingImage:
    """One image, normalised and resampled, with what candidates are measured against.

    volume: (Z, Y, X) float32, square root of intensity, 0 to about 1; Z = 1 in 2D.
    ratio_y, ratio_x: working px per image px. z_um: slice distance in µm, None in 2D.
    shaft: shafts of the maximum projection, on the working grid.
    shaft_z: (Y, X) float32, the slice in which the nearest shaft lies. noise: of `volume`.
    """

    volume: NDArray[np.float32]
    ratio_y: float
    ratio_x: float
    z_um: float | None
    shaft: ShaftMap
    shaft_z: NDArray[np.float32]
    noise: float

    @property
    def is_stack(self) -> bool:
        return self.z_um is not None


def working_image(frame: Frame, *, head: float) -> WorkingImage:
    """Bring a frame to the working grid and trace its shafts.

    `head` is the width of a spine head in image px along x.
    """
    pixels = np.asarray(frame.pixels)
    is_stack = pixels.shape[0] > 1
    z_um = _slice_um(frame) if is_stack else None
    zoom_y, zoom_x = _zooms(frame, head)
    planes = [resampled(np.nan_to_num(p.astype(np.float32)), zoom_y, zoom_x) for p in pixels]
    linear = _in_focus(np.stack(planes), z_um)
    projection = linear.max(axis=0)
    volume = normalised(linear, like=projection)
    flat = volume.max(axis=0)
    shaft = trace_normalised(flat, WORKING_HEAD_PX)
    return WorkingImage(
        volume,
        flat.shape[0] / pixels.shape[1],
        flat.shape[1] / pixels.shape[2],
        z_um,
        shaft,
        _depth(volume, shaft),
        _noise(volume),
    )


def slab(frame: Frame, z_um: float | None) -> NDArray[np.float32]:
    """Return a frame's pixels (Z, Y, X) as float32, each slice averaged over the depth of focus."""
    return _in_focus(np.nan_to_num(np.asarray(frame.pixels, np.float32)), z_um)


def _in_focus(volume: NDArray[np.float32], z_um: float | None) -> NDArray[np.float32]:
    from scipy import ndimage as ndi

    if z_um is None:
        return volume
    result: NDArray[np.float32] = ndi.gaussian_filter1d(
        volume, _Z_BLUR_UM / z_um, axis=0, mode="nearest"
    )
    return result


def _slice_um(frame: Frame) -> float:
    size = frame.pixel_size
    return size.z_um if size is not None and size.z_um is not None else DEFAULT_Z_UM


def _zooms(frame: Frame, width: float) -> tuple[float, float]:
    """Return working px per image px along y and x."""
    size = frame.pixel_size
    stretch = 1.0 if size is None else size.y_um / size.x_um
    zoom_x = min(WORKING_HEAD_PX / width, _MAX_ZOOM)
    return min(zoom_x * stretch, _MAX_ZOOM), zoom_x


def _depth(volume: NDArray[np.float32], shaft: ShaftMap) -> NDArray[np.float32]:
    """Return the slice of the nearest shaft: where it shines most, smoothed along the shaft."""
    from scipy import ndimage as ndi

    if volume.shape[0] == 1 or shaft.is_empty:
        return np.zeros(volume.shape[1:], np.float32)
    smooth = ndi.uniform_filter(volume, (1, 9, 9))
    deepest = ndi.median_filter(smooth.argmax(axis=0), size=9).astype(np.float32)
    rows = np.minimum(shaft.nearest_y.astype(int), volume.shape[1] - 1)
    columns = np.minimum(shaft.nearest_x.astype(int), volume.shape[2] - 1)
    result: NDArray[np.float32] = deepest[rows, columns]
    return result


def _noise(volume: NDArray[np.float32]) -> float:
    """Return the standard deviation of fine-grained noise, at least 0.001."""
    from scipy import ndimage as ndi

    middle = volume[volume.shape[0] // 2]
    rough = ndi.laplace(ndi.gaussian_filter(middle, 0.5))
    return float(0.75 * np.median(np.abs(rough))) + 1e-3
