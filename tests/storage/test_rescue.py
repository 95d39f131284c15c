from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from spinegui.domain.edits import inverse
from spinegui.storage.errors import ProjectError
from spinegui.storage.rescue import RescueJournal, read_rescue
from tests.support.projects import adding, detection, full_detection, other_items

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.storage.project import Project


def test_that_rescued_edits_come_back_in_order(path: Path, home: Path) -> None:
    journal = RescueJournal(path, "s1")
    edit = adding(full_detection(), *other_items())
    where = journal.append(edit, kind="do", user="ann")
    assert journal.append(inverse(edit), kind="undo", user="ann") == where
    assert where is not None
    assert where.parent == path.parent
    first, second = read_rescue(where)
    assert (first.edit, first.kind, first.user) == (edit, "do", "ann")
    assert (second.edit, second.kind) == (inverse(edit), "undo")
    assert first.at <= second.at


def test_that_a_line_cut_short_is_left_out(path: Path) -> None:
    journal = RescueJournal(path, "s1")
    where = journal.append(adding(detection()), kind="do", user="ann")
    assert where is not None
    with where.open("a") as stream:
        stream.write('{"title": "cut')
    assert len(read_rescue(where)) == 1


def test_that_the_users_own_folder_stands_in_for_a_lost_one(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    lost = tmp_path / "file" / "p.spine"
    edit = adding(detection())
    spare = tmp_path / "spare"
    where = RescueJournal(lost, "s1", fallback=spare).append(edit, kind="do", user="ann")
    assert where == spare / "p.rescue-s1.jsonl"
    nowhere = RescueJournal(lost, "s1", fallback=tmp_path / "file" / "x")
    assert nowhere.append(edit, kind="do", user="ann") is None


def test_that_an_edit_sent_again_is_kept_once(path: Path) -> None:
    journal = RescueJournal(path, "s1")
    edit, other = adding(detection()), adding(detection())
    for sent in (edit, edit, other, other, edit):
        where = journal.append(sent, kind="do", user="ann")
    assert where is not None
    assert [r.edit for r in read_rescue(where)] == [edit, other, edit]


def test_that_a_closed_project_still_keeps_what_it_could_not_save(project: Project) -> None:
    edit = adding(detection())
    project.close()
    where = project.keep_for_rescue(edit, kind="redo")
    assert where is not None
    assert [(r.edit, r.kind) for r in read_rescue(where)] == [(edit, "redo")]


@pytest.mark.parametrize("text", ["3\n", "no json\n", '{"title": 1}\n', "é\n"])
def test_that_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(ProjectError, match="rescue journal"):
        read_rescue(path)
    with pytest.raises(ProjectError, match="rescue journal"):
        read_rescue(tmp_path / "missing.jsonl")
