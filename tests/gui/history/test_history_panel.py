"""The history dock: what it lists, how it is filtered, and who changed a spine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from spinegui.domain.blind import BlindSession
from spinegui.gui.history.log_model import WHAT, WHEN, WHO, Heading
from tests.gui.history.reading import history, is_read, panel, texts
from tests.gui.stories.driving import choose as choose_in_menu
from tests.support.desks import PATIENCE_MS, choose, document_of, predictions, press, saved
from tests.support.gestures import CTRL

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_that_the_history_is_closed_until_asked_and_opens_by_key_and_menu(
    qtbot: QtBot, shown: Desk
) -> None:
    assert not panel(shown).isVisible()
    assert history(shown).log.edits == []
    press(qtbot, shown, Qt.Key.Key_H, CTRL)
    assert panel(shown).isVisible()
    assert shown.actions["history"].isChecked()
    choose_in_menu(shown, "Edit", "History")
    assert not panel(shown).isVisible()


def test_that_edits_are_listed_newest_first_with_who_and_when(opened: Desk) -> None:
    assert texts(opened) == ["Reject", "Label thin", "Detect with classical"]
    assert texts(opened, WHO) == ["ann", "ann", "ann"]
    assert all(len(text) == 5 and text[2] == ":" for text in texts(opened, WHEN))


def test_that_a_day_and_session_has_one_heading_also_when_edits_come(
    qtbot: QtBot, opened: Desk
) -> None:
    choose(opened, "accept_all")
    is_read(qtbot, opened)
    lines = panel(opened).model.lines
    assert [isinstance(line, Heading) for line in lines] == [True, *[False] * 4]
    assert lines[0].text.startswith("Today · opened ")


def test_that_an_undone_edit_is_struck_and_the_undo_is_listed(qtbot: QtBot, opened: Desk) -> None:
    press(qtbot, opened, Qt.Key.Key_Z, CTRL)
    is_read(qtbot, opened)
    model = panel(opened).model
    assert texts(opened)[:2] == ["Reject (undo)", "Reject"]
    struck = [bool(f and f.strikeOut()) for f in (_font(model, row) for row in range(1, 5))]
    assert struck == [False, True, False, False]
    press(qtbot, opened, Qt.Key.Key_Y, CTRL)
    is_read(qtbot, opened)
    assert not _font(model, 3)
    assert "Taken back" not in model.index(3, WHAT).data(Qt.ItemDataRole.ToolTipRole)


def _font(model: object, row: int) -> object:
    return model.index(row, WHAT).data(Qt.ItemDataRole.FontRole)  # type: ignore[attr-defined]


def test_that_text_image_person_and_kind_narrow_the_list(qtbot: QtBot, opened: Desk) -> None:
    filters = panel(opened).filters
    qtbot.mouseClick(filters.more, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(filters.text, "label")
    qtbot.waitUntil(lambda: texts(opened) == ["Label thin"])
    filters.text.clear()
    qtbot.waitUntil(lambda: len(texts(opened)) == 3)
    filters.kind.setCurrentText("Rejected")
    qtbot.waitUntil(lambda: texts(opened) == ["Reject"])
    filters.kind.setCurrentText("Every kind")
    filters.user.setCurrentText("ann")
    qtbot.waitUntil(lambda: len(texts(opened)) == 3)
    filters.image.setCurrentText("This image")
    press(qtbot, opened, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: texts(opened) == [])
    assert panel(opened).empty.text() == "No edit fits these filters."
    qtbot.mouseClick(filters.more, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(texts(opened)) == 3)


def test_that_a_long_log_is_read_in_parts(qtbot: QtBot, shown: Desk) -> None:
    spine = predictions(shown)[0]
    for number in range(400):
        box = shown.workspace.annotation.detections[spine.id].box
        shown.review.change_box(
            shown.workspace.annotation.detections[spine.id], box.shifted(1 if number % 2 else -1, 0)
        )
    saved(qtbot, shown)
    press(qtbot, shown, Qt.Key.Key_H, CTRL)
    is_read(qtbot, shown)
    assert not history(shown).log.is_whole
    table = panel(shown).table
    while not history(shown).log.is_whole:
        count = len(history(shown).log.edits)
        table.scrollToBottom()
        qtbot.waitUntil(lambda: len(history(shown).log.edits) > count, timeout=PATIENCE_MS)  # noqa: B023
    assert len(texts(shown)) == 401


def test_that_a_spine_tells_who_changed_it_in_words(qtbot: QtBot, opened: Desk) -> None:
    spine = next(d for d in opened.workspace.annotation.detections.values() if d.votes)
    opened.review.change_box(spine, spine.box.shifted(3, 0))
    saved(qtbot, opened)
    opened.workspace.selection.replace([spine.id])
    press(qtbot, opened, Qt.Key.Key_H, CTRL | SHIFT)
    qtbot.waitUntil(lambda: panel(opened).model.is_of_item, timeout=PATIENCE_MS)
    assert texts(opened) == [
        "box moved 3 px",
        "label mushroom → thin",
        "found by classical 0.90, mushroom",
    ]
    leave = next(
        b
        for b in panel(opened).item_bar.findChildren(QToolButton)
        if b.accessibleName() == "Show the whole history"
    )
    qtbot.mouseClick(leave, Qt.MouseButton.LeftButton)
    assert len(texts(opened)) == 4


def test_that_the_history_of_a_spine_follows_its_edits(qtbot: QtBot, opened: Desk) -> None:
    spine = next(d for d in opened.workspace.annotation.detections.values() if d.votes)
    opened.workspace.selection.replace([spine.id])
    choose(opened, "who_changed")
    qtbot.waitUntil(lambda: panel(opened).model.is_of_item, timeout=PATIENCE_MS)
    opened.workspace.selection.replace([spine.id])
    opened.canvas.setFocus()
    press(qtbot, opened, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: texts(opened)[0] == "label thin → stubby", timeout=PATIENCE_MS)


def test_that_the_history_ends_with_its_project(qtbot: QtBot, opened: Desk) -> None:
    opened.open_project.close_current()
    assert panel(opened).model.lines == []
    assert panel(opened).empty.isVisible()


def test_that_asking_about_a_spine_needs_one(opened: Desk) -> None:
    opened.workspace.selection.clear()
    assert not opened.actions["who_changed"].isEnabled()
    assert "Select one spine" in opened.actions["who_changed"].toolTip()


def test_that_a_blind_session_hides_the_history(qtbot: QtBot, opened: Desk) -> None:
    document_of(opened).set_blind(BlindSession("ann", "2026-01-01T00:00:00.000Z"))
    assert panel(opened).model.lines == []
    assert "blind session" in panel(opened).empty.text()
    opened.workspace.selection.replace([predictions(opened)[0].id])
    choose(opened, "who_changed")
    saved(qtbot, opened)
    assert panel(opened).model.lines == []
    document_of(opened).set_blind(None)
    is_read(qtbot, opened)
    assert len(texts(opened)) == 3


def test_that_the_spine_panel_and_the_image_offer_the_question(opened: Desk) -> None:
    from spinegui.gui.desk import ON_A_SPINE

    assert opened.actions["who_changed"] in opened.label.actions()
    assert "who_changed" in ON_A_SPINE
