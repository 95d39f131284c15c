"""TIFF in all its dress: plain, BigTIFF, OME, ImageJ and LSM, as an ImageSource."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
from tifffile import TiffFile

from spinegui.imaging.axes import AxisLayout
from spinegui.imaging.completeness import check_complete
from spinegui.imaging.limits import check_codec, check_declared_size, check_pixel_type
from spinegui.imaging.page_chain import page_chain
from spinegui.imaging.pages import MappedFile, plane_reader
from spinegui.imaging.pixel_size import tiff_pixel_size
from spinegui.imaging.reading import reading
from spinegui.imaging.source import ImageReadError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from numpy.typing import NDArray
    from tifffile import TiffPageSeries

    from spinegui.domain.image_ref import PixelSize
    from spinegui.imaging.page_chain import PageChain
    from spinegui.imaging.pages import PlaneReader


class TiffSource:
    """An open TIFF; implements ImageSource. Made by `open_tiff`."""

    def __init__(self, tif: TiffFile, file: MappedFile, chain: PageChain, max_bytes: int) -> None:
        path = file.path
        series = _main_series(tif)
        check_pixel_type(series.dtype, path.name)
        layout = AxisLayout(series.get_axes(squeeze=False), series.get_shape(squeeze=False))
        check_codec(series.keyframe, path.name)
        check_declared_size(series, tif.filehandle.size, max_bytes, path.name)
        check_complete(tif, series, layout, chain)
        self._path, self._tif, self._file, self._layout = path, tif, file, layout
        self._reader: PlaneReader | None = plane_reader(file, series, layout)
        # tifffile moves one file position: two readers at once would get each other's bytes.
        self._lock = threading.Lock()
        self._dtype = _plane_dtype(series.dtype)
        self._pixel_size = tiff_pixel_size(tif, series)

    @property
    def path(self) -> Path:
        return self._path

    @property
    def width(self) -> int:
        return self._layout.width

    @property
    def height(self) -> int:
        return self._layout.height

    @property
    def n_z(self) -> int:
        return self._layout.n_z

    @property
    def n_channels(self) -> int:
        return self._layout.n_channels

    @property
    def n_times(self) -> int:
        return self._layout.n_times

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._dtype

    @property
    def axes(self) -> str:
        return self._layout.short

    @property
    def pixel_size(self) -> PixelSize | None:
        return self._pixel_size

    def plane(self, z: int = 0, c: int = 0, t: int = 0) -> NDArray[Any]:
        """Read plane (Y, X); see ImageSource.plane."""
        index = self._layout.index(z, c, t)
        with reading(self._path), self._lock:
            plane = self._layout.upright(self._open_reader().read(index))
            plane = plane.astype(self._dtype, copy=False)
        plane.flags.writeable = False
        return plane

    @property
    def is_mapped(self) -> bool:
        """Whether planes lie in the file as they are; see ImageSource.is_mapped."""
        with self._lock:
            return self._reader is not None and self._reader.is_mapped

    def cut(self, c: int, t: int, rows: slice, columns: slice) -> NDArray[Any]:
        """Read some rows and columns of every slice; see ImageSource.cut."""
        first = self._layout.index(0, c, t)
        with reading(self._path), self._lock:
            reader = self._open_reader()
            if reader.is_array:
                planes = reader.read(self._layout.through_slices(first))
                found = self._layout.upright_slices(planes)[:, rows, columns]
                return found.astype(self._dtype)
        return np.stack([self.plane(z, c, t)[rows, columns] for z in range(self.n_z)])

    def _open_reader(self) -> PlaneReader:
        if self._reader is None:
            raise ImageReadError(f"{self._path.name} was closed. Open it again.")
        return self._reader

    def volume(self, c: int = 0, t: int = 0) -> NDArray[Any]:
        """Read all slices as a new array (Z, Y, X); see ImageSource.volume."""
        with reading(self._path):
            volume = np.empty((self.n_z, self.height, self.width), self._dtype)
        for z in range(self.n_z):
            volume[z] = self.plane(z, c, t)
        return volume

    def close(self) -> None:
        """Let go of the file; planes already handed out stay valid."""
        with self._lock:
            self._reader = None
            self._tif.close()
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        self.close()


def open_tiff(path: Path, *, max_bytes: int) -> TiffSource:
    """Open a TIFF without decoding a pixel; ImageReadError says why it cannot be read."""
    with reading(path), ExitStack() as opened:
        file = MappedFile(path)
        opened.callback(file.close)
        chain = page_chain(file.bytes)
        tif = opened.enter_context(TiffFile(path))
        source = TiffSource(tif, file, chain, max_bytes)
        opened.pop_all()  # the source closes them from here on
        return source


def _main_series(tif: TiffFile) -> TiffPageSeries:
    """Return the image of a file with several: the first, but never a thumbnail before it."""
    planar = [s for s in tif.series if {"Y", "X"} <= set(s.get_axes(squeeze=False))]
    if not planar:
        raise ValueError("no image in it")
    if planar[0].kind != "generic":
        return planar[0]
    return max(planar, key=lambda series: series.keyframe.imagewidth * series.keyframe.imagelength)


def _plane_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type planes are handed out in: native order, masks as 0/1, halves widened."""
    if dtype.kind == "b":
        return np.dtype(np.uint8)
    if dtype == np.float16:
        return np.dtype(np.float32)
    return dtype.newbyteorder("=")
