"""The images of a batch: what each waits for or came to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spinegui.domain.edits import Change


class EntryState(StrEnum):
    """Where one image of a batch stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(slots=True)
class Entry:
    """One image of a batch. `image_id` is "" for a file that could not even be opened.

    `n_spines` counts what its detection shows; `sentence` says why it failed;
    `changes` are what it brought, so that all of the batch can be taken back.
    """

    image_id: str
    name: str
    state: EntryState = EntryState.WAITING
    n_spines: int = 0
    sentence: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def is_over(self) -> bool:
        return self.state in {EntryState.DONE, EntryState.FAILED, EntryState.CANCELLED}

    @property
    def can_retry(self) -> bool:
        return self.state is EntryState.FAILED and bool(self.image_id)
