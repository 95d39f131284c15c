"""What a queue can be made of: one table, to which other stories add theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.domain.blind import is_open
from spinegui.domain.usefulness import Order, rank
from spinegui.gui.language import tr
from spinegui.gui.queue.source import Empty, Pool, QueueItem, QueueSource, Sieve
from spinegui.gui.queue.words import order_names, reason_text
from spinegui.gui.raters.disagreements import Disagreements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spinegui.domain.detection import Detection

__all__ = [
    "SOURCES",
    "Empty",
    "Pool",
    "QueueItem",
    "QueueSource",
    "Sieve",
    "Undecided",
    "order_of",
    "source_of",
]


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


SOURCES: dict[str, QueueSource] = {source.id: source for source in (Undecided(), Disagreements())}
"""All sources by id, in the order in which they are offered."""


def source_of(source_id: str) -> QueueSource:
    """Return the source of that id, or the first where there is none (any more)."""
    return SOURCES.get(source_id) or next(iter(SOURCES.values()))


def order_of(source: QueueSource, order: str) -> str:
    """Return that order where the source knows it, else its usual one."""
    known: Sequence[str] = [name for name, _ in source.orders]
    return order if order in known else known[0]
