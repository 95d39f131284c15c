"""What every image offers, whatever its format: sizes, pixel size and planes, read when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    import numpy as np
    from numpy.typing import NDArray

    from spinegui.domain.image_ref import PixelSize


class ImageReadError(Exception):
    """An image cannot be read; `str()` says to the user what happened and what to do."""


class ImageSource(Protocol):
    """One open image. Any thread may read; planes come in native byte order and are read-only.

    `axes` names the axes of the file in its own order, such as "TZCYX"; axes of
    length 1 are left out. Whatever the order in the file, a plane is (Y, X).
    """

    @property
    def path(self) -> Path: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def n_z(self) -> int: ...
    @property
    def n_channels(self) -> int: ...
    @property
    def n_times(self) -> int: ...
    @property
    def dtype(self) -> np.dtype[Any]: ...
    @property
    def axes(self) -> str: ...
    @property
    def pixel_size(self) -> PixelSize | None: ...

    def plane(self, z: int = 0, c: int = 0, t: int = 0) -> NDArray[Any]:
        """Read plane (Y, X) of slice z, channel c and time t, all counted from 0.

        A view of the file where that is possible: keep it only while the file stays as it is.
        Raises IndexError beyond the image and ImageReadError where the file is damaged or closed.
        """
        ...

    @property
    def is_mapped(self) -> bool:
        """Whether a part of a plane can be read without decoding all of it."""
        ...

    def cut(self, c: int, t: int, rows: slice, columns: slice) -> NDArray[Any]:
        """Read some rows and columns of every slice (Z, rows, columns); errors as in `plane`."""
        ...

    def volume(self, c: int = 0, t: int = 0) -> NDArray[Any]:
        """Read all slices of one channel and time as a new array (Z, Y, X); errors as in plane."""
        ...

    def close(self) -> None:
        """Let go of the file; planes already handed out stay valid."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...
