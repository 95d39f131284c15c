"""Adding to what was looked at, and taking away from it: changes of reviewed regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.domain.annotation import ReviewedRegion
from spinegui.domain.edits import Change
from spinegui.domain.rectangles import touching, united, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from spinegui.domain.annotation import Annotation
    from spinegui.domain.geometry import Box

ZRange = tuple[int, int] | None
Kind = tuple[ZRange, bool]


def with_reviewed(
    annotation: Annotation,
    boxes: Iterable[Box],
    *,
    new_id: Callable[[], str],
    z_range: ZRange = None,
    is_unaided: bool = False,
) -> tuple[Change, ...]:
    """Return the changes that mark these boxes (px) reviewed in the slices `z_range`.

    What they touch of the same slices, looked at in the same way, grows together with them; a box
    that is covered already changes nothing.
    """
    added = tuple(boxes)
    kind = (z_range, is_unaided)
    alike = [r for r in annotation.regions.values() if _kind(r) == kind]
    met = set(touching((r.box for r in alike), added))
    near = [r for r in alike if r.box in met]
    return _replaced(annotation, near, united((*met, *added)), kind, new_id)


def without_reviewed(
    annotation: Annotation,
    boxes: Iterable[Box],
    *,
    new_id: Callable[[], str],
    z: int | None = None,
) -> tuple[Change, ...]:
    """Return the changes after which these boxes (px) are no longer reviewed.

    With `z`, only regions that hold that slice lose them; they lose them in all their slices.
    """
    regions = annotation.regions.values()
    there = [r for r in regions if z is None or _holds(r.z_range, z)]
    return _taken_away(annotation, there, tuple(boxes), new_id)


def reviewed_but_for(
    annotation: Annotation, whole: Box, boxes: Iterable[Box], *, new_id: Callable[[], str]
) -> tuple[Change, ...]:
    """Return the changes after which all of `whole` (px) is reviewed in all slices, but not boxes.

    For an image that was reviewed as a whole and of which a part no longer is.
    """
    taken, plain = tuple(boxes), (None, False)
    regions = annotation.regions.values()
    old = [r for r in regions if _kind(r) == plain]
    others = [r for r in regions if _kind(r) != plain]
    rest = _replaced(annotation, old, without((whole,), taken), plain, new_id)
    return (*rest, *_taken_away(annotation, others, taken, new_id))


def _taken_away(
    annotation: Annotation,
    regions: Sequence[ReviewedRegion],
    taken: Sequence[Box],
    new_id: Callable[[], str],
) -> tuple[Change, ...]:
    met = [r for r in regions if any(r.box.intersection(box) for box in taken)]
    changes: list[Change] = []
    for kind in dict.fromkeys(map(_kind, met)):
        near = [r for r in met if _kind(r) == kind]
        left = without((r.box for r in near), taken)
        changes += _replaced(annotation, near, left, kind, new_id)
    return tuple(changes)


def _kind(region: ReviewedRegion) -> Kind:
    return region.z_range, region.is_unaided


def _holds(z_range: ZRange, z: int) -> bool:
    return z_range is None or z_range[0] <= z <= z_range[1]


def _replaced(
    annotation: Annotation,
    old: Sequence[ReviewedRegion],
    new: Sequence[Box],
    kind: Kind,
    new_id: Callable[[], str],
) -> tuple[Change, ...]:
    """Return the changes from these regions to those boxes; a box that stays keeps its region."""
    kept: dict[Box, ReviewedRegion] = {}
    for region in old:
        if region.box in new:
            kept.setdefault(region.box, region)
    stays = {region.id for region in kept.values()}
    gone = [Change(region, None) for region in old if region.id not in stays]
    come = [
        Change(None, ReviewedRegion(new_id(), annotation.image_id, box, *kind))
        for box in new
        if box not in kept
    ]
    return (*gone, *come)
