"""Looking at an image as it was, and bringing it back to a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from spinegui.domain.detection import ReviewState
from spinegui.domain.geometry import Box
from tests.gui.history.reading import choose_edit, history, is_read, panel, texts
from tests.gui.stories.driving import toast_text
from tests.support.desks import PATIENCE_MS, choose, document_of, press, saved
from tests.support.gestures import CTRL, click

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk


def is_past(qtbot: QtBot, desk: Desk, seq: int) -> None:
    """Wait until the image is shown as it was after that edit."""
    look = history(desk).look
    qtbot.waitUntil(lambda: look.moment is not None and look.moment.seq == seq, timeout=PATIENCE_MS)


def moments_are_read(qtbot: QtBot, desk: Desk, count: int) -> None:
    slider = history(desk).scrubber.slider
    qtbot.waitUntil(lambda: slider.maximum() == count, timeout=PATIENCE_MS)


def test_that_the_slider_shows_the_image_at_each_moment(qtbot: QtBot, opened: Desk) -> None:
    moments_are_read(qtbot, opened, 3)
    now = opened.workspace.annotation
    slider = history(opened).scrubber.slider
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    is_past(qtbot, opened, 2)
    past = opened.workspace.annotation
    assert [d.state for d in past.detections.values()].count(ReviewState.REJECTED) == 0
    assert sum(bool(d.votes) for d in past.detections.values()) == 1
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    is_past(qtbot, opened, 0)
    assert not opened.workspace.annotation.detections
    assert len(opened.canvas.scene.overlay.arrays) == 0
    assert "before the first edit" in history(opened).line.text.text()
    qtbot.keyClick(slider, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: opened.workspace.past is None)
    assert opened.workspace.annotation == now
    assert len(opened.canvas.scene.overlay.arrays) == len(now.detections)


def test_that_a_line_says_when_it_was_and_leads_back_to_now(qtbot: QtBot, opened: Desk) -> None:
    choose_edit(opened, "Label thin")
    qtbot.mouseClick(history(opened).bar.look, Qt.MouseButton.LeftButton)
    is_past(qtbot, opened, 2)
    line = history(opened).line
    assert line.isVisible()
    assert line.findChild(QLabel).text().startswith("As it was at ")
    qtbot.mouseClick(line.now, Qt.MouseButton.LeftButton)
    assert not line.isVisible()
    assert opened.workspace.past is None
    choose_edit(opened, "Label thin")
    panel(opened).table.setFocus()
    qtbot.keyClick(panel(opened).table, Qt.Key.Key_Return)
    is_past(qtbot, opened, 2)
    opened.canvas.setFocus()
    press(qtbot, opened, Qt.Key.Key_Escape)
    assert opened.workspace.past is None
    assert not opened.actions["back_to_now"].isEnabled()


def test_that_a_moment_asked_for_on_an_image_that_was_left_is_not_shown_later(
    qtbot: QtBot, opened: Desk
) -> None:
    here, other = opened.workspace.image_ids[:2]
    look = history(opened).look
    choose_edit(opened, "Label thin")
    history(opened).bar.look.click()
    opened.workspace.show_image(other)
    qtbot.waitUntil(lambda: not look._is_asking, timeout=PATIENCE_MS)
    opened.workspace.show_image(here)
    opened.review.draw(Box(5, 5, 15, 15))
    saved(qtbot, opened)
    qtbot.waitUntil(lambda: not look._is_asking, timeout=PATIENCE_MS)
    assert opened.workspace.past is None


def test_that_nothing_is_edited_while_looking_back(qtbot: QtBot, opened: Desk) -> None:
    choose_edit(opened, "Label thin")
    history(opened).bar.look.click()
    is_past(qtbot, opened, 2)
    recorded, seq = document_of(opened).recorded, document_of(opened).last_seq
    spine = next(iter(opened.workspace.annotation.detections.values()))
    click(opened.canvas, spine.box.center)
    for key in (Qt.Key.Key_3, Qt.Key.Key_X, Qt.Key.Key_Space):
        press(qtbot, opened, key)
    press(qtbot, opened, Qt.Key.Key_Z, CTRL)
    opened.review.change_box(spine, spine.box.shifted(5, 0))
    assert "Go back to now" in toast_text(opened)
    for name in ("undo", "reject", "label_1", "accept_all", "draw_tool", "detect"):
        assert not opened.actions[name].isEnabled(), name
        assert "how it was" in opened.actions[name].toolTip()
    saved(qtbot, opened)
    assert document_of(opened).recorded is recorded
    assert document_of(opened).last_seq == seq
    choose(opened, "back_to_now")
    assert opened.actions["undo"].isEnabled()


def test_that_an_image_is_brought_back_to_a_moment_by_one_edit_that_can_be_undone(
    qtbot: QtBot, opened: Desk
) -> None:
    before = opened.workspace.annotation
    choose_edit(opened, "Detect with classical")
    history(opened).bar.look.click()
    is_past(qtbot, opened, 1)
    past = opened.workspace.annotation
    qtbot.mouseClick(history(opened).line.bring, Qt.MouseButton.LeftButton)
    assert opened.workspace.past is None
    assert opened.workspace.annotation == past
    is_read(qtbot, opened)
    assert texts(opened)[0].startswith("Bring a.tif back to ")
    press(qtbot, opened, Qt.Key.Key_Z, CTRL)
    assert opened.workspace.annotation == before


def test_that_an_edit_elsewhere_leaves_the_past_alone_and_one_here_ends_it(
    qtbot: QtBot, opened: Desk
) -> None:
    from tests.support.projects import adding, detection

    choose_edit(opened, "Label thin")
    history(opened).bar.look.click()
    is_past(qtbot, opened, 2)
    first, second = opened.workspace.image_ids[:2]
    # As a detection does whose answer comes meanwhile.
    assert document_of(opened).push(adding(detection(second)))
    assert opened.workspace.past is not None
    assert document_of(opened).push(adding(detection(first)))
    assert opened.workspace.past is None
    assert opened.workspace.annotation == document_of(opened).annotation(first)
    assert len(opened.canvas.scene.overlay.arrays) == 5


def test_that_an_edit_of_another_image_is_looked_at_there(qtbot: QtBot, opened: Desk) -> None:
    first, second = opened.workspace.image_ids[:2]
    opened.workspace.show_image(second)
    choose_edit(opened, "Label thin")
    history(opened).bar.look.click()
    is_past(qtbot, opened, 2)
    assert opened.workspace.image_id == first
    opened.workspace.show_image(second)
    assert opened.workspace.past is None
    assert history(opened).look.moment is None


def test_that_a_moment_asked_for_while_saving_is_shown_once_all_is_saved(
    qtbot: QtBot, opened: Desk
) -> None:
    choose_edit(opened, "Detect with classical")
    opened.review.accept(list(opened.workspace.annotation.detections.values()))
    history(opened).bar.look.click()
    is_past(qtbot, opened, 1)
    states = {d.state for d in opened.workspace.annotation.detections.values()}
    assert states == {ReviewState.PREDICTED}


def test_that_quick_scrubbing_ends_at_the_last_moment_asked_for(qtbot: QtBot, opened: Desk) -> None:
    moments_are_read(qtbot, opened, 3)
    slider = history(opened).scrubber.slider
    for value in (2, 1, 0, 1, 2, 1):
        slider.setValue(value)
    is_past(qtbot, opened, 1)
    assert history(opened).scrubber.text.text().endswith("1 / 3")
