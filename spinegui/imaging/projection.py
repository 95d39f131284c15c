"""Maximum projection of a stack, one plane in memory at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from spinegui.imaging.source import ImageSource


_BLOCK_PIXELS = 1 << 17


class ProjectionStoppedError(Exception):
    """`should_stop` said so before the projection was complete."""


def max_projection(
    source: ImageSource,
    c: int = 0,
    t: int = 0,
    z_range: tuple[int, int] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> NDArray[Any]:
    """Return the brightest value along z as a new array (Y, X) in the pixel type of the image.

    `z_range` = (first, last), both included, clipped to the stack; ValueError where nothing is
    left. NaN counts as missing. `on_progress(done, total)` is called after each plane. Raises
    ProjectionStoppedError, ImageReadError, and IndexError beyond channels or times.
    """
    first, last = z_range if z_range is not None else (0, source.n_z - 1)
    first, last = max(first, 0), min(last, source.n_z - 1)
    if first > last:
        raise ValueError(f"slices {z_range} are not in a stack of {source.n_z}")
    result: NDArray[Any] | None = None
    for z in range(first, last + 1):
        if should_stop is not None and should_stop():
            raise ProjectionStoppedError
        plane = source.plane(z, c, t)
        # fmax passes over NaN; on whole numbers it is maximum.
        result = plane.copy() if result is None else np.fmax(result, plane, out=result)
        if on_progress is not None:
            on_progress(z - first + 1, last - first + 1)
    assert result is not None
    return result


def brightest(planes: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return the brightest value of planes (Y, X) of one size and type as a new array.

    NaN counts as missing. Raises ValueError for no planes.
    """
    if not planes:
        raise ValueError("the brightest of no planes")
    result = np.empty_like(planes[0])
    rows = max(1, _BLOCK_PIXELS // max(result.shape[1], 1))
    # Block by block, what was found so far stays in the processor's cache.
    for start in range(0, result.shape[0], rows):
        block = result[start : start + rows]
        block[:] = planes[0][start : start + rows]
        for plane in planes[1:]:
            np.fmax(block, plane[start : start + rows], out=block)
    return result
