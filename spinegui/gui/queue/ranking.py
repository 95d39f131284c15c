"""Puts a queue in order beside the window; an order that something else overtook is dropped."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from spinegui.gui.language import tr
from spinegui.gui.queue.sources import SOURCES, Pool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spinegui.domain.annotation import Annotation
    from spinegui.domain.detection import Detection
    from spinegui.gui.background import Task
    from spinegui.gui.document import Document
    from spinegui.gui.queue.choice import Choice
    from spinegui.gui.queue.sources import QueueItem, Sieve
    from spinegui.gui.workspace import Workspace


class Key(NamedTuple):
    """Which round: of which source, over which image ("" for all)."""

    source: str
    image: str


class Ranking(QObject):
    """Asked on the window's thread, answers there; only `_ordered` runs on another."""

    ready = Signal(object, object)
    """The Key, and the items (list[QueueItem]) in their order."""

    def __init__(self, workspace: Workspace, choice: Choice, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._choice = choice
        self._request = 0
        self._asked: Mapping[str, Annotation] = {}
        self.is_busy = False

    def ask(self, document: Document, key: Key) -> None:
        """Put in order what the source wants of an image, or of all."""
        self._request += 1
        self.is_busy = True
        self._asked = document.annotations
        images = tuple(document.images)
        work = partial(
            _ordered,
            key,
            self._asked,
            self._choice.sieve,
            Pool((), images, document.label_set, self._choice.order),
        )
        take = partial(self._take, self._request, key)
        self._workspace.moments.start(tr("Ranking the queue"), work, take, self._fail)

    def drop(self) -> None:
        """Let nothing come of what was asked for."""
        self._request += 1
        self.is_busy = False

    def is_wanted(self, item: QueueItem, source_id: str) -> bool:
        """Tell whether an item of the last order still waits: edits went on meanwhile."""
        document = self._workspace.document
        annotation = document.annotations.get(item.image_id) if document else None
        # Annotations never change: one that is the same object still holds what was asked for.
        if annotation is None or annotation is self._asked.get(item.image_id):
            return annotation is not None
        detection = annotation.detections.get(item.detection_id)
        wants = SOURCES[source_id].wants
        return detection is not None and wants(detection, self._choice.sieve)

    def _take(self, request: int, key: Key, items: list[QueueItem]) -> None:
        if request == self._request:
            self.is_busy = False
            self.ready.emit(key, items)

    def _fail(self, error: Exception) -> None:
        self.is_busy = False
        raise error  # a mistake of ours: it is shown and logged as every other


def _ordered(
    key: Key,
    annotations: Mapping[str, Annotation],
    sieve: Sieve,
    pool: Pool,
    _task: Task[list[QueueItem]],
) -> list[QueueItem]:
    """Return what the source wants, in order; on another thread, with values that never change."""
    source = SOURCES[key.source]
    wanted: list[Detection] = []
    for image_id in (key.image,) if key.image else pool.image_ids:
        if image_id in annotations:
            found = annotations[image_id].detections.values()
            wanted += [d for d in found if source.wants(d, sieve)]
    return source.items(pool._replace(detections=tuple(wanted)))
