"""What a source of the queue is, and what it deals in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from spinegui.domain.consensus import Quorum

if TYPE_CHECKING:
    from spinegui.domain.blind import BlindSession
    from spinegui.domain.detection import Detection
    from spinegui.domain.labels import LabelSet


class QueueItem(NamedTuple):
    """One spine of a queue; `reasons` say why it is there, the strongest first."""

    detection_id: str
    image_id: str
    reasons: tuple[str, ...]


class Pool(NamedTuple):
    """What a source puts in order: the spines that it wants, and what it needs to know of them."""

    detections: tuple[Detection, ...]
    image_ids: tuple[str, ...]
    """All images, in the project's order."""
    labels: LabelSet
    order: str


class Empty(NamedTuple):
    """What is said where a source holds nothing, with the one action that fills it."""

    title: str
    text: str
    action_ids: tuple[str, ...] = ()


class Sieve(NamedTuple):
    """By what a source tells whether it wants a spine."""

    lowest_score: float
    """Predictions below it are not asked for."""
    blind: BlindSession | None
    """The user's blind session, in which every spine waits again."""
    quorum: Quorum = Quorum()
    """What settles a disagreement between raters."""


class QueueSource(Protocol):
    """A kind of spine that a person should look at one after the other.

    A spine is in the queue for as long as `wants` says so: one that is dealt with leaves, and an
    undo brings it back.
    """

    id: str

    @property
    def title(self) -> str:
        """What the queue is called, as "Undecided spines"."""
        ...

    @property
    def orders(self) -> tuple[tuple[str, str], ...]:
        """The orders that it knows as (id, name), its usual one first."""
        ...

    @property
    def empty(self) -> Empty:
        """What is said where it holds nothing."""
        ...

    def wants(self, detection: Detection, sieve: Sieve) -> bool:
        """Tell whether a spine, as the user may see it, belongs in here; asked for thousands."""
        ...

    def items(self, pool: Pool) -> list[QueueItem]:
        """Return the spines in order; called on another thread, with values that never change."""
        ...
