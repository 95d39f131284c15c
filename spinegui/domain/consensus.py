"""A consensus by quorum: the label that enough raters gave, or none, said as such."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spinegui.domain.detection import counted_votes
from spinegui.domain.labels import UNSURE

if TYPE_CHECKING:
    from spinegui.domain.detection import Detection

NO_CONSENSUS = "no consensus"
"""What stands in an export where raters were asked and did not agree."""


@dataclass(frozen=True, slots=True)
class Quorum:
    """What makes a consensus: at least `votes` raters agree, and more than half of those asked.

    Without "more than half" two of five could carry a label against three who each said another;
    with it no two labels can both have the quorum. A rater who said "unsure" was asked.
    """

    votes: int = 2

    def __post_init__(self) -> None:
        if self.votes < 1:
            raise ValueError("A quorum is one rater or more.")


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the raters of one spine came to.

    `label` None is no consensus; `agreeing` of `asked` raters gave the leading label.
    """

    label: str | None
    agreeing: int
    asked: int

    @property
    def is_disputed(self) -> bool:
        """Tell whether two raters or more gave different labels."""
        return self.asked > self.agreeing and self.asked > 1


def consensus(detection: Detection, quorum: Quorum) -> Consensus:
    """Return what the counted votes (each rater once, by hand where any is) come to."""
    votes = counted_votes(detection.votes)
    named = Counter(vote.label for vote in votes if vote.label != UNSURE.id)
    if not named:
        return Consensus(None, 0, len(votes))
    label, agreeing = max(named.items(), key=lambda pair: (pair[1], pair[0]))
    has_quorum = agreeing >= quorum.votes and 2 * agreeing > len(votes)
    return Consensus(label if has_quorum else None, agreeing, len(votes))
