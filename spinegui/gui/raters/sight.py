"""What may be seen of a project now: all of it, or in a blind session no label but one's own."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from spinegui.domain.blind import images_seen, put_back, seen_by
from spinegui.domain.detection import Detection
from spinegui.domain.edits import Change, Edit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spinegui.domain.annotation import Annotation
    from spinegui.domain.blind import BlindSession
    from spinegui.domain.edits import Item
    from spinegui.domain.image_ref import ImageRef


class Sight:
    """Stands between what a project records and everything that shows it.

    The document reads annotations and images through this and passes every edit back through it,
    so that no panel, list or tooltip needs to know whether a session is on. Without one all calls
    hand back what they were given. What was seen before and did not change since is the same
    object as before: lists that compare by identity redraw only what an edit touched.
    """

    def __init__(self) -> None:
        self.session: BlindSession | None = None
        self._recorded: Mapping[str, Annotation] = {}
        self._seen: Mapping[str, Annotation] = {}
        self._images: tuple[object, Mapping[str, ImageRef]] | None = None

    def begin(self, session: BlindSession | None) -> None:
        """See as in that session from now on; None sees everything."""
        self.session = session
        self._recorded, self._seen, self._images = {}, {}, None

    def annotations(self, recorded: Mapping[str, Annotation]) -> Mapping[str, Annotation]:
        """Return what may be seen of these annotations."""
        if self.session is None:
            return recorded
        if recorded is not self._recorded:
            self._seen = MappingProxyType(
                {key: self._annotation(key, annotation) for key, annotation in recorded.items()}
            )
            self._recorded = recorded
        return self._seen

    def images(self, recorded: Mapping[str, ImageRef]) -> Mapping[str, ImageRef]:
        """Return the images, without their names where the session hides them."""
        if self.session is None or not self.session.hides_names:
            return recorded
        key = tuple(recorded.values())
        if self._images is None or self._images[0] != key:
            self._images = key, images_seen(recorded, self.session)
        return self._images[1]

    def seen_edit(self, edit: Edit) -> Edit:
        """Return what may be seen of an edit of the recorded annotations."""
        if self.session is None:
            return edit
        changes = (Change(self._item(c.before), self._item(c.after)) for c in edit.changes)
        return Edit(edit.title, tuple(changes))

    def recorded_edit(self, recorded: Mapping[str, Annotation], edit: Edit) -> Edit:
        """Return the edit of the recorded annotations that an edit of what is seen stands for."""
        if self.session is None:
            return edit
        return Edit(edit.title, tuple(self._recorded_change(recorded, c) for c in edit.changes))

    def _annotation(self, image_id: str, recorded: Annotation) -> Annotation:
        old, seen_before = self._recorded.get(image_id), self._seen.get(image_id)
        if old is recorded and seen_before is not None:
            return seen_before
        detections: dict[str, Detection] = {}
        for key, detection in recorded.detections.items():
            is_same = old is not None and old.detections.get(key) is detection
            found = seen_before.detections[key] if is_same and seen_before else None
            detections[key] = found if found is not None else self._detection(detection)
        return replace(recorded, detections=MappingProxyType(detections))

    def _detection(self, detection: Detection) -> Detection:
        assert self.session is not None
        return seen_by(detection, self.session)

    def _item(self, item: Item | None) -> Item | None:
        return self._detection(item) if isinstance(item, Detection) else item

    def _recorded_change(self, recorded: Mapping[str, Annotation], change: Change) -> Change:
        assert self.session is not None
        before, after = change.before, change.after
        if not isinstance(before, Detection) or before.image_id not in recorded:
            return change
        whole = recorded[before.image_id].detections.get(before.id)
        if whole is None or self._detection(whole) != before:
            return change  # not what is seen: the document will refuse it
        if isinstance(after, Detection):
            return Change(whole, put_back(whole, after, self.session))
        return Change(whole, None)
