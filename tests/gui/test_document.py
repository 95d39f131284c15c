"""The document: what is pushed is shown at once, written in order, and survives what goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from shiboken6 import isValid

from spinegui.domain.annotation import ImageState
from spinegui.domain.edits import Change, Edit
from spinegui.domain.split import Part
from spinegui.gui.document import Document, SaveState
from spinegui.storage.project import Project
from spinegui.storage.rescue import read_rescue
from spinegui.storage.split_setting import stored_split
from tests.support.projects import adding, detection, image_ref, make_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder / "p.spine"


@pytest.fixture
def document(qapp: object, path: Path) -> Iterator[Document]:
    opened = of(make_project(path))
    yield opened
    opened.close()


def of(project: Project) -> Document:
    return Document(project, project.snapshot().result(), user="ann")


def settled(qtbot: QtBot, document: Document) -> None:
    qtbot.waitUntil(lambda: document.save_state is not SaveState.SAVING)


def titles(path: Path) -> list[tuple[str, str]]:
    with Project.open(path, user="eve", mode="read_only") as project:
        return [(row.title, row.kind) for row in project.log().result()]


def test_that_an_edit_is_shown_at_once_and_saved_only_after_it_is_written(
    qtbot: QtBot, document: Document, path: Path
) -> None:
    item = detection()
    assert document.push(adding(item))
    assert document.annotation("a").detections == {item.id: item}
    assert document.save_state is SaveState.SAVING
    settled(qtbot, document)
    assert document.save_state is SaveState.SAVED
    assert titles(path) == [("Add", "do")]


def test_that_undo_and_redo_walk_through_all_edits(qtbot: QtBot, document: Document) -> None:
    items = [detection() for _ in range(5)]
    for item in items:
        document.push(adding(item))
    for left in range(4, -1, -1):
        document.undo()
        assert list(document.annotation("a").detections) == [d.id for d in items[:left]]
    document.undo()
    for there in range(1, 6):
        document.redo()
        assert list(document.annotation("a").detections) == [d.id for d in items[:there]]
    settled(qtbot, document)
    assert document.save_state is SaveState.SAVED


def test_that_an_edit_that_changes_nothing_is_no_step(document: Document) -> None:
    assert not document.push(Edit("Nothing", ()))
    assert document.undo_stack.count() == 0


def test_that_an_edit_of_something_that_has_changed_meanwhile_is_refused(
    qtbot: QtBot, document: Document
) -> None:
    old = detection()
    document.push(adding(old))
    document.push(Edit("Reject", (Change(old, old.rejected()),)))
    with qtbot.waitSignal(document.push_refused):
        assert not document.push(Edit("Accept", (Change(old, old.accepted()),)))
    assert document.undo_stack.count() == 2


def test_that_an_undo_asks_for_the_image_it_changes(qtbot: QtBot, document: Document) -> None:
    document.push(adding(detection("b")))
    with qtbot.waitSignal(document.images_requested) as asked:
        document.undo()
    assert asked.args == [("b",)]


def test_that_a_document_with_steps_is_silent_while_it_dies(qapp: object, path: Path) -> None:
    opened = of(make_project(path))
    opened.push(adding(detection()))
    heard: list[bool] = []
    opened.stepped.connect(lambda: heard.append(opened.can_undo))
    opened.undo()
    opened.redo()
    assert heard == [False, True]
    opened.close()
    opened.deleteLater()
    QCoreApplication.sendPostedEvents(opened, QEvent.Type.DeferredDelete)
    assert not isValid(opened)
    assert heard == [False, True]


def test_that_a_restart_brings_the_undo_stack_back(
    qtbot: QtBot, document: Document, path: Path
) -> None:
    items = [detection() for _ in range(3)]
    for item in items:
        document.push(adding(item))
    document.undo()
    document.close()
    again = of(Project.open(path, user="ann"))
    try:
        assert (again.undo_stack.count(), again.undo_stack.index()) == (3, 2)
        assert set(again.annotation("a").detections) == {items[0].id, items[1].id}
        again.redo()
        assert len(again.annotation("a").detections) == 3
        for _ in range(3):
            again.undo()
        assert not again.annotation("a").detections
        settled(qtbot, again)
        assert again.save_state is SaveState.SAVED
    finally:
        again.close()
    assert titles(path)[-4:] == [("Add", "redo"), *[("Add", "undo")] * 3]


def test_that_opening_writes_nothing(document: Document, path: Path) -> None:
    document.push(adding(detection()))
    document.close()
    before = titles(path)
    of(Project.open(path, user="ann")).close()
    assert titles(path) == before


def test_that_after_a_failed_write_edits_wait_in_order_and_retry_writes_them(
    qtbot: QtBot, document: Document, path: Path
) -> None:
    document.push(adding(detection()))
    settled(qtbot, document)
    away = path.parent.rename(path.parent.with_name("away"))
    items = [detection() for _ in range(3)]
    for item in items:
        document.push(adding(item))
    qtbot.waitUntil(lambda: document.save_state is SaveState.FAILED)
    with qtbot.waitSignal(document.push_refused) as refused:
        assert not document.push(adding(detection()))
    assert "Retry" in refused.args[0]
    document.undo()
    assert len(document.annotation("a").detections) == 4, "an undo must wait too"
    away.rename(path.parent)
    document.retry_saving()
    settled(qtbot, document)
    assert document.save_state is SaveState.SAVED
    document.close()
    with Project.open(path, user="ann") as project:
        kept = [row.item_id for row in project.log().result()]
    assert kept[1:] == [item.id for item in items]


def test_that_what_cannot_be_written_is_kept_for_rescue_on_closing(
    qtbot: QtBot, document: Document, path: Path
) -> None:
    item, other = detection(), detection()
    document.push(adding(item))
    settled(qtbot, document)
    thief = Project.open(path, user="eve", mode="take_over")
    document.push(adding(other))
    qtbot.waitUntil(lambda: document.save_state is SaveState.FAILED)
    rescue = document.close()
    thief.close()
    assert rescue is not None
    assert [e.edit.changes[0].after for e in read_rescue(rescue)] == [other]


def test_that_closing_writes_what_still_waits(document: Document, path: Path) -> None:
    for _ in range(20):
        document.push(adding(detection()))
    assert document.close() is None
    assert len(titles(path)) == 20


def test_that_a_read_only_document_refuses_edits_and_says_why(qtbot: QtBot, path: Path) -> None:
    make_project(path).close()
    document = of(Project.open(path, user="ann", mode="read_only"))
    assert document.save_state is SaveState.READ_ONLY
    with qtbot.waitSignal(document.push_refused) as refused:
        assert not document.push(adding(detection()))
    assert "read-only" in refused.args[0]
    document.undo()
    document.close()


def test_that_a_closed_document_takes_no_more_edits(document: Document) -> None:
    document.push(adding(detection()))
    document.close()
    assert not document.push(adding(detection()))
    document.undo()
    assert len(document.annotation("a").detections) == 1


def test_that_a_closed_document_is_freed(path: Path) -> None:
    import gc
    import weakref

    document = of(make_project(path))
    document.push(adding(detection()))
    document.close()
    document.deleteLater()
    watched = weakref.ref(document)
    del document
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert watched() is None


def test_that_the_split_is_kept_and_a_failure_to_keep_it_is_said(
    qtbot: QtBot, document: Document, path: Path
) -> None:
    document.fix_split({"a": Part.TRAIN, "b": Part.TEST})
    assert stored_split(document.project) == {"a": Part.TRAIN, "b": Part.TEST}
    away = path.parent.rename(path.parent.with_name("away"))
    with qtbot.waitSignal(document.not_kept):
        document.choose_models({"detector": "0" * 64})
    away.rename(path.parent)


def test_that_a_person_s_pixel_size_comes_before_the_file_s(document: Document) -> None:
    from spinegui.domain.image_ref import Calibration, PixelSize

    assert document.pixel_size("a").x_um == 0.065  # type: ignore[union-attr]
    size = PixelSize(0.1, 0.1, None, "user")
    document.push(adding(Calibration("a", size)))
    assert document.pixel_size("a") == size


def test_that_new_images_and_reviews_of_them_are_told(qtbot: QtBot, document: Document) -> None:
    ref = image_ref("c", document.project.path.parent)
    document.project.add_images([ref]).result()
    with qtbot.waitSignal(document.images_changed):
        document.add_images([ref])
    with qtbot.waitSignal(document.edited):
        document.push(adding(ImageState("c", is_reviewed=True)))
    assert document.annotation("c").is_reviewed
