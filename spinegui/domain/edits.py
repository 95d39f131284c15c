"""The edit, the unit of everything: what changed, how to apply it, how to take it back.

An item is a detection (with its raters' votes), a reviewed region, an image's state, channel or
calibration; each carries its image's id. An edit may span images. Undo, accept, merge of
predictions, batch edits and import are all edits.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias, cast

from spinegui.domain.annotation import Annotation, ImageChannel, ImageState, ReviewedRegion
from spinegui.domain.detection import Detection
from spinegui.domain.image_ref import Calibration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Item: TypeAlias = Detection | ReviewedRegion | ImageState | ImageChannel | Calibration
Key: TypeAlias = tuple[str, str]
Annotations: TypeAlias = "Mapping[str, Annotation]"


class EditConflictError(Exception):
    """An edit's `before` is not what is there; nothing was applied."""


@dataclass(frozen=True, slots=True)
class Change:
    """One item before and after; None means it does not exist.

    Raises ValueError where both are None or where they are not the same item of the same image.
    """

    before: Item | None
    after: Item | None

    def __post_init__(self) -> None:
        if self.before is None and self.after is None:
            raise ValueError("A change needs a before or an after.")
        if self.before is not None and self.after is not None:
            same = key_of(self.before) == key_of(self.after)
            if not same or self.before.image_id != self.after.image_id:
                raise ValueError("A change is about one item of one image.")

    @property
    def item(self) -> Item:
        """The item after the change, or before it where the change removes it."""
        item = self.after if self.after is not None else self.before
        assert item is not None
        return item


@dataclass(frozen=True, slots=True)
class Edit:
    """A titled group of changes that are done and undone together."""

    title: str
    changes: tuple[Change, ...]
    image_ids: tuple[str, ...] = field(init=False, compare=False, repr=False)
    """The images it touches, in order of appearance."""

    def __post_init__(self) -> None:
        # Once and for all: an edit of thousands of changes is asked by everybody who follows.
        ids = dict.fromkeys((c.after or c.before).image_id for c in self.changes)  # type: ignore[union-attr]
        object.__setattr__(self, "image_ids", tuple(ids))


def key_of(item: Item) -> Key:
    """Return what identifies an item within a project: its kind and id."""
    return item.kind, item.id


def find_item(annotations: Annotations, like: Item) -> Item | None:
    """Return the item of the same kind and id as it is in these annotations, None if absent."""
    annotation = annotations.get(like.image_id)
    if annotation is None:
        return None
    return _items(annotation)[like.kind].get(like.id)


def inverse(edit: Edit) -> Edit:
    """Return the edit that takes it back."""
    return Edit(edit.title, tuple(Change(c.after, c.before) for c in reversed(edit.changes)))


def apply(annotations: Annotations, edit: Edit) -> Annotations:
    """Return the annotations after the edit; all of it, or an EditConflictError and none of it.

    An image without an annotation counts as one without items.
    """
    result = dict(annotations)
    for image_id in edit.image_ids:
        changes: Iterable[Change] = edit.changes
        if len(edit.image_ids) > 1:
            changes = [c for c in edit.changes if c.item.image_id == image_id]
        result[image_id] = _apply_to_image(result.get(image_id, Annotation(image_id)), changes)
    return MappingProxyType(result)


def _items(annotation: Annotation) -> dict[str, Mapping[str, Item]]:
    """Return an image's items by kind and id."""
    single = (annotation.state, annotation.calibration, annotation.image_channel)
    items: dict[str, Mapping[str, Item]] = {
        Detection.kind: annotation.detections,
        ReviewedRegion.kind: annotation.regions,
        **{kind.kind: {} for kind in (ImageState, Calibration, ImageChannel)},
    }
    return items | {item.kind: {item.id: item} for item in single if item is not None}


def _apply_to_image(annotation: Annotation, changes: Iterable[Change]) -> Annotation:
    items = {kind: dict(found) for kind, found in _items(annotation).items()}
    for change in changes:
        item = change.item
        _apply_change(items[item.kind], item, change)
    image_id = annotation.image_id
    return replace(
        annotation,
        detections=MappingProxyType(cast("dict[str, Detection]", items[Detection.kind])),
        regions=MappingProxyType(cast("dict[str, ReviewedRegion]", items[ReviewedRegion.kind])),
        state=cast("ImageState | None", items[ImageState.kind].get(image_id)),
        calibration=cast("Calibration | None", items[Calibration.kind].get(image_id)),
        image_channel=cast("ImageChannel | None", items[ImageChannel.kind].get(image_id)),
    )


def _apply_change(items: dict[str, Item], item: Item, change: Change) -> None:
    found = items.get(item.id)
    if found is not change.before and found != change.before:
        raise EditConflictError(f"The {item.kind} {item.id} is not what this edit expects.")
    if change.after is None:
        del items[item.id]
    else:
        items[item.id] = change.after
