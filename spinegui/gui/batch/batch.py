"""One batch: its images one after the other in the warm worker, one job and one edit an image.

One job an image is what makes pausing real, lets a detection that is asked for meanwhile slip in
between, and costs a killed worker no more than the image it had. One edit an image shows each
result as it comes and keeps it whatever happens later; `take_back` undoes all of them by one edit.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from spinegui.gui.batch.entries import Entry, EntryState
from spinegui.gui.job_folders import remove_job
from spinegui.gui.language import tr
from spinegui.jobs.eta import TimeLeft
from spinegui.jobs.events import Cancelled, Done, Failed, ImageDone
from spinegui.storage.model_manifest import ModelStoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from spinegui.domain.edits import Edit
    from spinegui.engine.handle import JobHandle
    from spinegui.gui.document import Document
    from spinegui.gui.engine_bridge import EngineBridge
    from spinegui.gui.flows.detect import DetectJobs
    from spinegui.gui.merging import Merging
    from spinegui.jobs.events import Event

ALIKE = 3
"""So many failures in a row that say the same mean that the next would fail as well."""


class Batch(QObject):
    """Works through its entries; `moved` after every step, `ended` once none is left."""

    moved = Signal(int)  # the entry that changed, -1 for none in particular
    finished_one = Signal(object)  # Entry that is done or failed
    ended = Signal()
    began_again = Signal()

    def __init__(
        self,
        document: Document,
        entries: Sequence[Entry],
        bridge: EngineBridge,
        prepared: DetectJobs,
        merging: Merging,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.entries = list(entries)
        self.is_paused = self.is_cancelled = False
        self.why_paused = ""
        self.seconds_left: float | None = None
        self._bridge = bridge
        self._prepared = prepared
        self._merging = merging
        self._current: int | None = None
        self._handle: JobHandle | None = None
        self._channel = 0
        self._result = ""
        self._n_merging = 0
        self._failures: list[str] = []
        self._pace = TimeLeft()
        self.is_over = False
        # Queued even from our own thread: a job that cannot start fails inside `submit`.
        bridge.job_event.connect(self._on_job_event, Qt.ConnectionType.QueuedConnection)

    # -- what the person does ----------------------------------------------------------------

    def start(self) -> None:
        """Begin, or go on after a pause."""
        self.is_paused, self.why_paused = False, ""
        self._failures = []
        self._pace, self.seconds_left = TimeLeft(), None
        self._next()
        self.moved.emit(-1)

    def pause(self, why: str = "") -> None:
        """Send no further image to the worker; the one it has is finished."""
        if not self.is_over:
            self.is_paused, self.why_paused = True, why
            self.seconds_left = None
            self.moved.emit(-1)

    def cancel(self) -> None:
        """Give up what is not done; what is done stays."""
        if self.is_over:
            return
        self.is_cancelled = True
        if self._handle is not None:
            self._handle.cancel()
        self._settle()

    def stop_early(self) -> None:
        """Cancel: for a batch the two are the same."""
        self.cancel()

    def retry(self) -> None:
        """Try the images again that failed."""
        again = [entry for entry in self.entries if entry.can_retry]
        for entry in again:
            entry.state, entry.sentence = EntryState.WAITING, ""
        if again:
            was_over, self.is_over, self.is_cancelled = self.is_over, False, False
            if was_over:
                self.began_again.emit()
            self.start()

    def forget_changes(self) -> None:
        """Hold what it brought no longer: it was taken back."""
        for entry in self.entries:
            entry.changes = ()
        self.moved.emit(-1)

    # -- how it goes -------------------------------------------------------------------------

    def count(self, *states: EntryState) -> int:
        """Return how many images stand so."""
        return sum(entry.state in states for entry in self.entries)

    @property
    def n_over(self) -> int:
        return sum(entry.is_over for entry in self.entries)

    @property
    def is_pausing(self) -> bool:
        """Whether it will stand still once the image under way is done."""
        return self.is_paused and self._current is not None

    def _next(self) -> None:
        """Send the next image, unless one is under way or it is not the time."""
        if self._current is not None or self.is_over:
            return
        waiting = (i for i, e in enumerate(self.entries) if e.state is EntryState.WAITING)
        index = None if self.is_cancelled else next(waiting, None)
        if index is None:
            self._settle()
        elif not self.is_paused:
            self._send(index)

    def _send(self, index: int) -> None:
        entry = self.entries[index]
        try:
            folder, self._channel = self._prepared.prepare(self.document, entry.image_id)
        except (OSError, ModelStoreError) as err:
            # The next image would meet the same disk and the same models.
            self.pause(str(err))
            return
        entry.state, self._current, self._result = EntryState.RUNNING, index, ""
        self._handle = self._bridge.submit_warm(folder)
        self.moved.emit(index)

    def _on_job_event(self, event: Event) -> None:
        handle, index = self._handle, self._current
        if handle is None or index is None or event.job_id != handle.job_id:
            return
        match event:
            case ImageDone():
                self._result = event.path
            case Done():
                self._merge(index, handle.job_dir)
            case Failed():
                remove_job(handle.job_dir)
                self._fail(index, f"{event.what} {event.what_to_do}")
            case Cancelled():
                remove_job(handle.job_dir)
                self.entries[index].state = EntryState.CANCELLED
            case _:
                return
        if isinstance(event, Done | Failed | Cancelled):
            self._current = self._handle = None
            self._measure_pace()
            self._pause_where_all_fail_alike()
            self._next()
            self.moved.emit(index)

    def _merge(self, index: int, folder: Path) -> None:
        self._n_merging += 1
        image_id = self.entries[index].image_id

        def succeed(n_spines: int, edit: Edit) -> None:
            self._n_merging -= 1
            remove_job(folder)
            self.entries[index].changes = edit.changes
            self._failures = []
            self._finish(index, EntryState.DONE, n_spines=n_spines)
            self._settle()

        def fail(error: Exception) -> None:
            self._n_merging -= 1
            remove_job(folder)
            self._fail(index, str(error))
            self._pause_where_all_fail_alike()
            self._settle()

        document, path, channel = self.document, self._result, self._channel
        self._merging.take(document, image_id, path, channel, succeed, fail)

    def _fail(self, index: int, sentence: str) -> None:
        self._failures.append(sentence.replace(self.entries[index].name, ""))
        self._finish(index, EntryState.FAILED, sentence=sentence)

    def _finish(
        self, index: int, state: EntryState, *, n_spines: int = 0, sentence: str = ""
    ) -> None:
        entry = self.entries[index]
        entry.state, entry.n_spines, entry.sentence = state, n_spines, sentence
        self.moved.emit(index)
        self.finished_one.emit(entry)

    def _pause_where_all_fail_alike(self) -> None:
        last = self._failures[-ALIKE:]
        if len(last) == ALIKE and len(set(last)) == 1 and not self.is_paused:
            self.pause(tr("Three images in a row failed alike, so it waits. {why}", why=last[0]))

    def _measure_pace(self) -> None:
        total = len(self.entries)
        left = self._pace.update(self.n_over, total, stage="", now=time.monotonic())
        self.seconds_left = None if self.is_paused else left

    def _settle(self) -> None:
        """End once nothing is under way and nothing is to come."""
        if self.is_cancelled:
            for entry in self.entries:
                if entry.state is EntryState.WAITING:
                    entry.state = EntryState.CANCELLED
        is_idle = self._current is None and not self._n_merging
        if is_idle and not self.is_over and not self.count(EntryState.WAITING):
            self.is_over = True
            self.is_paused, self.seconds_left = False, None
            self.moved.emit(-1)
            self.ended.emit()
