"""One look over a stack before it is shown: contrast that suits all slices, and the liveliest."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from spinegui.imaging.contrast import auto_window, subsample
from spinegui.imaging.source import ImageReadError

if TYPE_CHECKING:
    from spinegui.imaging.source import ImageSource

LOOKED_AT = 5
"""So many slices, spread over a stack, are looked at."""
_CLEARLY = 1.25


class StackLevels(NamedTuple):
    """The values black and white for all slices, and the slice worth opening at."""

    window: tuple[float, float]
    z: int


def stack_levels(source: ImageSource, channel: int = 0, time: int = 0) -> StackLevels | None:
    """Look at a few slices; None where none of them can be read.

    A dim slice must not saturate the others, so the window spans all of theirs. The slice is the
    middle one, unless another has clearly more contrast (standard deviation, a quarter more).
    """
    step = max(1, source.n_z // LOOKED_AT)
    windows, spread = [], {}
    for z in range((source.n_z - 1) % step // 2, source.n_z, step):
        try:
            plane = source.plane(z, channel, time)
        except ImageReadError:  # it is said when that slice itself is to be shown
            continue
        windows.append(auto_window(plane))
        spread[z] = float(np.nanstd(subsample(plane).astype(np.float64)))
    if not windows:
        return None
    middle = source.n_z // 2
    best = max(spread, key=lambda z: spread[z])
    nearest = min(spread, key=lambda z: abs(z - middle))
    z = best if spread[best] > _CLEARLY * spread[nearest] else middle
    return StackLevels((min(low for low, _ in windows), max(high for _, high in windows)), z)
