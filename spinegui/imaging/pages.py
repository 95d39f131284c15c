"""Three ways to a plane in a TIFF: mapped as a whole, page by page, or decoded in one go."""

from __future__ import annotations

import math
import mmap
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from spinegui.imaging.completeness import planes_cut_off
from spinegui.imaging.limits import check_end, check_in_file, check_whole_size
from spinegui.imaging.ome import missing_companions
from spinegui.imaging.source import ImageReadError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from tifffile import TiffFrame, TiffPage, TiffPageSeries

    from spinegui.imaging.axes import AxisLayout, Index


_SMALLEST = 8  # bytes of the header; an empty file cannot be mapped


class PlaneReader(Protocol):
    """Reads the part of a series that an index of its layout names; not thread-safe."""

    def read(self, index: Index) -> NDArray[Any]: ...
    @property
    def is_mapped(self) -> bool:
        """Whether reading copies nothing."""
        ...

    @property
    def is_array(self) -> bool:
        """Whether an index may name more than one plane."""
        ...


class MappedFile:
    """A file mapped read-only; arrays into it keep the mapping alive by themselves."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < _SMALLEST:
                raise ValueError("not a TIFF file")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.path = path

    @property
    def bytes(self) -> mmap.mmap:
        """All of the file."""
        return self._map

    def array(self, offset: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        """Return a read-only view; ImageReadError where the file is too short for it now.

        The length is asked anew each time: to touch a mapped page of a file that shrank since
        would end the process.
        """
        size = min(len(self._map), self.path.stat().st_size)
        check_end(offset + math.prod(shape) * dtype.itemsize, size, self.path.name)
        # frombuffer keeps the mapping from being closed under the array's feet; np.ndarray and
        # np.memmap do not, and to touch such an array then ends the process.
        count = math.prod(shape)
        return np.frombuffer(self._map, dtype, count, offset).reshape(shape)

    def close(self) -> None:
        """Unmap the file now, or when the last array into it goes."""
        with suppress(BufferError):
            self._map.close()


class ContiguousReader:
    """All planes lie in the file one after the other, as they are."""

    is_mapped = is_array = True

    def __init__(self, file: MappedFile, series: TiffPageSeries, layout: AxisLayout) -> None:
        assert series.dataoffset
        self._file, self._shape, self._offset = file, layout.shape, series.dataoffset
        self._dtype = file_dtype(series)
        file.array(self._offset, self._shape, self._dtype)

    def read(self, index: Index) -> NDArray[Any]:
        return self._file.array(self._offset, self._shape, self._dtype)[index]


class PageReader:
    """Each page is read when asked: mapped where it lies in the file as it is, else decoded."""

    is_array = False

    def __init__(
        self, file: MappedFile, series: TiffPageSeries, layout: AxisLayout, split: int
    ) -> None:
        self._file, self._series, self._split = file, series, split
        assert series.parent is not None
        self._name = series.parent.filehandle.name
        self._gone = missing_companions(series.parent)
        self._cut = planes_cut_off(series.parent)
        self._leading, self._inner = layout.shape[:split], layout.shape[split:]
        if len(series) < math.prod(self._leading):
            raise ValueError(f"{math.prod(self._leading)} planes declared, {len(series)} found")
        self._check_last_page()

    @property
    def is_mapped(self) -> bool:
        """Whether the pages lie in this file as they are."""
        return bool(self._series.keyframe.is_final) and not self._series.is_multifile

    def read(self, index: Index) -> NDArray[Any]:
        number = 0
        for at, size in zip(index[: self._split], self._leading, strict=True):
            assert isinstance(at, int)
            number = number * size + at
        page = self._series[number]
        pixels = self._blank() if page is None else self._page(page)
        plane = pixels.reshape(self._inner)[index[self._split :]]
        # One channel of a decoded colour page would keep all of them in memory.
        return plane.copy() if pixels.flags.writeable and plane.size < pixels.size else plane

    def _page(self, page: TiffPage | TiffFrame) -> NDArray[Any]:
        if page.parent is not self._series.parent:
            return self._page_of_other_file(page)
        check_in_file(page, page.parent.filehandle.size, page.parent.filehandle.name)
        if page.is_final:
            return self._file.array(page.dataoffsets[0], self._inner, file_dtype(self._series))
        return page.asarray()

    def _page_of_other_file(self, page: TiffPage | TiffFrame) -> NDArray[Any]:
        handle = page.parent.filehandle
        closed = handle.closed
        if closed:
            handle.open()
        try:
            check_in_file(page, handle.size, handle.name)
            return page.asarray()
        finally:
            if closed:
                handle.close()

    def _blank(self) -> NDArray[Any]:
        """Stand in for a plane that no file holds: black if it was never recorded."""
        if self._gone:
            raise ImageReadError(
                f"This plane of {self._name} lies in {self._gone[0]}, which is not beside it. "
                "Put all files of the image into one folder."
            )
        if self._cut:
            raise ImageReadError(
                f"{self._name} ends before this plane. It was cut off: copy or export it again."
            )
        return np.zeros(self._inner, self._series.dtype)

    def _check_last_page(self) -> None:
        last = self._series[math.prod(self._leading) - 1]
        if last is not None and last.parent is self._series.parent:
            check_in_file(last, last.parent.filehandle.size, last.parent.filehandle.name)


class WholeReader:
    """Planes lie across the pages (x or y is not innermost): decoded once, at the first read."""

    is_mapped = is_array = True

    def __init__(self, series: TiffPageSeries, layout: AxisLayout) -> None:
        assert series.parent is not None
        check_whole_size(series, series.parent.filehandle.name)
        self._series, self._shape = series, layout.shape
        self._pixels: NDArray[Any] | None = None

    def read(self, index: Index) -> NDArray[Any]:
        if self._pixels is None:
            self._pixels = self._series.asarray().reshape(self._shape)
        return self._pixels[index]


def plane_reader(file: MappedFile, series: TiffPageSeries, layout: AxisLayout) -> PlaneReader:
    """Choose the way that reads least for one plane."""
    split = layout.page_split(math.prod(series.keyframe.shape))
    if series.transform is not None:
        return WholeReader(series, layout)
    if series.dataoffset and not series.is_multifile:  # 0: a page without data, not the header
        return ContiguousReader(file, series, layout)
    if split is None:
        return WholeReader(series, layout)
    return PageReader(file, series, layout, split)


def file_dtype(series: TiffPageSeries) -> np.dtype[Any]:
    """Return the pixel type as it stands in the file, byte order included."""
    assert series.parent is not None
    return series.dtype.newbyteorder(series.parent.byteorder)
