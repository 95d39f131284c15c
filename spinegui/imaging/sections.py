"""Cuts through a stack along z: the xz and the yz plane at a point."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from spinegui.imaging.source import ImageSource


class Cut(NamedTuple):
    """Both cuts of one channel: xz (Z, X) along a row, yz (Z, Y) along a column."""

    xz: NDArray[Any]
    yz: NDArray[Any]


class SectionReader:
    """Reads cuts from one time point of a stack; not for several threads at once.

    Of a stack that lies in the file as it is, only the row and the column are read (200 slices of
    2048 x 2048: some 5 ms). Of any other, `read_slice` first decodes every slice, and what is kept
    is every nth pixel, so many that all of it fits into `capacity_bytes`.
    """

    def __init__(
        self, source: ImageSource, channels: Sequence[int], time: int, capacity_bytes: int
    ) -> None:
        self._source, self._channels, self._time = source, tuple(channels), time
        self._n_read = source.n_z if source.is_mapped else 0
        self.step = 1
        """Every so-manieth pixel is kept; 1 where all are."""
        self._kept: NDArray[Any] | None = None
        if not source.is_mapped:
            voxels = len(self._channels) * source.n_z * source.height * source.width
            self.step = max(
                1, math.ceil(math.sqrt(voxels * source.dtype.itemsize / capacity_bytes))
            )
            shape = (-(-source.height // self.step), -(-source.width // self.step))
            self._kept = np.zeros((len(self._channels), source.n_z, *shape), source.dtype)

    @property
    def n_read(self) -> int:
        """How many slices are at hand."""
        return self._n_read

    @property
    def is_complete(self) -> bool:
        return self._n_read == self._source.n_z

    def read_slice(self) -> None:
        """Decode the next slice of every channel; raises ImageReadError where it is damaged."""
        assert self._kept is not None
        z, self._n_read = self._n_read, self._n_read + 1
        for row, channel in enumerate(self._channels):
            plane = self._source.plane(z, channel, self._time)
            self._kept[row, z] = plane[:: self.step, :: self.step]

    def cuts(self, x: int, y: int) -> dict[int, Cut]:
        """Return the cuts through pixel (x, y) by channel; slices not read yet are 0."""
        return {c: self._cut(row, c, x, y) for row, c in enumerate(self._channels)}

    def _cut(self, row: int, channel: int, x: int, y: int) -> Cut:
        source = self._source
        if self._kept is not None:
            kept = self._kept[row]
            xz, yz = kept[:, y // self.step, :], kept[:, :, x // self.step]
            return Cut(
                np.repeat(xz, self.step, axis=1)[:, : source.width],
                np.repeat(yz, self.step, axis=1)[:, : source.height],
            )
        row_of, column_of = slice(y, y + 1), slice(x, x + 1)
        return Cut(
            source.cut(channel, self._time, row_of, slice(None))[:, 0, :],
            source.cut(channel, self._time, slice(None), column_of)[:, :, 0],
        )
