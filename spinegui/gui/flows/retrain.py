"""Retraining: what people reviewed is frozen into a job; the new model is a proposal."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.gui.flows.plan_training import free_name, plan_training
from spinegui.gui.job_folders import new_job_folder, remove_job, seal_job
from spinegui.gui.language import tr
from spinegui.jobs.checkpoints import can_resume
from spinegui.jobs.events import Cancelled, Done, Failed
from spinegui.jobs.results import MODEL_NAME, result_dir
from spinegui.jobs.spec import JobKind
from spinegui.jobs.train_bundle import freeze_training
from spinegui.storage.model_manifest import ModelStoreError
from spinegui.storage.rows import JobRow, now
from spinegui.storage.training_set import TrainingSetError

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.document import Document
    from spinegui.gui.flows.models import Models
    from spinegui.gui.notices import Notices
    from spinegui.gui.running_jobs import RunningJobs
    from spinegui.gui.training_plan import Plan, RolePlan
    from spinegui.gui.workspace import Workspace
    from spinegui.jobs.events import TerminalEvent
    from spinegui.storage.model_store import ModelInfo


INTERRUPTED = "interrupted"
"""The state of a training that ended badly but can go on from a checkpoint."""


class Retrain:
    """Freezes the reviewed part of the project, trains beside the window, offers the result."""

    def __init__(
        self,
        workspace: Workspace,
        notices: Notices,
        jobs: RunningJobs,
        models: Models,
        ask: Callable[[Plan, Callable[[Plan], object]], object],
        offer: Callable[[ModelInfo, ModelInfo, Path], object],
    ) -> None:
        self._workspace = workspace
        self._notices = notices
        self._jobs = jobs
        self._models = models
        self._ask = ask
        self._offer = offer
        self._offered: set[str] = set()

    def run(self) -> None:
        """Show what would be trained on; the user starts it from there."""
        document = self._workspace.document
        if document is None:
            return
        try:
            plan = plan_training(document, self._models)
        except TrainingSetError as err:
            self._notices.error(tr("There is nothing to train on yet"), str(err))
            return
        except ModelStoreError as err:
            self._notices.error(tr("The training could not be started"), str(err))
            return
        self._ask(plan, lambda chosen: self._start(document, chosen))

    # -- training ----------------------------------------------------------------------------

    def _start(self, document: Document, plan: Plan) -> None:
        """Start the trainings of a plan; one that cannot be started does not keep the others."""
        for role_plan in plan.roles:
            try:
                folder = _freeze(plan, role_plan)
            except OSError as err:
                self._notices.error(tr("The training could not be started"), str(err))
                return
            base = role_plan.start.base
            record = JobRow(
                id=folder.name,
                kind=JobKind.TRAIN.value,
                state="running",
                created=now(),
                updated=now(),
                folder=str(folder),
                pid=os.getpid(),
                detail={
                    "name": role_plan.name,
                    "base": base if isinstance(base, str) else base.sha,
                    "against": role_plan.active.sha,
                    "from": role_plan.start.name,
                    "backend": role_plan.start.backend,
                    "images": len(plan.training.images),
                    "epochs": role_plan.epochs or 0,
                },
            )
            self._submit(document, role_plan.active, record)

    def resume(self, record: JobRow) -> None:
        """Run an interrupted training again, from its sealed folder and its last checkpoint."""
        document = self._workspace.document
        if document is None:
            return
        try:
            against = self._models.store.get(
                str(record.detail.get("against") or record.detail["base"])
            )
        except (KeyError, ModelStoreError) as err:
            self._notices.error(tr("The training could not be resumed"), str(err))
            return
        self._notices.clear_banner(_key(record))
        again = replace(record, state="running", updated=now(), pid=os.getpid())
        self._submit(document, against, again)

    def takes_up(self, record: JobRow) -> bool:
        """Tell whether a job that the project counts as running is one of this window's.

        It went on while its project was closed; if it is over by now, the project is told.
        """
        document, job = self._workspace.document, self._jobs.find(record.id)
        if document is None or job is None:
            return False
        if job.ending is not None:
            if _is_interrupted(record, job.ending):
                return False
            _put(document, record, job.ending.kind)
        return True

    def discard(self, record: JobRow) -> None:
        """Forget an interrupted training."""
        self._notices.clear_banner(_key(record))
        document, job = self._workspace.document, self._jobs.find(record.id)
        if document is not None:
            _put(document, record, Cancelled.kind)
        if job is not None:
            self._jobs.offer_resume(job, None)
        remove_job(Path(record.folder))

    def offer(self, record: JobRow, what: str = "") -> None:
        """Offer a training again that ended before its time; `what` says why, if that is known."""
        name = record.detail.get("name", tr("a model"))
        how = (
            tr("goes on from its last checkpoint")
            if can_resume(Path(record.folder))
            else tr("begins anew")
        )
        self._offered.add(_key(record))
        self._notices.banner(
            _key(record),
            tr(
                "The training of {name} was interrupted. {what} Resumed, it {how}.",
                name=name,
                what=what,
                how=how,
            ).replace("  ", " "),
            (tr("Resume"), partial(self.resume, record)),
            (tr("Discard"), partial(self.discard, record)),
        )

    def clear_offers(self) -> None:
        """Offer nothing any more: what could be resumed belongs to a project that is closed."""
        for key in self._offered:
            self._notices.clear_banner(key)
        self._offered.clear()

    def _submit(self, document: Document, against: ModelInfo, record: JobRow) -> None:
        document.keep(document.project.put_job(record))
        path = document.project.path

        def end(event: TerminalEvent) -> None:
            shown = self._workspace.document
            is_shown = shown is not None and shown.project.path == path
            state = INTERRUPTED if _is_interrupted(record, event) else event.kind
            # With its project closed, `takes_up` tells it when it is opened again.
            if shown is not None and is_shown:
                _put(shown, record, state)
            self._end(against, record, event, is_shown=is_shown)

        name, start = record.detail["name"], record.detail.get("from", against.name)
        title = tr("Train {name} from {start}", name=name, start=start)
        self._jobs.start(Path(record.folder), JobKind.TRAIN, title, on_end=end)

    def _end(
        self, against: ModelInfo, record: JobRow, event: TerminalEvent, *, is_shown: bool
    ) -> None:
        folder, name = Path(record.folder), str(record.detail["name"])
        match event:
            case Done():
                self._remember_pace(record)
                try:
                    model = self._models.store.add(
                        result_dir(folder) / MODEL_NAME, free_name(self._models.store, name)
                    )
                except (OSError, ModelStoreError) as err:
                    self._notices.error(tr("The new model could not be kept"), str(err))
                    return
                self._offer(against, model, folder)
            case Failed() if _is_interrupted(record, event):
                job = self._jobs.find(record.id)
                if job is not None and is_shown:
                    self._jobs.offer_resume(job, partial(self.resume, record))
                    self.offer(record, event.what)
            case Failed():
                self._notices.error(tr("The training failed"), f"{event.what} {event.what_to_do}")
            case Cancelled():
                remove_job(folder)
                self._notices.toast(tr("Training cancelled. The model is as it was."))

    def _remember_pace(self, record: JobRow) -> None:
        """Keep how long it took, for the next one's estimate."""
        job, images = self._jobs.find(record.id), record.detail.get("images")
        backend, epochs = record.detail.get("backend"), record.detail.get("epochs")
        if job is not None and isinstance(images, int) and images and isinstance(epochs, int):
            self._workspace.settings.remember_pace(str(backend), epochs, job.seconds / images)


def _put(document: Document, record: JobRow, state: str) -> None:
    """Let the project remember how a job ended."""
    ended = replace(record, state=state, updated=now(), pid=None)
    if not document.is_read_only:
        document.keep(document.project.put_job(ended))


def _is_interrupted(record: JobRow, event: TerminalEvent) -> bool:
    """Tell whether a training ended badly but left a checkpoint to go on from."""
    return isinstance(event, Failed) and can_resume(Path(record.folder))


def _key(record: JobRow) -> str:
    return f"job {record.id}"


def _freeze(plan: Plan, role_plan: RolePlan) -> Path:
    """Write the job's folder: training set, held-out set, payload, all sealed by hash."""
    folder = new_job_folder(JobKind.TRAIN)
    order = role_plan.order(plan.folds)
    payload = freeze_training(folder, plan.training, plan.held_out, order)
    seal_job(folder, JobKind.TRAIN, payload.to_json())
    return folder
