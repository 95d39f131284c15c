"""The tour is done with one's own hands: every step with its key, its button or the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QApplication

from spinegui.app import open_window
from spinegui.gui.dialogs.preflight import Preflight
from spinegui.gui.style.theme import apply_theme
from spinegui.gui.tour.callout import placed
from spinegui.gui.tour.steps import STEPS
from spinegui.gui.tour.story import BANNER
from spinegui.jobs.spec import JobKind
from spinegui.synthesis.sample import SAMPLE
from tests.gui.stories.driving import choose as choose_entry
from tests.gui.stories.driving import opened
from tests.support.desks import (
    PATIENCE_MS,
    KeptEngine,
    banner_button,
    choose,
    document_of,
    drawn,
    make_desk,
    open_images,
    own_settings,
    press,
)
from tests.support.gestures import SHIFT, drag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.tour.story import Tour

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def at_step(qtbot: QtBot, tour: Tour, name: str) -> None:
    qtbot.waitUntil(lambda: tour.is_leading and tour.step.id == name, timeout=PATIENCE_MS)


@pytest.fixture
def led(qtbot: QtBot, shown: Desk) -> Iterator[Tour]:
    """The tour at its first step, on a desk with four predictions."""
    shown.stories.tour.lead()
    yield shown.stories.tour
    shown.stories.tour.end()


def test_that_the_tour_leads_from_the_menu_to_a_training(
    qtbot: QtBot, home: Path, engine: KeptEngine
) -> None:
    desk = make_desk(qtbot, home, engine)
    desk.stories.sample._recipes = SAMPLE[:1]
    tour = desk.stories.tour
    choose_entry(desk, "Help", "Tour")
    at_step(qtbot, tour, "look")
    assert document_of(desk).project.path.name == "tour.spine"
    drawn(qtbot, desk)
    qtbot.waitUntil(lambda: len(desk.workspace.shown_detections()) > 4, timeout=PATIENCE_MS)
    for key, then in (
        (Key.Key_Tab, "accept"), (Key.Key_Space, "label"), (Key.Key_2, "reject"),
    ):  # fmt: skip
        press(qtbot, desk, key)
        at_step(qtbot, tour, then)
    press(qtbot, desk, Key.Key_Tab)
    press(qtbot, desk, Key.Key_X)
    at_step(qtbot, tour, "draw")
    drag(desk.canvas, (20, 20), (44, 40), modifiers=SHIFT)
    at_step(qtbot, tour, "reviewed")
    press(qtbot, desk, Key.Key_Return, CTRL)
    at_step(qtbot, tour, "retrain")
    press(qtbot, desk, Key.Key_T, CTRL)
    opened(qtbot, desk, Preflight).accept()
    at_step(qtbot, tour, "end")
    tour.card.end.click()
    assert not tour.is_leading
    qtbot.waitUntil(lambda: not desk.jobs.is_running(JobKind.TRAIN), timeout=PATIENCE_MS)
    desk.close()


def test_that_doing_another_thing_does_not_turn_the_page(
    qtbot: QtBot, shown: Desk, led: Tour
) -> None:
    press(qtbot, shown, Key.Key_Tab)
    at_step(qtbot, led, "accept")
    press(qtbot, shown, Key.Key_X)
    QApplication.processEvents()
    assert led.step.id == "accept"


def test_that_the_card_stands_in_the_window_beside_what_it_points_at(
    qtbot: QtBot, shown: Desk, led: Tour
) -> None:
    for step in STEPS:
        assert led.step is step
        assert shown.window.rect().contains(led.card.geometry())
        if step.target.startswith("action:"):
            assert led.ring.isVisible(), step.id
            assert not led.card.geometry().intersects(led.ring.geometry())
        led.go_on()
    assert not led.is_leading
    assert not led.card.isVisible()


def test_that_a_step_can_be_skipped_with_the_mouse(qtbot: QtBot, led: Tour) -> None:
    qtbot.mouseClick(led.card.skip, Qt.MouseButton.LeftButton)
    assert led.step is STEPS[1]


def test_that_escape_first_deselects_and_then_ends_the_tour(
    qtbot: QtBot, shown: Desk, led: Tour
) -> None:
    press(qtbot, shown, Key.Key_Tab)
    at_step(qtbot, led, "accept")
    press(qtbot, shown, Key.Key_Escape)
    assert not shown.workspace.selection.ids
    assert led.is_leading
    QApplication.processEvents()
    press(qtbot, shown, Key.Key_Escape)
    assert not led.is_leading


def test_that_one_voice_says_what_is_next(shown: Desk, led: Tour) -> None:
    line = shown.stories.guide.line
    assert not line.isVisible()
    choose(shown, "tour")
    assert not led.is_leading
    shown.stories.guide.refresh()
    assert line.isVisible()


def test_that_the_words_follow_the_person_s_keys(shown: Desk, led: Tour) -> None:
    shown.actions.keys.add("accept_next", "Y")
    led.go_on()
    assert "press Y:" in led.card.text.text()


def test_that_another_project_ends_the_tour(
    qtbot: QtBot, shown: Desk, led: Tour, stack: Path
) -> None:
    shown.open_project.close_current()
    assert not led.is_leading


def first_start(home: Path) -> Desk:
    return open_window(settings=own_settings(home))


def test_that_the_tour_is_offered_once_at_the_first_start(qtbot: QtBot, home: Path) -> None:
    desk = first_start(home)
    assert "Two minutes" in desk.window.banners.texts()[BANNER]
    assert banner_button(desk, "Take the tour").isEnabled()
    desk.close()
    again = first_start(home)
    assert BANNER not in again.window.banners.texts()
    again.close()
    apply_theme(QApplication.instance(), "light")


def test_that_the_offer_goes_when_somebody_opens_their_own_image(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    desk.stories.tour.offer()
    assert BANNER in desk.window.banners.texts()
    open_images(qtbot, desk, images[0])
    assert BANNER not in desk.window.banners.texts()


@given(
    st.integers(0, 1200), st.integers(0, 700), st.integers(1, 1280), st.integers(1, 800),
    st.integers(60, 260),
)  # fmt: skip
def test_that_a_card_is_always_in_the_room(x: int, y: int, w: int, h: int, height: int) -> None:
    room = QRect(12, 12, 1256, 776)
    target = QRect(QPoint(x, y), QSize(w, h))
    assert room.contains(placed(QSize(320, height), target, room))
