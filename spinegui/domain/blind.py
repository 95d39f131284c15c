"""Blind sessions: what a rater may see while labelling, and how what they do joins the whole.

During a session the rater sees of every spine the box and nothing of its class: no other rater's
vote, no label of a model, none of their own votes from before. `seen_by` is what they see,
`put_back` brings what they did to it back into the spine as it is recorded. The two form a lens:
what was seen and not changed puts back to the same spine, and what was put back is what is seen.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from typing_extensions import override

from spinegui.domain.detection import ReviewState
from spinegui.domain.image_ref import ImageRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from spinegui.domain.detection import Detection


@dataclass(frozen=True, slots=True)
class BlindSession:
    """One rater's session. `since` (ISO 8601 UTC) names it: votes given in it carry that moment.

    `hides_names` shows the images under numbers and in an order of the session's own.
    """

    rater: str
    since: str
    hides_names: bool = False


@dataclass(frozen=True, slots=True)
class NamelessImage(ImageRef):
    """An image whose file name must not be read: it goes by a number."""

    alias: str = ""

    @property
    @override
    def name(self) -> str:
        return self.alias

    @property
    @override
    def shown_path(self) -> str:
        return self.alias


def seen_by(detection: Detection, session: BlindSession) -> Detection:
    """Return what the rater may see of a spine: its box, and their vote of the session."""
    votes = tuple(
        v for v in detection.votes if (v.rater, v.session) == (session.rater, session.since)
    )
    if votes == detection.votes and not detection.class_scores:
        return detection
    return replace(detection, votes=votes, class_scores=())


def put_back(whole: Detection, seen: Detection, session: BlindSession) -> Detection:
    """Return the recorded spine with what was done to what is seen of it; all else stays.

    `seen` came from `seen_by(whole, session)` and was changed by the session's rater.
    """
    before = seen_by(whole, session)
    if seen == before:
        return whole
    votes = whole.votes
    if seen.votes != before.votes:
        votes = (*(v for v in whole.votes if v not in before.votes), *seen.votes)
    # None are ever seen; where there are some, a detection made meanwhile has brought them.
    return replace(seen, votes=votes, class_scores=seen.class_scores or whole.class_scores)


def is_open(detection: Detection, session: BlindSession | None) -> bool:
    """Tell whether a spine, as it is seen, still waits for this rater's decision.

    In the open that is a prediction nobody decided on; in a session every spine that the rater did
    not label in it, for they are all to be labelled again.
    """
    if session is None:
        return detection.state is ReviewState.PREDICTED
    return detection.is_visible and not detection.votes


def images_seen(
    images: Mapping[str, ImageRef], session: BlindSession | None
) -> Mapping[str, ImageRef]:
    """Return the images as they may be shown: under numbers, shuffled, where names are hidden.

    The order depends on the session and on nothing else, so it is the same after a restart; an
    image added meanwhile takes a place in it, and the numbers behind that place move on by one.
    """
    if session is None or not session.hides_names:
        return images
    order = sorted(images, key=lambda image_id: _place(image_id, session.since))
    return {
        image_id: _nameless(images[image_id], f"Image {number}")
        for number, image_id in enumerate(order, 1)
    }


def n_labelled(detections: Iterable[Detection], session: BlindSession) -> int:
    """Return how many of these (recorded or seen) spines have a vote of the session."""
    return sum(d.vote_of(session.rater, session.since) is not None for d in detections)


def _place(image_id: str, since: str) -> bytes:
    return hashlib.sha256(f"{since}\n{image_id}".encode()).digest()


def _nameless(ref: ImageRef, alias: str) -> NamelessImage:
    return NamelessImage(**{f.name: getattr(ref, f.name) for f in fields(ImageRef)}, alias=alias)
