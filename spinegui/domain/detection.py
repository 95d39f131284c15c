"""A detection: one spine on one image, with everything a model and the raters said about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from spinegui.domain.geometry import Box, Point3


class Origin(StrEnum):
    """Who put the detection there."""

    MODEL = "model"
    USER = "user"


class ReviewState(StrEnum):
    """What people decided about it."""

    PREDICTED = "predicted"
    """A model's proposal that nobody decided on."""
    ACCEPTED = "accepted"
    """A person drew it, accepted it, moved it or labelled it."""
    REJECTED = "rejected"
    """A person deleted it. It stays, unseen, so that no later detection brings it back."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One rater's label for one detection, at a time in ISO 8601 UTC."""

    rater: str
    label: str
    at: str


@dataclass(frozen=True, slots=True)
class Detection:
    """One spine on one image.

    `z` is the 0-based slice of best focus and `z_range` the inclusive slices it spans; both None
    in 2D. `class_scores` are the model's probabilities by class identifier. `proposed_box` is the
    model's own box. `extra` is a JSON object of fields that an imported file carried and we do not
    know; it travels on to the next export.
    """

    kind: ClassVar[str] = "detection"

    id: str
    image_id: str
    box: Box
    z: float | None = None
    z_range: tuple[int, int] | None = None
    head: Point3 | None = None
    base: Point3 | None = None
    origin: Origin = Origin.USER
    state: ReviewState = ReviewState.ACCEPTED
    score: float | None = None
    class_scores: tuple[tuple[str, float], ...] = ()
    votes: tuple[Vote, ...] = ()
    model: str | None = None
    proposed_box: Box | None = None
    extra: str = ""

    @property
    def model_label(self) -> str | None:
        """The class the model finds most likely, or None where no model spoke."""
        return max(self.class_scores, key=lambda pair: pair[1])[0] if self.class_scores else None

    @property
    def label(self) -> str | None:
        """The label shown: the raters' plurality (on a tie, the latest vote), else the model's."""
        if not self.votes:
            return self.model_label
        counts = Counter(vote.label for vote in self.votes)
        most = max(counts.values())
        leaders = [vote for vote in self.votes if counts[vote.label] == most]
        return max(leaders, key=lambda vote: vote.at).label

    @property
    def is_decided(self) -> bool:
        return self.state is not ReviewState.PREDICTED

    @property
    def is_visible(self) -> bool:
        return self.state is not ReviewState.REJECTED

    def vote_of(self, rater: str) -> Vote | None:
        return next((vote for vote in self.votes if vote.rater == rater), None)

    def with_vote(self, vote: Vote) -> Detection:
        """Return it accepted, with that rater's vote in place of an earlier one of theirs."""
        others = tuple(v for v in self.votes if v.rater != vote.rater)
        return replace(self, votes=(*others, vote), state=ReviewState.ACCEPTED)

    def with_box(self, box: Box) -> Detection:
        """Return it accepted, with a corrected box.

        Head and base stay only while the head lies in the box: elsewhere they are another spine's.
        """
        is_same_head = self.head is not None and box.contains(self.head.x, self.head.y)
        head, base = (self.head, self.base) if is_same_head else (None, None)
        return replace(self, box=box, head=head, base=base, state=ReviewState.ACCEPTED)

    def accepted(self) -> Detection:
        return replace(self, state=ReviewState.ACCEPTED)

    def rejected(self) -> Detection:
        return replace(self, state=ReviewState.REJECTED)

    def spans(self, z: int) -> bool:
        """Tell whether it is seen in that slice; a detection without z is seen in all."""
        return self.z_range is None or self.z_range[0] <= z <= self.z_range[1]
