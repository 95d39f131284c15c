"""A detection: one spine on one image, with everything a model and the raters said about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

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


class How(StrEnum):
    """How a vote came about."""

    HAND = "hand"
    """The rater named the class."""
    ACCEPTED = "accepted"
    """The rater let the model's class stand: agreement after having seen the answer."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One rater's label for one detection, at a time in ISO 8601 UTC.

    `session` is the moment at which the blind session began that it was given in, "" for a vote
    given in the open. A rater has one vote in the open and one for each blind session, so that
    what was said blind stands beside what was said before and agreement with oneself can be told.
    """

    rater: str
    label: str
    at: str
    how: How = How.HAND
    session: str = ""

    @property
    def is_blind(self) -> bool:
        """Tell whether the rater saw nobody's label when giving it."""
        return bool(self.session)


def counted_votes(votes: Iterable[Vote]) -> tuple[Vote, ...]:
    """Return the votes that name a label: of each rater the latest, by hand where any is.

    An accepted vote repeats what the model said to somebody who had just read it. Beside a class
    that a person named it is no second opinion: two raters who press Space would outvote, with
    the model's own label, the one who looked. So accepted votes count only among themselves.
    """
    votes = tuple(votes)
    by_hand = tuple(vote for vote in votes if vote.how is How.HAND)
    latest: dict[str, Vote] = {}
    for vote in by_hand or votes:
        if vote.rater not in latest or vote.at >= latest[vote.rater].at:
            latest[vote.rater] = vote
    return tuple(latest.values())


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
        """The label shown: the plurality of `counted_votes`, else the model's.

        On a tie it is the latest vote's. Plurality, since it needs no choice of a majority and
        gives one rater's work a label from the first vote on; a quorum is `consensus`.
        """
        if not self.votes:
            return self.model_label
        if len(self.votes) == 1:  # nearly always, and thousands are asked at a time
            return self.votes[0].label
        votes = counted_votes(self.votes)
        counts = Counter(vote.label for vote in votes)
        most = max(counts.values())
        leaders = [vote for vote in votes if counts[vote.label] == most]
        return max(leaders, key=lambda vote: vote.at).label

    @property
    def is_labelled_by_hand(self) -> bool:
        """Tell whether a person named its class, rather than let the model's stand."""
        return any(vote.how is How.HAND for vote in self.votes)

    @property
    def is_decided(self) -> bool:
        return self.state is not ReviewState.PREDICTED

    @property
    def is_visible(self) -> bool:
        return self.state is not ReviewState.REJECTED

    def vote_of(self, rater: str, session: str | None = None) -> Vote | None:
        """Return a rater's vote of that blind session ("" in the open), None the latest of all."""
        own = [v for v in self.votes if v.rater == rater and session in (None, v.session)]
        return max(own, key=lambda vote: vote.at, default=None)

    def with_vote(self, vote: Vote) -> Detection:
        """Return it accepted, with that vote in place of the rater's earlier one of its session."""
        mine = (vote.rater, vote.session)
        others = tuple(v for v in self.votes if (v.rater, v.session) != mine)
        return replace(self, votes=(*others, vote), state=ReviewState.ACCEPTED)

    def with_box(self, box: Box) -> Detection:
        """Return it accepted, with a corrected box.

        Head and base stay only while the head lies in the box: elsewhere they are another spine's.
        """
        is_same_head = self.head is not None and box.contains(self.head.x, self.head.y)
        head, base = (self.head, self.base) if is_same_head else (None, None)
        return replace(self, box=box, head=head, base=base, state=ReviewState.ACCEPTED)

    def accepted(self) -> Detection:
        """Return it accepted as a spine, with nothing said about its class."""
        return replace(self, state=ReviewState.ACCEPTED)

    def accepted_by(self, rater: str, at: str) -> Detection:
        """Return it accepted, with the model's label as that rater's vote.

        No vote is made up where the rater read no label of a model: where it gave none, or where
        votes show another; nor is one of theirs that is there already taken back.
        """
        label = self.model_label
        if label is None or label != self.label or self.vote_of(rater) is not None:
            return self.accepted()
        return self.with_vote(Vote(rater, label, at, How.ACCEPTED))

    def rejected(self) -> Detection:
        return replace(self, state=ReviewState.REJECTED)

    def spans(self, z: int) -> bool:
        """Tell whether it is seen in that slice; a detection without z is seen in all."""
        return self.z_range is None or self.z_range[0] <= z <= self.z_range[1]
