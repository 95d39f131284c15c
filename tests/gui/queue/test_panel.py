"""The queue's dock, the strip below the image and the reason in the Spine panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from spinegui.gui.queue.why import WhySection
from spinegui.gui.queue.words import progress_text, time_left_text
from tests.gui.stories.driving import toast_text
from tests.support.desks import choose, detection, open_images, press
from tests.support.gestures import CTRL, SHIFT
from tests.support.queues import fill, ranked, story_of, waiting

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.queue.panel import QueuePanel

Key = Qt.Key


@pytest.fixture
def walked(qtbot: QtBot, desk: Desk, images: tuple[Path, ...]) -> Desk:
    open_images(qtbot, desk, *images[:2])
    fill(desk)
    press(qtbot, desk, Key.Key_J, CTRL)
    ranked(qtbot, desk)
    panel = story_of(desk).panel
    qtbot.waitUntil(lambda: panel.list.model().rowCount() == 3)
    return desk


def panel_of(desk: Desk) -> QueuePanel:
    return story_of(desk).panel


def rows(desk: Desk) -> list[str]:
    model = panel_of(desk).list.model()
    return [model.index(i, 0).data() for i in range(model.rowCount())]


def button(desk: Desk, text: str):
    return next(b for b in panel_of(desk).summary.buttons if b.isVisible() and b.text() == text)


def test_that_starting_opens_the_dock_with_the_item_marked(walked: Desk) -> None:
    assert story_of(walked).dock.isVisible()
    assert rows(walked)[0] == "thin 0.50 / filopodia 0.46 · score 0.55: may be none"
    assert panel_of(walked).list.currentIndex().row() == 0
    assert panel_of(walked).switch.text() == "Stop the queue"
    assert walked.canvas.hasFocus()


def test_that_a_click_on_an_item_goes_there(qtbot: QtBot, walked: Desk) -> None:
    listed = panel_of(walked).list
    third = waiting(walked)[2]
    at = listed.visualRect(listed.model().index(2, 0)).center()
    qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert walked.workspace.selection.single == third == story_of(walked).queue.current
    assert walked.canvas.hasFocus()
    press(qtbot, walked, Key.Key_X)
    assert third not in waiting(walked)


def test_that_the_arrow_keys_and_space_work_in_the_list(qtbot: QtBot, walked: Desk) -> None:
    listed = panel_of(walked).list
    listed.setFocus()
    qtbot.waitUntil(listed.hasFocus)
    second = waiting(walked)[1]
    press(qtbot, walked, Key.Key_Down)
    assert walked.workspace.selection.single == second
    press(qtbot, walked, Key.Key_Space)
    assert second not in waiting(walked)


def test_that_the_strip_says_how_far_the_queue_is(qtbot: QtBot, walked: Desk) -> None:
    strip = story_of(walked).strip
    assert (strip.isVisible(), strip.text()) == (True, "queue 0/3")
    press(qtbot, walked, Key.Key_Space)
    assert strip.text() == "queue 1/3"
    press(qtbot, walked, Key.Key_K, SHIFT)
    assert strip.text() == "queue 1/2"
    press(qtbot, walked, Key.Key_J, CTRL)
    assert not strip.isVisible()


def test_that_the_spine_panel_says_why(qtbot: QtBot, walked: Desk) -> None:
    (section,) = walked.label.findChildren(WhySection)
    assert section.isVisible()
    assert section.text.text().splitlines()[0] == "thin 0.50 / filopodia 0.46"
    press(qtbot, walked, Key.Key_Escape)
    assert not section.isVisible()


def test_that_the_end_is_summed_up_with_the_next_step(qtbot: QtBot, walked: Desk) -> None:
    first, *_ = waiting(walked)
    press(qtbot, walked, Key.Key_3)
    press(qtbot, walked, Key.Key_Space)
    press(qtbot, walked, Key.Key_X)
    press(qtbot, walked, Key.Key_Space)
    assert detection(walked, first).label == "stubby"
    qtbot.waitUntil(lambda: "1 accepted · 1 relabelled · 1 rejected" in toast_text(walked))
    summary = panel_of(walked).summary
    qtbot.waitUntil(summary.isVisible)
    assert summary.title.text() == "3 spines decided"
    assert "1 relabelled" in summary.text.text()
    button(walked, "Missed spines").click()
    assert walked.window.docks["hunt"].isVisible()


def test_that_an_undo_after_the_end_goes_on(qtbot: QtBot, walked: Desk) -> None:
    for _ in range(3):
        press(qtbot, walked, Key.Key_Space)
    press(qtbot, walked, Key.Key_Z, CTRL)
    (last,) = waiting(walked)
    qtbot.waitUntil(lambda: walked.workspace.selection.single == last)
    assert story_of(walked).queue.is_on


def test_that_an_empty_queue_offers_what_fills_it(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, images[0])
    choose(desk, "queue")
    ranked(qtbot, desk)
    summary = panel_of(desk).summary
    qtbot.waitUntil(summary.isVisible)
    assert summary.title.text() == "No spines to decide on"
    assert button(desk, "Detect").isEnabled()


def test_that_the_dock_s_buttons_are_the_keys_actions(qtbot: QtBot, walked: Desk) -> None:
    first, second, third = waiting(walked)
    buttons = {b.defaultAction().objectName(): b for b in panel_of(walked).buttons}
    buttons["queue_skip"].click()
    assert waiting(walked) == [second, third, first]
    assert "K" in buttons["queue_skip"].toolTip()
    panel_of(walked).switch.click()
    assert not story_of(walked).queue.is_on
    assert not buttons["queue_skip"].isEnabled()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(20, "under a minute left"), (17 * 60, "17 min left"), (125 * 60, "2 h 5 min left")],
)
def test_that_time_is_told_in_whole_minutes(seconds: float, text: str) -> None:
    assert time_left_text(seconds) == text


def test_that_progress_reads_as_a_person_would_say_it() -> None:
    assert progress_text(61, 214, 9.2, 17 * 60) == "61/214 · 9/min · 17 min left"
    assert progress_text(214, 214, 9.2, 0.0) == "214/214"
    assert progress_text(1, 214, None, None) == "1/214"


def test_that_each_control_has_a_name_for_those_who_cannot_see_it(walked: Desk) -> None:
    panel = panel_of(walked)
    for control in (panel.reach, panel.order, panel.bar, panel.list):
        assert control.accessibleName()
    index = panel.list.model().index(0, 0)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Thin, 0.55, thin 0.50 / filopodia 0.46")
    assert all(label.text() for label in panel.findChildren(QLabel) if label.isVisible())
