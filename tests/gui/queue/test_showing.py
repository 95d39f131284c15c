"""An item before the eye: its image, its sharpest slice, large enough, and read ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from tests.support.desks import choose, detection, drawn, open_images, press
from tests.support.gestures import CTRL
from tests.support.queues import PLACES, TORN, fill, ranked, story_of, waiting

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

Key = Qt.Key


@pytest.fixture
def on_stack(qtbot: QtBot, desk: Desk, stack: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A queue of three over a stack of six slices, not begun."""
    monkeypatch.setenv("SPINEGUI_REDUCE_MOTION", "1")
    open_images(qtbot, desk, stack)
    fill(desk, PLACES[:3], (0.5, 0.6, 0.7), (TORN,) * 3, z=(1.0, 4.0, 2.0))
    return desk


def begin(qtbot: QtBot, desk: Desk) -> None:
    press(qtbot, desk, Key.Key_J, CTRL)
    ranked(qtbot, desk)


def test_that_each_item_is_shown_in_its_slice_of_best_focus(qtbot: QtBot, on_stack: Desk) -> None:
    begin(qtbot, on_stack)
    seen = []
    for _ in range(3):
        current = detection(on_stack, story_of(on_stack).queue.current)
        assert on_stack.workspace.view.z == current.z
        seen.append(current.z)
        press(qtbot, on_stack, Key.Key_Space)
    assert sorted(seen) == [1.0, 2.0, 4.0]


def test_that_who_looks_at_the_projection_stays_there(qtbot: QtBot, on_stack: Desk) -> None:
    choose(on_stack, "projection")
    begin(qtbot, on_stack)
    press(qtbot, on_stack, Key.Key_Space)
    assert on_stack.workspace.view.is_projected


def test_that_the_next_items_slices_are_read_ahead(qtbot: QtBot, on_stack: Desk) -> None:
    begin(qtbot, on_stack)
    drawn(qtbot, on_stack)
    planes = on_stack.workspace.loader._shown.planes
    following = [round(detection(on_stack, i).z) for i in waiting(on_stack)[1:]]
    qtbot.waitUntil(lambda: all(planes.cached(z) is not None for z in following))


def test_that_an_item_on_another_image_comes_up_large_at_once(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPINEGUI_REDUCE_MOTION", "1")
    open_images(qtbot, desk, *images[:2])
    first, second = desk.workspace.image_ids
    desk.workspace.show_image(second)
    (there,) = fill(desk, PLACES[3:], (0.5,), (TORN,))
    desk.workspace.show_image(first)
    drawn(qtbot, desk)
    (here,) = fill(desk, PLACES[:1], (0.5,), (TORN,))
    story_of(desk).queue.choice.set(reach="project")
    begin(qtbot, desk)
    for _ in range(2):
        drawn(qtbot, desk)
        current = story_of(desk).queue.current
        box = detection(desk, current).box
        side = max(box.width, box.height) * desk.canvas.transform.scale
        assert 1 / 12.5 <= side / min(desk.canvas.width(), desk.canvas.height()) <= 1 / 2.9
        press(qtbot, desk, Key.Key_Space)
    assert waiting(desk) == []
    assert {here, there} == {item.detection_id for item in story_of(desk).queue.round.done()}


def test_that_an_undo_in_the_gallery_leaves_the_image_alone(qtbot: QtBot, on_stack: Desk) -> None:
    begin(qtbot, on_stack)
    press(qtbot, on_stack, Key.Key_Space)
    current = story_of(on_stack).queue.current
    choose(on_stack, "gallery")
    choose(on_stack, "undo")
    assert len(waiting(on_stack)) == 3
    assert story_of(on_stack).queue.current == current
    choose(on_stack, "queue")
    choose(on_stack, "queue")
    assert on_stack.front.page is None, "starting the queue brings the image to the front"
