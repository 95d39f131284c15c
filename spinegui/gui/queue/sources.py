"""What a queue can be made of: one table, to which other stories add theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from spinegui.domain.blind import is_open
from spinegui.domain.usefulness import Order, rank
from spinegui.gui.language import tr
from spinegui.gui.queue.words import order_names, reason_text

if TYPE_CHECKING:
    from collections.abc import Sequence

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


class Undecided:
    """The model's proposals that nobody decided on; in a blind session all that is to label."""

    id = "undecided"

    @property
    def title(self) -> str:
        return tr("Undecided spines")

    @property
    def orders(self) -> tuple[tuple[str, str], ...]:
        return order_names()

    @property
    def empty(self) -> Empty:
        return Empty(
            tr("No spines to decide on"),
            tr("Spines that the model finds come here, those first that teach it most."),
            ("detect",),
        )

    def wants(self, detection: Detection, sieve: Sieve) -> bool:
        """Take what nobody decided; a spine without a score is not below any threshold."""
        if not is_open(detection, sieve.blind):
            return False
        is_strong = detection.score is None or detection.score >= sieve.lowest_score
        return is_strong or detection.is_decided

    def items(self, pool: Pool) -> list[QueueItem]:
        ranked = rank(pool.detections, Order(pool.order), pool.image_ids)
        return [
            QueueItem(
                r.detection.id,
                r.detection.image_id,
                tuple(reason_text(reason, pool.labels) for reason in r.reasons),
            )
            for r in ranked
        ]


SOURCES: dict[str, QueueSource] = {source.id: source for source in (Undecided(),)}
"""All sources by id, in the order in which they are offered."""


def source_of(source_id: str) -> QueueSource:
    """Return the source of that id, or the first where there is none (any more)."""
    return SOURCES.get(source_id) or next(iter(SOURCES.values()))


def order_of(source: QueueSource, order: str) -> str:
    """Return that order where the source knows it, else its usual one."""
    known: Sequence[str] = [name for name, _ in source.orders]
    return order if order in known else known[0]
