"""Batches of the open project: started, listed among the jobs, remembered, offered again."""

from __future__ import annotations

import os
import uuid
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from spinegui.domain.edits import Edit
from spinegui.domain.history import reversal
from spinegui.gui.answers import Answers
from spinegui.gui.batch.entries import Entry, EntryState
from spinegui.gui.flows.offer_undo import offer_undo
from spinegui.gui.language import ntr, tr
from spinegui.gui.running_jobs import RunningJob
from spinegui.jobs.events import Cancelled, Done, Progress
from spinegui.jobs.spec import JobKind
from spinegui.storage.rows import JobEventRow, JobRow, now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spinegui.gui.batch.batch import Batch
    from spinegui.gui.document import Document
    from spinegui.gui.notices import Notices
    from spinegui.gui.running_jobs import RunningJobs
    from spinegui.gui.workspace import Workspace


class Batches(QObject):
    """One batch at a time; the project remembers it until its last image is over."""

    def __init__(
        self,
        workspace: Workspace,
        notices: Notices,
        jobs: RunningJobs,
        make_batch: Callable[[Document, Sequence[Entry]], Batch],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._notices = notices
        self._jobs = jobs
        self._make_batch = make_batch
        self._answers = Answers(self)
        self._offered = ""
        workspace.document_changed.connect(self._on_document_changed)

    # -- starting ----------------------------------------------------------------------------

    def start_on_all(self) -> None:
        """Detect on every image of the project; the reviewed ones are left out by choice."""
        document = self._workspace.document
        if document is None:
            return
        skips = self._workspace.settings.skips_reviewed
        wanted = [i for i in document.images if not (skips and document.annotation(i).is_reviewed)]
        if wanted:
            self.start(wanted)
        else:
            self._notices.toast(tr("Every image is reviewed; there is nothing to detect on."))

    def start(self, image_ids: Sequence[str], unreadable: Sequence[tuple[str, str]] = ()) -> None:
        """Detect on these images; files that could not be opened (name, why) are listed too."""
        document = self._workspace.document
        if document is None:
            return
        if self._jobs.is_in_batch():
            self._notices.toast(tr("A batch is running. Cancel it, or wait for its end."))
            return
        entries = [Entry(i, document.images[i].name) for i in image_ids]
        entries += [Entry("", name, EntryState.FAILED, sentence=why) for name, why in unreadable]
        record = JobRow(
            id=f"batch-{uuid.uuid4().hex[:12]}",
            kind=JobKind.DETECT.value,
            state="running",
            created=now(),
            updated=now(),
            folder="",
            pid=os.getpid(),
            detail={"images": list(image_ids)},
        )
        document.keep(document.project.put_job(record))
        self._run(document, record, entries)

    def _run(self, document: Document, record: JobRow, entries: Sequence[Entry]) -> None:
        batch = self._make_batch(document, entries)
        title = ntr("Detect on {n} image", "Detect on {n} images", len(entries))
        job = RunningJob(
            record.id, JobKind.DETECT, title, Path(record.folder), handle=batch, batch=batch
        )
        batch.moved.connect(lambda _index: self._tell(job, batch))
        batch.finished_one.connect(partial(self._remember, document, record))
        batch.ended.connect(lambda: self._end(job, batch, record))
        batch.began_again.connect(lambda: self._begin_again(job, batch, record))
        self._jobs.show_batch(job)
        batch.start()

    # -- how it goes -------------------------------------------------------------------------

    def _tell(self, job: RunningJob, batch: Batch) -> None:
        done, total = batch.n_over, len(batch.entries)
        job.progress = Progress(job.id, 0, done, total, batch.seconds_left, tr("Detect"))
        self._jobs.tell(job)

    def _remember(self, document: Document, record: JobRow, entry: Entry) -> None:
        """Let the project know what became of an image, should the window close before the end."""
        if not document.is_read_only and not document.is_closed and entry.image_id:
            said = {"image": entry.image_id, "state": entry.state.value, "n": entry.n_spines}
            document.keep(
                document.project.add_job_event(record.id, {**said, "sentence": entry.sentence})
            )

    def _end(self, job: RunningJob, batch: Batch, record: JobRow) -> None:
        document = batch.document
        is_left = document is not self._workspace.document
        ending = Cancelled if batch.is_cancelled else Done
        if not is_left:
            self._put(document, record, ending.kind)
        self._jobs.tell(job, Cancelled(job.id, 0) if batch.is_cancelled else Done(job.id, 0, ""))
        if not is_left and not batch.is_cancelled:
            self._say(batch)

    def _say(self, batch: Batch) -> None:
        spines = sum(entry.n_spines for entry in batch.entries)
        done, failed = batch.count(EntryState.DONE), batch.count(EntryState.FAILED)
        images = ntr("{n} image", "{n} images", done)
        text = ntr(
            "{n} spine found on {images}.", "{n} spines found on {images}.", spines, images=images
        )
        if failed:
            text = f"{text} {ntr('{n} failed: see the jobs.', '{n} failed: see the jobs.', failed)}"
        self._notices.toast(text)

    def _begin_again(self, job: RunningJob, batch: Batch, record: JobRow) -> None:
        """List the batch as running again: the images that failed are tried once more."""
        if batch.document is self._workspace.document:
            self._put(batch.document, record, "running")
        job.ending, job.ended_at = None, 0.0
        self._jobs.show_batch(job)

    @staticmethod
    def _put(document: Document, record: JobRow, state: str) -> None:
        if not document.is_read_only and not document.is_closed:
            pid = os.getpid() if state == "running" else None
            document.keep(
                document.project.put_job(replace(record, state=state, updated=now(), pid=pid))
            )

    # -- taking all of it back ---------------------------------------------------------------

    def take_back(self, batch: Batch) -> None:
        """Undo what the batch brought, by one edit; what a person decided since stays."""
        document = self._workspace.document
        if document is None or document is not batch.document or document.blind is not None:
            return
        changes = tuple(change for entry in batch.entries for change in entry.changes)
        recorded = document.recorded
        title = ntr("Take back the detection on {n} image", "Take back the detection on {n} images",
                    batch.count(EntryState.DONE))  # fmt: skip
        self._workspace.background.start(
            tr("Taking back"),
            lambda _task: reversal(Edit(title, changes), recorded, title).edit,
            partial(self._push_back, document, batch),
            lambda error: self._notices.error(tr("It could not be taken back"), str(error)),
        )

    def _push_back(self, document: Document, batch: Batch, edit: Edit) -> None:
        if document is not self._workspace.document:
            return
        if not edit.changes:
            self._notices.toast(tr("Nothing of it is left to take back."))
        elif self._workspace.push(edit):
            batch.forget_changes()
            offer_undo(document, self._notices, tr("The detections of the batch are taken back."))

    # -- across restarts ---------------------------------------------------------------------

    def offer(self, record: JobRow) -> None:
        """Offer to go on with a batch that ended with the window it was started from."""
        document = self._workspace.document
        if document is None:
            return
        events = document.project.job_events(record.id)
        self._answers.when(
            events,
            partial(self._offer_rest, document, record),
            lambda error: self._notices.error(tr("The jobs could not be read"), str(error)),
        )

    def _offer_rest(
        self, document: Document, record: JobRow, events: Sequence[JobEventRow]
    ) -> None:
        if document is not self._workspace.document or self._jobs.is_in_batch():
            return
        entries = _entries(document, record, events)
        left = sum(entry.state is EntryState.WAITING for entry in entries)
        if not left:
            self._put(document, record, Done.kind)
            return
        self._offered = f"batch {record.id}"
        text = tr(
            "A detection on {all} images was interrupted. {left} are left.",
            all=len(entries),
            left=left,
        )
        self._notices.banner(
            self._offered,
            text,
            (tr("Go on"), partial(self._go_on, document, record, entries)),
            (tr("Discard"), partial(self._discard, document, record)),
        )

    def _go_on(self, document: Document, record: JobRow, entries: Sequence[Entry]) -> None:
        self._clear_offer()
        if document is self._workspace.document and not self._jobs.is_in_batch():
            self._put(document, record, "running")
            self._run(document, record, entries)

    def _discard(self, document: Document, record: JobRow) -> None:
        self._clear_offer()
        self._put(document, record, Cancelled.kind)

    def _clear_offer(self) -> None:
        if self._offered:
            self._notices.clear_banner(self._offered)
            self._offered = ""

    def _on_document_changed(self, _document: object) -> None:
        # The batch of the project before is given up by then: it is offered with that project.
        self._clear_offer()


def _entries(document: Document, record: JobRow, events: Sequence[JobEventRow]) -> list[Entry]:
    """Return the images of a remembered batch as they stood."""
    images = record.detail.get("images")
    known = (
        [str(i) for i in images if str(i) in document.images] if isinstance(images, list) else []
    )
    entries = {i: Entry(i, document.images[i].name) for i in known}
    for row in events:
        entry = entries.get(str(row.event.get("image")))
        n_spines = row.event.get("n")
        if entry is not None and isinstance(n_spines, int):
            entry.state = EntryState(str(row.event.get("state")))
            entry.n_spines, entry.sentence = n_spines, str(row.event.get("sentence") or "")
    return list(entries.values())
