"""Cross-validation: which images are predicted together by a model that never saw them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def deal_folds(names: Sequence[Collection[str]], folds: int, *, seed: int = 0) -> tuple[int, ...]:
    """Return the fold, from 0, of each image, given the names it goes by (its group, its hash).

    Images that share a name stay together, through others too. The largest groups are dealt first,
    equal ones in an order drawn by `seed`, each to the smallest fold; where there are fewer groups
    than folds, there are as many folds as groups. The order of the images does not matter.
    """
    clusters = _clusters(names)
    clusters.sort(key=lambda members: (-len(members), _draw(names, members, seed)))
    sizes = [0] * min(folds, len(clusters))
    dealt = [0] * len(names)
    for members in clusters:
        fold = sizes.index(min(sizes))
        sizes[fold] += len(members)
        for image in members:
            dealt[image] = fold
    return tuple(dealt)


def _clusters(names: Sequence[Collection[str]]) -> list[list[int]]:
    """Return the images that belong together, by position."""
    clusters: list[tuple[set[str], list[int]]] = []
    for image, own in enumerate(names):
        joined, members = set(own), [image]
        apart = []
        for cluster in clusters:
            if joined.isdisjoint(cluster[0]):
                apart.append(cluster)
            else:
                joined |= cluster[0]
                members += cluster[1]
        clusters = [*apart, (joined, members)]
    return [members for _, members in clusters]


def _draw(names: Sequence[Collection[str]], members: Sequence[int], seed: int) -> bytes:
    first = min((name for image in members for name in names[image]), default="")
    return hashlib.sha256(f"{seed}:{first}".encode()).digest()
