"""Images, spines, label and jobs panels: each follows the others and leads them."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QWidget

from spinegui.domain.annotation import ImageState
from spinegui.domain.edits import Change, Edit
from spinegui.gui.background import Background
from spinegui.gui.panels.detections import ID_ROLE
from spinegui.gui.panels.job_card import format_seconds
from spinegui.jobs.events import Cancelled
from tests.support.desks import (
    add_predictions,
    choose,
    detection,
    document_of,
    open_images,
    predict,
    predictions,
    press,
)
from tests.support.gestures import CTRL, click

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.background import Task
    from spinegui.gui.desk import Desk

Key = Qt.Key


def rows(desk: Desk) -> list[str]:
    model = desk.spines.table.model()
    return [model.index(r, 0).data(ID_ROLE) for r in range(model.rowCount())]


def chosen(desk: Desk) -> set[str]:
    return {i.data(ID_ROLE) for i in desk.spines.table.selectionModel().selectedRows()}


def click_row(
    qtbot: QtBot, desk: Desk, row: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    table = desk.spines.table
    at = table.visualRect(table.model().index(row, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, keys, at)


# -- spines ------------------------------------------------------------------------------------


def test_that_a_spine_selected_on_the_canvas_is_selected_in_the_table_and_the_other_way_round(
    qtbot: QtBot, shown: Desk
) -> None:
    a, b, c, _ = predictions(shown)
    click(shown.canvas, b.box.center)
    assert chosen(shown) == {b.id}
    click(shown.canvas, c.box.center, modifiers=CTRL)
    assert chosen(shown) == {b.id, c.id}
    click_row(qtbot, shown, 0)
    assert shown.workspace.selection.ids == (a.id,)
    assert shown.canvas.scene.selection == {a.id}
    click_row(qtbot, shown, 2, CTRL)
    assert set(shown.workspace.selection.ids) == {a.id, c.id}


def test_that_the_table_sorts_and_selection_survives_it(qtbot: QtBot, shown: Desk) -> None:
    a, b, c, _ = predictions(shown)
    click(shown.canvas, b.box.center)
    shown.spines.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert rows(shown) == [c.id, b.id, a.id]
    assert chosen(shown) == {b.id}
    click_row(qtbot, shown, 0)
    assert shown.workspace.selection.single == c.id


def test_that_review_keys_and_arrows_act_in_the_table(
    qtbot: QtBot, desk: Desk, stack: Path
) -> None:
    open_images(qtbot, desk, stack)
    a, b, c = predict(desk, 3, z=2.0)
    desk.workspace.view_state.update(is_projected=True)
    click_row(qtbot, desk, 0)
    assert QApplication.focusWidget() is desk.spines.table
    press(qtbot, desk, Key.Key_Down)
    assert desk.workspace.selection.single == b.id
    assert desk.workspace.view.is_projected, "an arrow in the table is no slice key"
    press(qtbot, desk, Key.Key_3)
    assert detection(desk, b.id).label == "stubby"
    press(qtbot, desk, Key.Key_X)
    assert not detection(desk, b.id).is_visible
    assert desk.workspace.selection.single == c.id
    press(qtbot, desk, Key.Key_Up)
    assert desk.workspace.selection.single == a.id
    press(qtbot, desk, Key.Key_Space)
    assert detection(desk, a.id).is_decided
    assert desk.spines.table.hasFocus()


def test_that_an_edit_changes_its_row_and_no_other(qtbot: QtBot, shown: Desk) -> None:
    a, *_ = predictions(shown)
    click(shown.canvas, a.box.center)
    resets: list[object] = []
    shown.spines.model.modelReset.connect(lambda: resets.append(1))
    press(qtbot, shown, Key.Key_2)
    texts = [shown.spines.table.model().index(0, c).data() for c in (0, 2)]
    assert texts == ["Thin", "Accepted"]
    assert resets == []
    assert shown.spines.summary.text() == "3 spines, 1 decided"


def test_that_an_edit_among_5000_spines_reads_one_row_anew(qtbot: QtBot, shown: Desk) -> None:
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 4000, (5000, 2))
    boxes = np.concatenate([corners, corners + 12], axis=1)
    found = add_predictions(shown, boxes, np.full(5000, 0.9))
    qtbot.waitUntil(lambda: shown.spines.model.rowCount() > 4000)
    resets: list[object] = []
    changed: list[tuple[int, int]] = []
    shown.spines.model.modelReset.connect(lambda: resets.append(1))
    shown.spines.model.dataChanged.connect(lambda a, b: changed.append((a.row(), b.row())))
    for spine in found[:10]:
        shown.workspace.selection.replace([spine.id])
        shown.review.label([detection(shown, spine.id)], "thin")
    assert resets == []
    assert changed == [(row, row) for row in (shown.spines.model.row_of(d.id) for d in found[:10])]


# -- images ------------------------------------------------------------------------------------


def test_that_the_image_list_shows_and_follows_the_image_and_its_progress(
    qtbot: QtBot, shown: Desk
) -> None:
    first, second, third = shown.workspace.image_ids
    press(qtbot, shown, Key.Key_D)
    assert shown.images.list.currentIndex().row() == 1
    item = shown.images.model.index(2)
    at = shown.images.list.visualRect(item).center()
    qtbot.mouseClick(shown.images.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert shown.workspace.image_id == third
    choose(shown, "mark_reviewed")
    assert shown.images.summary.text() == "1 of 3 reviewed"
    tip = item.data(Qt.ItemDataRole.ToolTipRole)
    assert "reviewed" in tip
    assert "0.08 µm/px" in tip
    shown.workspace.show_image(second)
    document_of(shown).push(Edit("x", (Change(None, ImageState(first, is_reviewed=True)),)))
    assert shown.images.summary.text() == "2 of 3 reviewed"
    assert shown.workspace.image_id == second


# -- label -------------------------------------------------------------------------------------


def test_that_the_label_panel_shows_the_spine_and_its_buttons_label_it(
    qtbot: QtBot, shown: Desk
) -> None:
    a, b, *_ = predictions(shown)
    panel = shown.label
    assert panel.title.text() == "No spine selected"
    assert not panel._buttons["thin"].isEnabled()
    click(shown.canvas, b.box.center)
    assert panel.title.text() == "Spine 2 of 3"
    assert panel._buttons["mushroom"].isChecked()
    assert "Score 0.80" in panel.details.text()
    assert panel.crop._image is not None
    qtbot.mouseClick(panel._buttons["thin"], Qt.MouseButton.LeftButton)
    assert detection(shown, b.id).label == "thin"
    assert panel._buttons["thin"].isChecked()
    assert not panel._buttons["mushroom"].isChecked()
    assert "ann: thin" in panel.details.text()
    click(shown.canvas, a.box.center, modifiers=CTRL)
    assert panel.title.text() == "2 spines"
    qtbot.mouseClick(panel._buttons["unsure"], Qt.MouseButton.LeftButton)
    assert {detection(shown, d.id).label for d in (a, b)} == {"unsure"}


def test_that_a_project_s_own_class_gets_a_button_and_a_colour(qtbot: QtBot, shown: Desk) -> None:
    document = document_of(shown)
    with_more = document.label_set.with_class("branched")
    document.change_labels(with_more)
    a, *_ = predictions(shown)
    click(shown.canvas, a.box.center)
    qtbot.mouseClick(shown.label._buttons["branched"], Qt.MouseButton.LeftButton)
    assert detection(shown, a.id).label == "branched"
    assert shown.spines.table.model().index(0, 0).data() == "Branched"


# -- what stays alive --------------------------------------------------------------------------


def test_that_a_closed_project_is_freed_with_all_its_annotations(qtbot: QtBot, shown: Desk) -> None:
    choose(shown, "mark_reviewed")  # its toast offers an undo
    watched = weakref.ref(document_of(shown))
    shown.open_project.close_current()
    qtbot.waitUntil(lambda: not shown.workspace.background._tasks)
    toast = shown.window.findChild(QWidget, "toast")
    assert toast is not None
    toast._timer.start(0)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not toast.isVisible())
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert watched() is None
    assert shown.spines.model.rowCount() == 0
    assert shown.window.windowTitle() == "spinegui"


def test_that_a_task_is_freed_with_what_it_was_given(qtbot: QtBot, desk: Desk) -> None:
    class Heavy:
        pass

    heavy = Heavy()
    watched = weakref.ref(heavy)
    answers: list[int] = []
    background = desk.workspace.background
    background.start("Work", lambda _task, _kept=heavy: 1, answers.append, answers.append)
    del heavy
    qtbot.waitUntil(lambda: not background._tasks)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert answers == [1]
    assert watched() is None


def test_that_progress_of_a_task_arrives_on_the_window_s_thread(qtbot: QtBot, desk: Desk) -> None:
    seen: list[tuple[int, bool]] = []
    go = threading.Event()

    def work(task: Task[None]) -> None:
        go.wait(10)
        task.step(1, 2, "half")

    task = desk.workspace.background.start("Work", work, lambda _: None, lambda _: None)
    here = threading.current_thread()
    task.progressed.connect(
        lambda done, *_: seen.append((done, threading.current_thread() is here))
    )
    with qtbot.waitSignal(task.finished):
        go.set()
    assert seen == [(1, True)]


def test_that_a_cancelled_task_answers_neither_with_success_nor_failure(
    qtbot: QtBot, desk: Desk
) -> None:
    answers: list[object] = []
    reached, go = threading.Event(), threading.Event()

    def work(task: Task[None]) -> None:
        reached.set()
        go.wait(10)
        task.step(1, 2)

    task = desk.workspace.background.start("Work", work, answers.append, answers.append)
    reached.wait(10)
    task.cancel()
    with qtbot.waitSignal(task.finished):
        go.set()
    assert answers == []


def test_that_a_job_s_last_word_after_closing_is_passed_on_to_nobody(desk: Desk) -> None:
    heard: list[object] = []
    desk.bridge.job_event.connect(heard.append)
    desk.bridge._relay(Cancelled("one", 0))
    desk.bridge.close()
    desk.bridge._relay(Cancelled("two", 0))
    assert heard == [Cancelled("one", 0)]


def test_that_work_asked_for_after_closing_is_left_undone(qapp: QApplication) -> None:
    background, done = Background(), []
    background.close()
    background.start("Late", lambda _task: done.append(1), done.append, done.append)
    qapp.processEvents()
    assert done == []


def test_that_durations_are_said_as_people_say_them() -> None:
    said = [format_seconds(s) for s in (0.2, 40, 89.2, 150, 3600, 4800)]
    assert said == ["1 s", "40 s", "2 min", "3 min", "1 h 0 min", "1 h 20 min"]
