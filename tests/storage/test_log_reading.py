from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from spinegui.domain.annotation import ImageState
from spinegui.domain.detection import Origin, ReviewState, Vote
from spinegui.domain.edits import Change, Edit, apply, inverse
from spinegui.domain.history import Deed
from tests.support.projects import adding, detection, make_project, other_items

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from spinegui.storage.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with make_project(tmp_path / "p.spine") as made:
        yield made


FOUND = replace(detection("a", 1), origin=Origin.MODEL, state=ReviewState.PREDICTED, score=0.8)
KNOWN = replace(FOUND, class_scores=(("thin", 0.75), ("stubby", 0.25)))
LABELLED = FOUND.with_vote(Vote("ann", "thin", "2026-01-01T00:00:00.000Z"))
MOVED = LABELLED.with_box(LABELLED.box.shifted(3, 0))
REJECTED = MOVED.rejected()


def commit(project: Project, title: str, *changes: Change) -> Edit:
    edit = Edit(title, changes)
    project.commit(edit).result()
    return edit


def test_that_a_page_says_who_did_what_to_which_images_newest_first(project: Project) -> None:
    commit(project, "Detect with classical", Change(None, FOUND))
    both = adding(detection("a", 2), detection("b", 3))
    project.commit(both).result()
    page = project.past.page().result()
    newest, oldest = page.edits
    assert (newest.seq, newest.user, newest.title, newest.kind) == (2, "ann", "Add", "do")
    assert newest.image_ids == ("a", "b")
    assert newest.n_spines == 2
    assert oldest.deeds == {Deed.DETECT}
    assert page.is_last
    assert page.sessions[newest.session].user == "ann"
    assert project.past.users().result() == ("ann",)


@pytest.mark.parametrize(
    ("before", "after", "deeds"),
    [
        (None, FOUND, {Deed.DETECT}),
        (None, detection("a", 9), {Deed.ADD}),
        (FOUND, None, {Deed.DETECT}),
        (LABELLED, None, {Deed.REMOVE}),
        (FOUND, replace(FOUND, score=0.9), {Deed.DETECT}),
        (FOUND, FOUND.accepted(), {Deed.ACCEPT}),
        (KNOWN, KNOWN.accepted_by("ann", "2026-01-01T00:00:00.000Z"), {Deed.ACCEPT}),
        (FOUND, FOUND.rejected(), {Deed.REJECT}),
        (FOUND, LABELLED, {Deed.LABEL}),
        (LABELLED, MOVED, {Deed.BOX}),
        (LABELLED, REJECTED, {Deed.BOX, Deed.REJECT}),
        *[(None, item, None) for item in other_items()],
    ],
)
def test_that_the_kind_of_an_edit_is_read_from_what_it_changed(
    project: Project, before: object, after: object, deeds: set[Deed] | None
) -> None:
    if before is not None:
        commit(project, "First", Change(None, before))
    commit(project, "Then", Change(before, after))
    other = {"region": Deed.REGION, "image_state": Deed.STATE}
    expected = deeds or {other.get(after.kind, Deed.CALIBRATION)}
    assert project.past.page().result().edits[0].deeds == expected


def test_that_an_import_is_one_whatever_it_brings(project: Project) -> None:
    commit(project, "Import old.json", Change(None, detection("a", 1)))
    assert project.past.page().result().edits[0].deeds == {Deed.IMPORT}


def test_that_pages_meet_without_gap_and_the_last_says_so(project: Project) -> None:
    for number in range(7):
        project.commit(adding(detection("a", number)))
    first = project.past.page(limit=3).result()
    second = project.past.page(first.edits[-1].seq, limit=3).result()
    third = project.past.page(second.edits[-1].seq, limit=3).result()
    seqs = [edit.seq for page in (first, second, third) for edit in page.edits]
    assert seqs == [7, 6, 5, 4, 3, 2, 1]
    assert [page.is_last for page in (first, second, third)] == [False, False, True]
    assert [edit.seq for edit in project.past.newer(5).result()] == [7, 6]


def test_that_an_item_tells_its_own_history_with_before_and_after(project: Project) -> None:
    commit(project, "Detect", Change(None, FOUND), Change(None, detection("a", 5)))
    commit(project, "Other", Change(None, detection("a", 6)))
    commit(project, "Label", Change(FOUND, LABELLED))
    found = project.past.of_item("a", "detection", FOUND.id).result()
    assert [(edit.seq, change) for edit, change in found] == [
        (3, Change(FOUND, LABELLED)),
        (1, Change(None, FOUND)),
    ]


def test_that_what_happened_since_comes_as_one_change_an_item(project: Project) -> None:
    commit(project, "Detect", Change(None, FOUND))
    commit(project, "Label", Change(FOUND, LABELLED))
    edit = commit(project, "Move", Change(LABELLED, MOVED))
    project.commit(inverse(edit), kind="undo").result()
    commit(project, "Reviewed", Change(None, ImageState("a", is_reviewed=True)))
    commit(project, "Elsewhere", Change(None, detection("b", 8)))
    assert project.past.since("a", 2).result() == (Change(None, ImageState("a", is_reviewed=True)),)
    assert project.past.since("a", 1).result()[0] == Change(FOUND, LABELLED)
    assert [seq for seq, _at in project.past.moments("a").result()] == [1, 2, 3, 4, 5]


def test_that_later_edits_of_the_same_items_are_named(project: Project) -> None:
    edit = commit(project, "Detect", Change(None, FOUND), Change(None, detection("a", 5)))
    commit(project, "Other", Change(None, detection("a", 6)))
    commit(project, "Label", Change(FOUND, LABELLED))
    later = project.past.touching(edit.changes, 1).result()
    assert [found.title for found in later] == ["Label"]
    assert project.past.edit(1).result() == edit
    assert apply({}, project.past.edit(1).result())["a"].detections[FOUND.id] == FOUND
