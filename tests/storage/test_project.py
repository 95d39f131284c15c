from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from spinegui.domain.edits import Change, Edit, EditConflictError, apply, inverse
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.storage import edit_log, schema
from spinegui.storage.errors import (
    ProjectError,
)
from spinegui.storage.project import Project
from spinegui.storage.rows import JobRow
from tests.support.projects import adding, detection, full_detection, image_ref, other_items

if TYPE_CHECKING:
    from pathlib import Path


def test_that_a_new_project_is_empty(path: Path) -> None:
    with Project.create(path, user="ann") as project:
        snapshot = project.snapshot().result()
    assert (snapshot.images, dict(snapshot.annotations), snapshot.history) == ((), {}, [])
    assert snapshot.label_set == SPINE_CLASSES
    assert snapshot.active_models == {}
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_that_the_file_is_made_to_survive_a_power_cut(project: Project) -> None:
    def read(name: str) -> object:
        return project._thread.read(lambda db: db.execute(f"PRAGMA {name}").fetchone()[0]).result()

    assert read("journal_mode") == "delete"
    assert read("synchronous") == 3
    assert read("locking_mode") == "normal"
    assert read("application_id") == schema.APPLICATION_ID
    assert read("user_version") == schema.SCHEMA_VERSION


def test_that_every_kind_of_item_comes_back(project: Project, path: Path) -> None:
    edit = adding(full_detection(), *other_items(), detection("b"))
    project.commit(edit).result()
    expected = apply({}, edit)
    assert dict(project.snapshot().result().annotations) == dict(expected)
    project.close()
    with Project.open(path, user="ann") as again:
        assert dict(again.snapshot().result().annotations) == dict(expected)


def test_that_receipts_number_the_edits(project: Project) -> None:
    receipts = [project.commit(adding(detection())) for _ in range(20)]
    assert [r.result().seq for r in receipts] == list(range(1, 21))
    assert receipts[0].result().at.endswith("Z")
    assert project.snapshot().result().seq == 20


def test_that_a_writes_future_resolves_only_after_its_commit(project: Project, path: Path) -> None:
    counts: list[int] = []

    def count_in_another_connection(_: object) -> None:
        with Project.open(path, user="bob", mode="read_only") as reader:
            counts.append(len(reader.log().result()))

    for _ in range(3):
        done = project.commit(adding(detection()))
        done.add_done_callback(count_in_another_connection)
        done.result()
    project.snapshot().result()
    assert counts == [1, 2, 3]


def test_that_an_edit_across_images_is_one_step(project: Project) -> None:
    edit = adding(detection("a"), detection("b"))
    project.commit(edit).result()
    rows = project.log().result()
    assert [(r.seq, r.image_id) for r in rows] == [(1, "a"), (1, "b")]
    assert [r.image_id for r in project.log("b").result()] == ["b"]


def test_that_a_conflict_changes_nothing_and_spares_its_neighbours(project: Project) -> None:
    d, stranger = detection(), detection()
    project.commit(adding(d)).result()
    wrong = Edit("Move", (Change(None, detection()), Change(stranger, stranger.rejected())))
    first = project.commit(adding(detection()))
    bad = project.commit(wrong)
    second = project.commit(adding(detection()))
    with pytest.raises(EditConflictError, match="not what this edit expects"):
        bad.result()
    assert (first.result().seq, second.result().seq) == (2, 3)
    assert len(project.snapshot().result().annotations["a"].detections) == 3
    assert project.verify().result().is_whole


def test_that_a_value_json_cannot_hold_is_refused(project: Project) -> None:
    with pytest.raises(ValueError, match="JSON"):
        project.commit(adding(replace(detection(), score=float("nan")))).result()
    assert project.log().result() == []


def test_that_an_unknown_image_is_refused(project: Project) -> None:
    with pytest.raises(ProjectError, match="not part of this project"):
        project.commit(adding(detection("z"))).result()
    with pytest.raises(ProjectError, match="not part of this project"):
        project.relink_image("z", project.path).result()


def test_that_an_edit_without_changes_is_logged(project: Project) -> None:
    project.commit(Edit("Detect with classical", ())).result()
    (row,) = project.log().result()
    assert (row.title, row.item_id, row.image_id) == ("Detect with classical", None, None)
    assert project.verify().result().is_whole


def test_that_the_log_says_who_when_and_what(project: Project) -> None:
    d = detection()
    project.commit(adding(d)).result()
    project.set_user("Bob \udce9")  # a name that is no valid UTF-8
    project.commit(Edit("Reject", (Change(d, d.rejected()),))).result()
    first, second = project.log().result()
    assert (first.user, second.user) == ("ann", "Bob ?")
    assert first.session == second.session == project.session
    assert first.at <= second.at
    assert (first.before, second.before) == (None, first.after)


# Undo


def test_that_undo_and_redo_are_new_rows(project: Project) -> None:
    edit = adding(detection())
    project.commit(edit)
    project.commit(inverse(edit), kind="undo")
    project.commit(edit, kind="redo").result()
    assert [r.kind for r in project.log().result()] == ["do", "undo", "redo"]


