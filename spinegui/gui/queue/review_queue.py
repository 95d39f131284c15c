"""The review queue of the open project: what is in it, in which order, and which item is next."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from spinegui.domain.detection import Detection
from spinegui.domain.pace import Pace
from spinegui.gui.queue.choice import IMAGE, Choice
from spinegui.gui.queue.ranking import Key, Ranking
from spinegui.gui.queue.round import Place, Round
from spinegui.gui.queue.sources import SOURCES, QueueItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.domain.edits import Change, Edit
    from spinegui.gui.document import Document
    from spinegui.gui.queue.sources import QueueSource
    from spinegui.gui.view_state import View
    from spinegui.gui.workspace import Workspace

SLIDER_REST_MS = 250


class Progress(NamedTuple):
    """How far a round is; pace and time are None while there is too little to go by."""

    done: int
    total: int
    pace: float | None
    seconds_left: float | None


class ReviewQueue(QObject):
    """Keeps a round for each source and reach. It moves no view: `QueueWalk` does.

    The order is made beside the window and stays as it is until somebody asks for a new one or new
    predictions come.
    """

    changed = Signal()
    """Other items, another order, or an item that left or came."""
    current_changed = Signal(str)
    ranked = Signal()
    """An order that was asked for is there."""
    returned = Signal(str)
    """An undo brought that item back."""
    finished = Signal()
    """The last waiting item was dealt with."""
    toggled = Signal(bool)

    def __init__(
        self,
        workspace: Workspace,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._clock = clock
        self.choice = Choice(workspace, self)
        self._ranking = Ranking(workspace, self.choice, self)
        self._ranking.ready.connect(self._take)
        self._rounds: dict[Key, Round] = {}
        self._before = ""
        """Where a queue stood last: one made of something else begins there, if that is in it."""
        self._is_watched = False
        self._is_stale = True
        self.is_on = False
        self.pace = Pace()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.rank)
        # Told once the last decision is through: the walk must not speak over it.
        self._finish = QTimer(self, singleShot=True, interval=0)
        self._finish.timeout.connect(self._tell_finished)
        self.choice.changed.connect(self._on_choice_changed)
        workspace.document_changed.connect(self._on_document_changed)
        workspace.images_changed.connect(self.rank_soon)
        workspace.labels_changed.connect(self.rank_soon)
        workspace.sight_changed.connect(self._on_sight_changed)
        workspace.image_changed.connect(self._on_image_changed)
        workspace.edited.connect(self._on_edited)
        workspace.view_state.changed.connect(self._on_view_changed)

    # -- reading -----------------------------------------------------------------------------

    @property
    def _key(self) -> Key:
        return Key(
            self.choice.source.id, self._workspace.image_id if self.choice.reach == IMAGE else ""
        )

    @property
    def round(self) -> Round:
        """The round that is walked now; empty until its order is there."""
        return self._rounds.get(self._key) or Round()

    @property
    def current(self) -> str:
        """The detection that the walk stands at, "" where it has not begun."""
        return self.round.current

    @property
    def is_ranking(self) -> bool:
        """Whether an order is being made."""
        return self._ranking.is_busy

    @property
    def is_known(self) -> bool:
        """Whether an order was made of what the queue is over."""
        return self._key in self._rounds

    @property
    def has_just_finished(self) -> bool:
        """Whether the last waiting item was dealt with at this very moment."""
        return self._finish.isActive()

    def progress(self) -> Progress:
        """Return how far the round is."""
        left, done = self.round.count(Place.WAITING), self.round.count(Place.DONE)
        pace = self.pace.per_minute
        return Progress(done, done + left, pace, self.pace.seconds_left(left))

    # -- walking -----------------------------------------------------------------------------

    def start(self) -> None:
        """Turn the queue on; a round that is done begins anew with what was put off."""
        if self.round.count(Place.LATER) and not self.round.count(Place.WAITING):
            self.round.begin_again()
        self.pace.begin(self._clock())
        self.is_on = True
        if self._is_stale or not self.is_known:
            self.rank()
        self.toggled.emit(True)
        self._tell_all()

    def stop(self) -> None:
        """Turn the queue off; it keeps its place."""
        self.is_on = False
        self.toggled.emit(False)
        self._tell_all()

    def watch(self, *, on: bool) -> None:
        """Keep the order up to date while somebody looks at it, though the queue is off."""
        self._is_watched = on
        if on and (self._is_stale or not self.is_known):
            self.rank()

    def move_to(self, detection_id: str) -> None:
        """Stand at another item."""
        if detection_id != self.current:
            self.round.current = self._before = detection_id
            self.current_changed.emit(detection_id)

    def skip(self, detection_id: str) -> None:
        """Put an item at the end of the round."""
        self.round.skip(detection_id)
        self.changed.emit()

    def put_off(self, detection_id: str) -> None:
        """Take an item out until the next round."""
        self.round.put_off(detection_id)
        self.changed.emit()
        if not self.round.count(Place.WAITING):
            self._finish.start()

    def begin_again(self) -> None:
        """Begin the next round, with what was put off."""
        self.round.begin_again()
        self.changed.emit()

    # -- ranking -----------------------------------------------------------------------------

    def rank_soon(self) -> None:
        """Order anew once all that happens now has happened."""
        self._is_stale = True
        self._soon.start(0)

    def rank(self) -> None:
        """Order anew, beside the window; the current item stays, the rest follows the new order."""
        document = self._workspace.document
        if document is None or not (self.is_on or self._is_watched):
            return
        self._soon.stop()
        self._is_stale = False
        self._ranking.ask(document, self._key)

    def _take(self, key: Key, items: list[QueueItem]) -> None:
        taken = self._rounds.setdefault(key, Round())
        if not taken.current and any(i.detection_id == self._before for i in items):
            taken.current = self._before
        taken.rank(items, lambda item: self._ranking.is_wanted(item, key.source))
        self.changed.emit()
        self.ranked.emit()

    # -- listening ---------------------------------------------------------------------------

    def _tell_finished(self) -> None:
        if not self.round.count(Place.WAITING):
            self.finished.emit()

    def _tell_all(self) -> None:
        self.changed.emit()
        self.current_changed.emit(self.current)

    def _on_choice_changed(self) -> None:
        """Make another queue, beginning with the item that one looks at where it is in that too."""
        self.rank_soon()
        self._tell_all()

    def _on_document_changed(self, _document: Document | None) -> None:
        self._rounds.clear()
        self._ranking.drop()
        self.pace = Pace()
        if self.is_on:
            self.is_on = False
            self.toggled.emit(False)
        self.rank_soon()
        self._tell_all()

    def _on_sight_changed(self) -> None:
        """Begin anew: what was a queue in the open is none in a blind session."""
        self._rounds.clear()
        self.rank_soon()
        self._tell_all()

    def _on_image_changed(self, _image_id: str) -> None:
        if self.choice.reach == IMAGE:
            if not self.is_known:
                self.rank_soon()
            self._tell_all()

    def _on_view_changed(self, old: View, new: View) -> None:
        if old.threshold != new.threshold:
            self._is_stale = True
            self._soon.start(SLIDER_REST_MS)

    def _on_edited(self, edit: Edit) -> None:
        changes = [c for c in edit.changes if isinstance(c.item, Detection)]
        if not changes:
            return
        was_waiting = self.round.count(Place.WAITING)
        decided: list[str] = []
        returned: list[str] = []
        for key, each in self._rounds.items():
            moves = self._settle(SOURCES[key.source], each, changes)
            if each is self.round:
                decided, returned = moves
        self._note(decided, returned)
        if self._brings_new(changes):
            self.rank_soon()
        self.changed.emit()
        if self.is_on and was_waiting and not self.round.count(Place.WAITING):
            self._finish.start()

    def _settle(
        self, source: QueueSource, round_: Round, changes: list[Change]
    ) -> tuple[list[str], list[str]]:
        """Let a round follow an edit; returns what was dealt with and what an undo brought back."""
        decided: list[str] = []
        returned: list[str] = []
        sieve = self.choice.sieve
        round_.drop(c.item.id for c in changes if c.after is None)
        for after in _afters(changes):
            is_wanted = source.wants(after, sieve)
            before = round_.settle(after.id, is_wanted=is_wanted)
            if before is Place.WAITING and not is_wanted:
                decided.append(after.id)
            elif before is Place.DONE and is_wanted:
                returned.append(after.id)
        return decided, returned

    def _brings_new(self, changes: list[Change]) -> bool:
        """Tell whether an edit brought something that belongs in here and is not here yet."""
        image, sieve, wants = self._key.image, self.choice.sieve, self.choice.source.wants
        here = self.round
        return any(
            d.id not in here and image in ("", d.image_id) and wants(d, sieve)
            for d in _afters(changes)
        )

    def _note(self, decided: list[str], returned: list[str]) -> None:
        """Count one decision; a batch of them says nothing about how quick a person is."""
        if not self.is_on:
            return
        if len(decided) == 1:
            self.pace.decided(self._clock())
        if len(returned) == 1:
            self.pace.take_back()
            self.returned.emit(returned[0])


def _afters(changes: list[Change]) -> list[Detection]:
    return [c.after for c in changes if isinstance(c.after, Detection)]
