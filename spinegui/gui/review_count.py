"""How far the review is: spines seen and decided, on the shown image and in the whole project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spinegui.domain.detection import ReviewState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spinegui.domain.annotation import Annotation


@dataclass(frozen=True, slots=True)
class Counts:
    """`decided` counts rejected predictions too; `is_begun` also holds for a reviewed region."""

    found: int = 0
    decided: int = 0
    is_begun: bool = False


class ReviewCount:
    """Counts the annotations of a project; one that is the same as before is not counted again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Annotation, Counts]] = {}

    def of(self, annotation: Annotation) -> Counts:
        """Return the counts of one image."""
        known = self._known.get(annotation.image_id)
        if known is not None and known[0] is annotation:
            return known[1]
        counts = _count(annotation)
        self._known[annotation.image_id] = annotation, counts
        return counts

    def total(self, annotations: Mapping[str, Annotation]) -> Counts:
        """Return the counts of a whole project."""
        each = [self.of(annotation) for annotation in annotations.values()]
        return Counts(
            sum(c.found for c in each),
            sum(c.decided for c in each),
            is_begun=any(c.is_begun for c in each),
        )

    def forget(self) -> None:
        """Let go of a project that is closed."""
        self._known.clear()


def _count(annotation: Annotation) -> Counts:
    states = [d.state for d in annotation.detections.values()]
    decided = len(states) - states.count(ReviewState.PREDICTED)
    is_begun = decided > 0 or bool(annotation.regions) or annotation.is_reviewed
    return Counts(len(annotation.detections), decided, is_begun)
