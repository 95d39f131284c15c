"""The spines that raters disagree on, as a source of the review queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.domain.consensus import consensus
from spinegui.domain.detection import counted_votes
from spinegui.gui.language import tr
from spinegui.gui.queue.source import Empty, QueueItem

if TYPE_CHECKING:
    from spinegui.domain.detection import Detection
    from spinegui.domain.labels import LabelSet
    from spinegui.gui.queue.source import Pool, Sieve

DIVIDED, IMAGE = "divided", "image"


class Disagreements:
    """Spines with different labels of two raters or more that no quorum settles.

    One leaves as soon as enough raters agree: somebody changes their mind, or one more labels it.
    In a blind session there are none, for nobody's labels are seen.
    """

    id = "disagreements"

    @property
    def title(self) -> str:
        return tr("Disagreements between raters")

    @property
    def orders(self) -> tuple[tuple[str, str], ...]:
        return ((DIVIDED, tr("Most divided first")), (IMAGE, tr("Image by image")))

    @property
    def empty(self) -> Empty:
        return Empty(
            tr("No disagreement"),
            tr(
                "Spines that raters label differently come here, until enough of them agree. "
                "It takes two raters: switch the user and label again, best blind. While a blind "
                "session is on nobody's labels are seen, so there are none."
            ),
            ("switch_user",),
        )

    def wants(self, detection: Detection, sieve: Sieve) -> bool:
        """Take what raters differ on without a consensus."""
        # Most spines have one vote or none: they are told from the rest without counting.
        if len(detection.votes) < 2 or not detection.is_visible or sieve.blind is not None:
            return False
        found = consensus(detection, sieve.quorum)
        return found.is_disputed and found.label is None

    def items(self, pool: Pool) -> list[QueueItem]:
        place = {image_id: i for i, image_id in enumerate(pool.image_ids)}

        def key(d: Detection) -> tuple[float, ...]:
            x, y = d.box.center
            return _unity(d) if pool.order == DIVIDED else 0.0, place.get(d.image_id, 0), y, x

        return [
            QueueItem(d.id, d.image_id, (said_text(d, pool.labels),))
            for d in sorted(pool.detections, key=key)
        ]


def said_text(detection: Detection, labels: LabelSet) -> str:
    """Return who said what: "ann: thin, bob: filopodia"."""
    said = []
    for vote in sorted(counted_votes(detection.votes), key=lambda v: v.rater.casefold()):
        found = labels.find(vote.label)
        said.append(f"{vote.rater}: {tr(found.name).lower() if found else vote.label}")
    return ", ".join(said)


def _unity(detection: Detection) -> float:
    """Return the share of raters behind the leading label."""
    votes = [vote.label for vote in counted_votes(detection.votes)]
    return max(votes.count(label) for label in set(votes)) / len(votes)
