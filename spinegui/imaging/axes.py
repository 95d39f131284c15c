"""How the axes of a file map onto slices, channels, times and planes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Letters as tifffile gives them: Q = unknown, I = page after page, S = samples (red, green, blue).
_SLICES = "ZQI"
_CHANNELS = "CS"

Index = tuple[int | slice, ...]


@dataclass(frozen=True, slots=True)
class AxisLayout:
    """Axes of a file, one letter each, with their lengths; Y and X are among them once each.

    Slices are axis Z, or else the innermost unnamed axis. Channels are C and the samples of a
    colour image together. Every other axis counts as time, so no plane is out of reach.
    """

    axes: str
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.axes) != len(self.shape) or min(self.shape, default=0) < 1:
            raise ValueError(f"axes {self.axes} do not fit the shape {self.shape}")
        if self.axes.count("Y") != 1 or self.axes.count("X") != 1:
            raise ValueError(f"axes {self.axes} hold no plane")

    @property
    def height(self) -> int:
        return self.shape[self.axes.index("Y")]

    @property
    def width(self) -> int:
        return self.shape[self.axes.index("X")]

    @property
    def n_z(self) -> int:
        return self._count(self._slice_axes())

    @property
    def n_channels(self) -> int:
        return self._count(self._channel_axes())

    @property
    def n_times(self) -> int:
        return self._count(self._time_axes())

    @property
    def short(self) -> str:
        """The axes without those of length 1, Y and X always among them."""
        kept = zip(self.axes, self.shape, strict=True)
        return "".join(axis for axis, size in kept if size > 1 or axis in "YX")

    def index(self, z: int, c: int, t: int) -> Index:
        """Return the index of one plane into an array of `shape`; IndexError beyond the image."""
        wanted = (("slice", z, self._slice_axes()), ("channel", c, self._channel_axes()))
        index: list[int | slice] = [slice(None)] * len(self.shape)
        for word, number, dims in (*wanted, ("time", t, self._time_axes())):
            count = self._count(dims)
            if not 0 <= number < count:
                raise IndexError(f"{word} {number} is not among the {count} of this image")
            at = np.unravel_index(number, [self.shape[d] for d in dims]) if dims else ()
            for dim, value in zip(dims, at, strict=True):
                index[dim] = int(value)
        return tuple(index)

    def through_slices(self, index: Index) -> Index:
        """Return the index of a plane widened to all slices."""
        dims = self._slice_axes()
        return tuple(slice(None) if d in dims else at for d, at in enumerate(index))

    def upright_slices(self, planes: NDArray[Any]) -> NDArray[Any]:
        """Turn planes as indexed into by `through_slices` into (Z, Y, X)."""
        kept = [d for d, axis in enumerate(self.axes) if axis in "YX" or d in self._slice_axes()]
        order = [kept.index(d) for d in self._slice_axes()]
        order += [kept.index(self.axes.index(axis)) for axis in "YX"]
        turned = planes.transpose(order)
        return turned if self._slice_axes() else turned[None]

    def page_split(self, page_size: int) -> int | None:
        """Return how many leading axes count pages of `page_size` values each.

        None where no whole plane lies in a page: then only the entire series can be read.
        """
        split = min(self.axes.index("Y"), self.axes.index("X"))
        while split > 0 and math.prod(self.shape[split:]) < page_size:
            split -= 1
        return split if math.prod(self.shape[split:]) == page_size else None

    def upright(self, plane: NDArray[Any]) -> NDArray[Any]:
        """Turn a plane as indexed into (Y, X)."""
        return plane if self.axes.index("Y") < self.axes.index("X") else plane.T

    def _slice_axes(self) -> Sequence[int]:
        long = [d for d, axis in enumerate(self.axes) if axis in _SLICES and self.shape[d] > 1]
        named = [d for d in long if self.axes[d] == "Z"]
        return (named or long)[-1:]

    def _channel_axes(self) -> Sequence[int]:
        return [d for d, axis in enumerate(self.axes) if axis in _CHANNELS]

    def _time_axes(self) -> Sequence[int]:
        taken = {*self._slice_axes(), *self._channel_axes()}
        return [d for d, axis in enumerate(self.axes) if d not in taken and axis not in "YX"]

    def _count(self, dims: Sequence[int]) -> int:
        return math.prod(self.shape[d] for d in dims)
