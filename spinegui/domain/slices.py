"""Which slices a spine spans, and in which it is sharpest: one object through z, edited once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from spinegui.domain.detection import ReviewState

if TYPE_CHECKING:
    from spinegui.domain.detection import Detection


def span_of(detection: Detection, n_z: int) -> tuple[int, int]:
    """Return the inclusive slices of a stack of `n_z` that it is seen in."""
    first, last = detection.z_range or (0, n_z - 1)
    return max(first, 0), min(last, n_z - 1)


def seen_from(detection: Detection, z: int, n_z: int) -> Detection:
    """Return it accepted, spanning slices from `z` on, to at least there."""
    return _spanning(detection, z, max(span_of(detection, n_z)[1], z))


def seen_to(detection: Detection, z: int, n_z: int) -> Detection:
    """Return it accepted, spanning slices up to `z`, from at most there."""
    return _spanning(detection, min(span_of(detection, n_z)[0], z), z)


def sharpest_in(detection: Detection, z: int, n_z: int) -> Detection:
    """Return it accepted, sharpest in slice `z`, which it spans then too."""
    first, last = span_of(detection, n_z)
    widened = _spanning(detection, min(first, z), max(last, z))
    return replace(widened, z=float(z))


def _spanning(detection: Detection, first: int, last: int) -> Detection:
    """Return it in these slices; the one of best focus stays within them."""
    z = detection.z
    inside = None if z is None else float(min(max(z, first), last))
    return replace(detection, z=inside, z_range=(first, last), state=ReviewState.ACCEPTED)
