"""Which images train and which are held out; decided once for each group and never changed."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Part(StrEnum):
    """What an image is used for."""

    TRAIN = "train"
    VALIDATION = "validation"
    """Held out of training; chooses settings and stops training early."""
    TEST = "test"
    """Held out of everything; measures models."""


_SHARES = {Part.TRAIN: 0.7, Part.TEST: 0.15, Part.VALIDATION: 0.15}


def split_images(
    groups: Mapping[str, str], *, fixed: Mapping[str, Part], seed: int = 0
) -> dict[str, Part]:
    """Return the part of each image id, given its group (animal, series, field of view).

    An image in `fixed` (what an earlier call returned) keeps its part, and its whole group with it:
    a model must never be measured on another picture of what it was trained on. New groups go, in
    an order drawn by `seed`, to the part that lacks most of its share (70/15/15), so the first
    held-out image appears with the third group.
    """
    parts = {image: fixed[image] for image in groups if image in fixed}
    of_group: dict[str, Part] = {}
    for image, part in parts.items():
        # Where an image was moved to another group later, held out wins: it may have been seen.
        if of_group.get(groups[image], Part.TRAIN) is Part.TRAIN:
            of_group[groups[image]] = part
    sizes: dict[str, int] = {}
    for group in groups.values():
        sizes[group] = sizes.get(group, 0) + 1
    counts = dict.fromkeys(Part, 0)
    for group, part in of_group.items():
        counts[part] += sizes[group]
    for group in sorted(sizes.keys() - of_group.keys(), key=lambda g: _draw(g, seed)):
        part = max(_SHARES, key=lambda p: _SHARES[p] * len(groups) - counts[p])
        of_group[group] = part
        counts[part] += sizes[group]
    return {image: parts.get(image, of_group[group]) for image, group in groups.items()}


def _draw(group: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{group}".encode()).digest()
