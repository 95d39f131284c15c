"""The window fits the smallest screen it is made for, whatever is open in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.desks import open_images

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

SMALLEST = (1280, 800)
CLOSED_AT_FIRST = ("queue", "hunt", "history")


@pytest.mark.parametrize("names", [*((name,) for name in CLOSED_AT_FIRST), CLOSED_AT_FIRST])
def test_that_opening_a_panel_leaves_the_window_on_the_smallest_screen(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...], names: tuple[str, ...]
) -> None:
    open_images(qtbot, desk, images[0])
    desk.window.resize(*SMALLEST)
    for name in names:
        desk.actions[name].trigger()
        qtbot.waitUntil(desk.window.docks[name].isVisible)
    qtbot.wait(50)  # docks find their places in a later turn of the event loop
    assert desk.window.size().toTuple() == SMALLEST


def test_that_the_image_takes_all_the_room_where_no_section_is_shown(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, images[0])
    assert desk.canvas.size() == desk.window.image_views.size()