def test_that_the_undo_stack_survives_a_restart(project: Project, path: Path) -> None:
    edits = [adding(detection()) for _ in range(4)]
    for edit in edits:
        project.commit(edit)
    for edit in reversed(edits[2:]):
        project.commit(inverse(edit), kind="undo")
    project.close()
    with Project.open(path, user="ann") as again:
        history = again.snapshot().result().history
        assert [h.edit for h in history] == edits
        assert [h.undone for h in history] == [False, False, True, True]
        again.commit(edits[2], kind="redo")
        again.commit(inverse(edits[2]), kind="undo")
        again.commit(inverse(edits[1]), kind="undo").result()
        assert [h.undone for h in again.snapshot().result().history] == [False, True, True, True]


def test_that_a_new_edit_forgets_what_was_undone(project: Project) -> None:
    first, second, third = (adding(detection()) for _ in range(3))
    project.commit(first)
    project.commit(second)
    project.commit(inverse(second), kind="undo")
    project.commit(third).result()
    history = project.snapshot().result().history
    assert [(h.edit, h.undone) for h in history] == [(first, False), (third, False)]
    with pytest.raises(EditConflictError, match="redo"):
        project.commit(second, kind="redo").result()


def test_that_only_the_top_of_the_stack_can_be_undone(project: Project) -> None:
    first, second = adding(detection()), adding(detection())
    with pytest.raises(EditConflictError, match="undo"):
        project.commit(inverse(first), kind="undo").result()
    project.commit(first)
    project.commit(second).result()
    with pytest.raises(EditConflictError, match="undo"):
        project.commit(inverse(first), kind="undo").result()


def test_that_the_history_is_bounded(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    edits = [adding(detection(), detection()) for _ in range(6)]
    for edit in edits:
        project.commit(edit).result()
    monkeypatch.setattr(edit_log, "HISTORY_EDITS", 4)
    assert [h.edit for h in project.snapshot().result().history] == edits[2:]
    monkeypatch.setattr(edit_log, "HISTORY_CHANGES", 5)
    assert [h.edit for h in project.snapshot().result().history] == edits[4:]
    monkeypatch.setattr(edit_log, "HISTORY_CHANGES", 1)
    assert [h.edit for h in project.snapshot().result().history] == edits[5:]


# Images, settings, jobs


def test_that_images_keep_their_order_and_cannot_be_added_twice(
    project: Project, path: Path
) -> None:
    new = image_ref("c", path.parent)
    with pytest.raises(ProjectError, match=r"b\.tif is in this project already"):
        project.add_images([new, image_ref("b", path.parent)]).result()
    project.add_images([new]).result()
    assert [ref.id for ref in project.snapshot().result().images] == ["a", "b", "c"]


def test_that_images_are_found_beside_a_project_that_moved(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    (old / "a.tif").touch()
    with Project.create(old / "p.spine", user="ann") as project:
        project.add_images([image_ref("a", old), image_ref("b", old)]).result()
    old.rename(new)
    with Project.open(new / "p.spine", user="ann") as project:
        found = [ref.path for ref in project.snapshot().result().images]
    assert found == [str(new / "a.tif"), str(old / "b.tif")]


def test_that_an_image_can_be_relinked(project: Project, path: Path) -> None:
    project.relink_image("a", path.parent / "far" / "x.tif").result()
    ref = project.snapshot().result().images[0]
    assert (ref.name, ref.id) == ("x.tif", "a")
    assert project.verify().result().is_whole


def test_that_an_image_on_another_drive_has_no_relative_path(
    project: Project, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str:
        raise ValueError

    monkeypatch.setattr(os.path, "relpath", refuse)
    project.add_images([image_ref("c", path.parent)]).result()
    assert project.snapshot().result().images[2].path == str(path.parent / "c.tif")


def test_that_settings_models_and_labels_are_kept(project: Project, path: Path) -> None:
    labels = SPINE_CLASSES.with_class("branched")
    project.set_setting("threshold", {"detector": 0.5})
    project.set_setting("threshold", {"detector": 0.4})
    project.set_active_model("detector", "f00d")
    project.set_label_set(labels).result()
    project.close()
    with Project.open(path, user="ann") as again:
        snapshot = again.snapshot().result()
        assert again.get_setting("threshold").result() == {"detector": 0.4}
        assert again.get_setting("never set").result() is None
        assert again.verify().result().is_whole
    assert snapshot.active_models == {"detector": "f00d"}
    assert snapshot.label_set == labels


def test_that_jobs_and_what_they_said_are_kept(project: Project) -> None:
    job = JobRow("j1", "train", "running", "2026-01-01", "2026-01-01", "/jobs/j1", 12, {"n": [1]})
    project.put_job(replace(job, state="queued", pid=None))
    project.put_job(job)
    assert project.add_job_event("j1", {"event": "progress", "done": 1}).result() == 1
    assert project.add_job_event("j1", {"event": "done"}).result() == 2
    assert project.jobs().result() == [job]
    events = project.job_events("j1").result()
    assert [e.event["event"] for e in events] == ["progress", "done"]
