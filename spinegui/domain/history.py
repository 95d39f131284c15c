"""Looking back and taking back: what an image was at a moment, and edits that lead there again.

All of it rests on one thing: every change says what was before. Walking changes backwards gives any
earlier state, and the way there is itself an edit, so that it can be undone like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from spinegui.domain.annotation import ImageChannel, ImageState, ReviewedRegion
from spinegui.domain.detection import Detection, Origin, ReviewState
from spinegui.domain.edits import Change, Edit, EditConflictError, apply, find_item, key_of
from spinegui.domain.image_ref import Calibration

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from spinegui.domain.edits import Annotations, Item, Key

K = TypeVar("K", bound="Hashable")
V = TypeVar("V")


class Deed(StrEnum):
    """What kind of thing an edit did, as the history is filtered by; an edit may do several."""

    LABEL = "label"
    BOX = "box"
    ACCEPT = "accept"
    REJECT = "reject"
    ADD = "add"
    REMOVE = "remove"
    DETECT = "detect"
    IMPORT = "import"
    REGION = "region"
    STATE = "state"
    CALIBRATION = "calibration"


class Shape(NamedTuple):
    """What of a change tells its kind; states and origin are a detection's, None elsewhere.

    `is_named` tells that somebody named its class: accepting votes too, but for the model's.
    """

    item_kind: str
    is_new: bool
    is_gone: bool
    state_before: str | None
    state_after: str | None
    origin: str | None
    has_other_box: bool
    is_named: bool


_OF_OTHER_ITEMS = {
    ReviewedRegion.kind: Deed.REGION,
    ImageState.kind: Deed.STATE,
    ImageChannel.kind: Deed.CALIBRATION,
    Calibration.kind: Deed.CALIBRATION,
}
IMPORT_TITLE = "Import "
"""How the title of an import begins: its changes look like any other new detections."""


def deeds_of(title: str, shapes: Iterable[Shape]) -> frozenset[Deed]:
    """Return what an edit of that title did, given the shapes of its changes."""
    found: set[Deed] = set()
    for shape in shapes:
        other = _OF_OTHER_ITEMS.get(shape.item_kind)
        found |= {other} if other is not None else _of_detection(shape)
    return frozenset({Deed.IMPORT} if title.startswith(IMPORT_TITLE) else found)


def _of_detection(shape: Shape) -> set[Deed]:
    if shape.is_new:
        return {Deed.ADD if shape.origin == Origin.USER else Deed.DETECT}
    if shape.is_gone:
        # A proposal that nobody decided on goes when a later detection replaces it.
        return {Deed.DETECT if shape.state_before == ReviewState.PREDICTED else Deed.REMOVE}
    if shape.state_before == shape.state_after == ReviewState.PREDICTED:
        return {Deed.DETECT}
    found: set[Deed] = set()
    if shape.is_named:
        found.add(Deed.LABEL)
    if shape.has_other_box:
        found.add(Deed.BOX)
    if shape.state_after == ReviewState.REJECTED and shape.state_before != ReviewState.REJECTED:
        found.add(Deed.REJECT)
    elif shape.state_after == ReviewState.ACCEPTED and not found:
        found.add(Deed.ACCEPT)
    return found


def collapsed(steps: Iterable[tuple[K, V, V]]) -> dict[K, tuple[V, V]]:
    """Return, by item, what it was before these steps (key, before, after) and what it is after.

    Oldest step first; an item that ends as it began is left out. Raises EditConflictError where a
    step does not begin with what the one before it left.
    """
    ends: dict[K, tuple[V, V]] = {}
    for key, before, after in steps:
        first, last = ends.get(key, (before, before))
        if last != before:
            raise EditConflictError(f"A change of {key} does not follow from the one before it.")
        ends[key] = (first, after)
    return {key: pair for key, pair in ends.items() if pair[0] != pair[1]}


def net(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return one change an item that does the same as these, which come oldest first."""
    ends = collapsed(_steps(changes))
    return tuple(Change(before, after) for before, after in ends.values())


def _steps(changes: Iterable[Change]) -> Iterator[tuple[Key, Item | None, Item | None]]:
    return ((key_of(c.item), c.before, c.after) for c in changes)


def back_over(title: str, later: Iterable[Change]) -> Edit:
    """Return the edit that takes back all of these changes, which come oldest first."""
    return Edit(title, tuple(Change(c.after, c.before) for c in reversed(net(later))))


def state_before(annotations: Annotations, later: Iterable[Change]) -> Annotations:
    """Return the annotations as they were before these changes, which come oldest first.

    Raises EditConflictError where they do not lead to `annotations`.
    """
    return apply(annotations, back_over("", later))


@dataclass(frozen=True, slots=True)
class Reversal:
    """How an edit anywhere in the log can be taken back.

    `edit` takes back what nothing changed since; `changed_since` are the edit's own changes whose
    items something later touched. An item that is again as it was before is in neither.
    """

    edit: Edit
    changed_since: tuple[Change, ...]


def reversal(edit: Edit, annotations: Annotations, title: str) -> Reversal:
    """Return how to take an edit back, seen from the state that the project has now."""
    undoing: list[Change] = []
    changed_since: list[Change] = []
    for change in reversed(net(edit.changes)):
        now = find_item(annotations, change.item)
        if now == change.after:
            undoing.append(Change(change.after, change.before))
        elif now != change.before:
            changed_since.append(change)
    return Reversal(Edit(title, tuple(undoing)), tuple(reversed(changed_since)))


def items_of(changes: Iterable[Change]) -> tuple[Item, ...]:
    """Return the items these changes are about, each once."""
    return tuple({key_of(c.item): c.item for c in changes}.values())


def spines_of(changes: Iterable[Change]) -> int:
    """Count the spines among the items that these changes are about."""
    return sum(isinstance(item, Detection) for item in items_of(changes))
