"""Crops of spines from many images: cut where asked for, with each image's own contrast."""

from __future__ import annotations

import math
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from spinegui.imaging.contrast import apply_window, auto_window
from spinegui.imaging.opening import open_image
from spinegui.imaging.projection import max_projection
from spinegui.imaging.stack_levels import stack_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.imaging.source import ImageSource

MOST_OPEN = 6
PLANE_BYTES = 96 * 1024 * 1024


class Place(NamedTuple):
    """What to cut: a square of `side` px about (x, y) in px, in slice `z` of a channel.

    `z` None means the maximum over all slices, as for what was found on a projection.
    """

    path: str
    x: float
    y: float
    side: float
    z: int | None = None
    channel: int = 0


class Cut(NamedTuple):
    """Whole pixels (n, m) that hold a square, and where they begin in the image, in px."""

    pixels: NDArray[Any]
    left: int
    top: int


def cut_square(plane: NDArray[Any], x: float, y: float, side: float) -> Cut:
    """Return the whole pixels that hold the square of `side` px about (x, y); zero off the image.

    One pixel more is cut on each side, so that the square can be drawn to a fraction of a pixel
    and smoothly up to its edge.
    """
    left, top = math.floor(x - side / 2) - 1, math.floor(y - side / 2) - 1
    right, bottom = math.ceil(x + side / 2) + 1, math.ceil(y + side / 2) + 1
    height, width = plane.shape
    x0, x1 = min(max(left, 0), width), min(max(right, 0), width)
    y0, y1 = min(max(top, 0), height), min(max(bottom, 0), height)
    inside = plane[y0:y1, x0:x1]
    if inside.shape == (bottom - top, right - left):
        return Cut(inside, left, top)
    square = np.zeros((bottom - top, right - left), plane.dtype)
    square[y0 - top : y1 - top, x0 - left : x1 - left] = inside
    return Cut(square, left, top)


class CropReader:
    """Reads crops from a few images at a time. For one thread; `close` lets go of the files.

    Keeps the files of the last `MOST_OPEN` images open and at most `PLANE_BYTES` of planes that
    had to be decoded or projected; ask for crops image by image.
    """

    def __init__(self) -> None:
        self._sources: OrderedDict[str, ImageSource] = OrderedDict()
        self._windows: dict[tuple[str, int, bool], tuple[float, float]] = {}
        self._planes: OrderedDict[tuple[str, int | None, int], NDArray[Any]] = OrderedDict()

    def values(self, place: Place) -> Cut:
        """Return the pixels of a crop as they are in the file; raises ImageReadError."""
        return cut_square(self._plane(place), place.x, place.y, place.side)

    def grey(self, place: Place) -> Cut:
        """Return the crop in uint8 greys, by its image's own window; raises ImageReadError."""
        cut = self.values(place)
        return cut._replace(pixels=apply_window(cut.pixels, *self._window(place)))

    def close(self) -> None:
        """Let go of files and planes; the next crop opens them again."""
        for source in self._sources.values():
            source.close()
        self._sources.clear()
        self._windows.clear()
        self._planes.clear()

    def _source(self, path: str) -> ImageSource:
        source = self._sources.get(path)
        if source is None:
            source = self._sources[path] = open_image(Path(path))
            while len(self._sources) > MOST_OPEN:
                gone, closed = self._sources.popitem(last=False)
                closed.close()
                for key in [k for k in self._planes if k[0] == gone]:
                    del self._planes[key]
        self._sources.move_to_end(path)
        return source

    def _plane(self, place: Place) -> NDArray[Any]:
        source = self._source(place.path)
        channel = min(place.channel, source.n_channels - 1)
        z = 0 if source.n_z == 1 else place.z
        z = None if z is None else min(max(z, 0), source.n_z - 1)
        key = (place.path, z, channel)
        plane = self._planes.get(key)
        if plane is None:
            plane = max_projection(source, channel) if z is None else source.plane(z, channel)
            self._planes[key] = plane
            held = sum(kept.nbytes for kept in self._planes.values())
            while held > PLANE_BYTES and len(self._planes) > 1:
                held -= self._planes.popitem(last=False)[1].nbytes
        self._planes.move_to_end(key)
        return plane

    def _window(self, place: Place) -> tuple[float, float]:
        source = self._source(place.path)
        channel = min(place.channel, source.n_channels - 1)
        key = (place.path, channel, place.z is None)
        if key not in self._windows:
            plane = self._plane(place)
            in_stack = source.n_z > 1 and place.z is not None
            found = stack_levels(source, channel) if in_stack else None
            self._windows[key] = found.window if found else auto_window(plane)
        return self._windows[key]
