"""Whatever is done with which tool on which image, undone, restarted, looked back at or reverted:
the window's document, the project's file and its log always agree.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from spinegui.domain.history import back_over, reversal, state_before
from spinegui.gui.document import Document, SaveState
from spinegui.storage.project import Project
from tests.support.operations import OPERATIONS, Bench
from tests.support.projects import make_project

if TYPE_CHECKING:
    from spinegui.domain.edits import Annotations, Edit

IMAGES = ("a", "b")
images = st.sampled_from(IMAGES)
moments = st.floats(0, 1)


class ToolsAndHistory(RuleBasedStateMachine):
    """`states[n]` is what everything was after edit number n of the log."""

    def __init__(self) -> None:
        super().__init__()
        self.application = QApplication.instance() or QApplication([])
        memory = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
        self.folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        self.path = self.folder / "p.spine"

    @initialize()
    def create(self) -> None:
        make_project(self.path, *IMAGES).close()
        self.open()
        self.states = [dict(self.document.recorded)]

    def open(self) -> None:
        project = Project.open(self.path, user="ann")
        self.document = Document(project, project.snapshot().result(), user="ann")

    def save(self) -> None:
        while self.document.save_state is SaveState.SAVING:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def after_step(self) -> None:
        self.save()
        self.states.append(dict(self.document.recorded))

    def push(self, edit: Edit) -> None:
        if edit.changes:
            assert self.document.push(edit)
            self.after_step()

    def at(self, moment: float) -> int:
        """A number of the log, from 0 for before the first edit."""
        return round(moment * (len(self.states) - 1))

    @rule(name=st.sampled_from(sorted(OPERATIONS)), image=images, seed=st.integers(0, 2**32))
    def work(self, name: str, image: str, seed: int) -> None:
        bench = Bench(self.document.annotations, image, random.Random(seed))  # noqa: S311
        self.push(OPERATIONS[name](bench))

    @precondition(lambda self: self.document.can_undo)
    @rule()
    def undo(self) -> None:
        self.document.undo()
        self.after_step()

    @precondition(lambda self: self.document.can_redo)
    @rule()
    def redo(self) -> None:
        self.document.redo()
        self.after_step()

    @rule()
    def restart(self) -> None:
        steps = self.document.undo_stack.index(), self.document.undo_stack.count()
        assert self.document.close() is None
        self.open()
        assert (self.document.undo_stack.index(), self.document.undo_stack.count()) == steps

    @rule(moment=moments, image=images)
    def scrub(self, moment: float, image: str) -> None:
        seq = self.at(moment)
        since = self.document.project.past.since(image, seq).result()
        past = state_before(self.document.recorded, since)
        assert past[image] == self.states[seq][image]

    @rule(moment=moments, image=images)
    def bring_back(self, moment: float, image: str) -> None:
        seq = self.at(moment)
        now: Annotations = self.document.recorded
        since = self.document.project.past.since(image, seq).result()
        self.push(back_over("Bring back", since))
        expected = {**now, image: self.states[seq][image]}
        assert dict(self.document.recorded) == expected

    @precondition(lambda self: len(self.states) > 1)
    @rule(moment=moments)
    def revert(self, moment: float) -> None:
        seq = max(1, self.at(moment))
        edit = self.document.project.past.edit(seq).result()
        found = reversal(edit, self.document.recorded, "Revert")
        is_last = seq == len(self.states) - 1
        before = self.states[seq - 1]
        self.push(found.edit)
        if is_last:
            assert dict(self.document.recorded) == before

    @invariant()
    def all_agree(self) -> None:
        project = self.document.project
        snapshot = project.snapshot().result()
        assert dict(snapshot.annotations) == dict(self.document.recorded) == self.states[-1]
        assert snapshot.seq == self.document.last_seq == len(self.states) - 1
        newest = project.past.page(limit=1).result().edits
        assert [edit.seq for edit in newest] == [snapshot.seq][: snapshot.seq]

    def teardown(self) -> None:
        self.save()
        assert self.document.project.verify().result().problems == ()
        self.document.close()
        self.document.deleteLater()
        shutil.rmtree(self.folder)


TestToolsAndHistory = ToolsAndHistory.TestCase
TestToolsAndHistory.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_that_every_operation_changes_something_somewhere() -> None:
    """An operation whose line is wrong would take part in no story."""
    from spinegui.domain.annotation import Annotation
    from spinegui.domain.edits import apply

    now: Annotations = {image: Annotation(image) for image in IMAGES}
    worked = set()
    choice = random.Random(1)  # noqa: S311
    for round_ in range(12):
        for name, operation in OPERATIONS.items():
            edit = operation(Bench(now, IMAGES[round_ % 2], choice))
            if edit.changes:
                now = apply(now, edit)
                worked.add(name)
    assert worked == set(OPERATIONS)
