from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from spinegui.domain.annotation import Annotation, ImageState, ReviewedRegion
from spinegui.domain.detection import Vote
from spinegui.domain.edits import Change, Edit, apply, inverse
from spinegui.domain.geometry import Box
from spinegui.storage.items_json import item_from_json
from spinegui.storage.project import Project
from tests.support.projects import adding, detection, make_project

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spinegui.domain.detection import Detection
    from spinegui.storage.rows import LogRow

IMAGES = ("a", "b")
images = st.sampled_from(IMAGES)
coordinate = st.floats(-1e4, 1e4, allow_nan=False).map(lambda v: round(v, 3))
size = st.floats(0.5, 500)
boxes = st.builds(lambda x, y, w, h: Box(x, y, x + w, y + h), coordinate, coordinate, size, size)
text = st.text(max_size=8)


class ProjectMachine(RuleBasedStateMachine):
    """Whatever is done, undone, closed and reopened: the file holds what the edits say."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=_fast_folder()))
        self.path = self.folder / "p.spine"
        self.expected: Mapping[str, Annotation] = {i: Annotation(i) for i in IMAGES}
        self.done: list[Edit] = []
        self.undone: list[Edit] = []
        self.number = 0

    @initialize()
    def create(self) -> None:
        self.project = make_project(self.path, *IMAGES)

    def commit(self, edit: Edit) -> None:
        self.expected = apply(self.expected, edit)
        self.project.commit(edit)
        self.done.append(edit)
        self.undone.clear()

    def detections(self, image: str) -> list[Detection]:
        return list(self.expected[image].detections.values())

    @rule(where=st.lists(images, min_size=1, max_size=4), box=boxes, title=text)
    def draw(self, where: list[str], box: Box, title: str) -> None:
        new = []
        for image in where:
            self.number += 1
            new.append(replace(detection(image, self.number), box=box))
        self.commit(replace(adding(*new), title=title.encode("utf-8", "replace").decode()))

    @rule(data=st.data(), image=images, box=boxes, rater=text)
    def correct(self, data: st.DataObject, image: str, box: Box, rater: str) -> None:
        found = self.detections(image)
        if found:
            d = data.draw(st.sampled_from(found))
            after = d.with_box(box).with_vote(Vote(rater, "thin", "2026-01-01T00:00:00.000Z"))
            twice = (Change(d, after), Change(after, after.rejected()))
            self.commit(Edit("Correct", twice))

    @rule()
    def remove_all(self) -> None:
        gone = (d for image in IMAGES for d in self.detections(image))
        self.commit(Edit("Remove all", tuple(Change(d, None) for d in gone)))

    @rule(image=images, box=boxes)
    def review(self, image: str, box: Box) -> None:
        self.number += 1
        before = self.expected[image].state
        region = ReviewedRegion(f"r{self.number}", image, box)
        state = ImageState(image, is_reviewed=not (before and before.is_reviewed))
        self.commit(Edit("Review", (Change(None, region), Change(before, state))))

    @precondition(lambda self: self.done)
    @rule()
    def undo(self) -> None:
        edit = self.done.pop()
        self.expected = apply(self.expected, inverse(edit))
        self.project.commit(inverse(edit), kind="undo")
        self.undone.append(edit)

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        edit = self.undone.pop()
        self.expected = apply(self.expected, edit)
        self.project.commit(edit, kind="redo")
        self.done.append(edit)

    @rule(by=st.sampled_from(["own", "take_over", "restore"]))
    def reopen(self, by: str) -> None:
        former = self.project
        if by == "take_over":
            former.snapshot().result()
            self.project = Project.open(self.path, user="bob", mode="take_over")
            former.close()
            return
        former.close()
        if by == "restore":
            from spinegui.storage.backups import restore

            with Project.open(self.path, user="bob", mode="read_only") as reader:
                reader.backup(self.folder / "copy.spine").result()
            restore(self.path, self.folder / "copy.spine", user="bob")
        self.project = Project.open(self.path, user="bob")

    @invariant()
    def state_is_what_the_edits_say(self) -> None:
        snapshot = self.project.snapshot().result()
        assert dict(snapshot.annotations) == dict(self.expected)
        history = [(h.edit, h.undone) for h in snapshot.history]
        expected = [(e, False) for e in self.done] + [(e, True) for e in reversed(self.undone)]
        assert history == expected

    def teardown(self) -> None:
        report = self.project.verify().result()
        assert report.problems == ()
        assert _replayed(self.project.log().result()) == dict(self.expected)
        self.project.close()
        shutil.rmtree(self.folder)


def _replayed(log: list[LogRow]) -> dict[str, Annotation]:
    found: Mapping[str, Annotation] = {i: Annotation(i) for i in IMAGES}
    for row in log:
        if row.item_kind is not None:
            before = row.before and item_from_json(row.item_kind, row.before)
            after = row.after and item_from_json(row.item_kind, row.after)
            found = apply(found, Edit("", (Change(before or None, after or None),)))
    return dict(found)


def _fast_folder() -> str | None:
    """A disk in memory where there is one: a commit waits for its disk."""
    memory = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
    return str(memory) if memory.is_dir() else None


TestProjectMachine = ProjectMachine.TestCase
TestProjectMachine.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
