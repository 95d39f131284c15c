"""Closing and starting again brings the person back to where they were."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.geometry import Box
from spinegui.gui.session.place import Place, from_text, to_text
from spinegui.gui.session.story import BANNER
from spinegui.gui.view_state import ChannelLook, View
from tests.support.desks import (
    PATIENCE_MS,
    banner_button,
    document_of,
    drawn,
    make_desk,
    open_images,
    predict,
    saved,
)

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk


@pytest.fixture
def left(qtbot: QtBot, home: Path, images: tuple[Path, ...], stack: Path) -> Place:
    """The place in which a window was closed: the second image, a spine selected, zoomed in."""
    desk = make_desk(qtbot, home)
    open_images(qtbot, desk, images[0], stack)
    desk.workspace.show_image(desk.workspace.image_ids[1])
    drawn(qtbot, desk)
    first, *_ = predict(desk, z=4.0)
    desk.navigate.go_to(first)
    desk.canvas.zoom_to(first.box)
    desk.workspace.view_state.update(window=(50.0, 400.0), gamma=1.5, threshold=0.35)
    saved(qtbot, desk)
    place = desk.stories.session.place()
    desk.window.close()
    desk.close()
    assert place is not None
    return place


def started(qtbot: QtBot, home: Path) -> Desk:
    """Start as without arguments."""
    desk = make_desk(qtbot, home)
    desk.stories.session.begin()
    return desk


def painted(qtbot: QtBot, desk: Desk) -> None:
    """Wait until the reopened project is on the screen."""
    drawn(qtbot, desk)
    qtbot.waitUntil(lambda: not desk.settings.unfinished_start, timeout=PATIENCE_MS)


def test_that_a_start_goes_back_to_where_the_window_was_closed(
    qtbot: QtBot, home: Path, left: Place
) -> None:
    desk = started(qtbot, home)
    painted(qtbot, desk)
    place = desk.stories.session.place()
    assert place is not None
    assert dataclasses.replace(place, seen=None) == dataclasses.replace(left, seen=None)
    assert place.view.z == 4
    assert desk.display.window == (50.0, 400.0)
    assert len(desk.workspace.selected_detections()) == 1
    assert place.seen is not None
    assert left.seen is not None
    assert place.seen.center == pytest.approx(left.seen.center, abs=0.5)
    assert place.seen.width == pytest.approx(left.seen.width, rel=0.02)
    desk.close()


def test_that_the_setting_keeps_the_start_empty(qtbot: QtBot, home: Path, left: Place) -> None:
    desk = make_desk(qtbot, home)
    desk.settings.reopens = False
    desk.stories.session.begin()
    assert desk.workspace.document is None
    assert desk.settings.unfinished_start == ""
    desk.close()


def test_that_a_start_that_was_never_painted_is_not_tried_again_but_offered(
    qtbot: QtBot, home: Path, left: Place
) -> None:
    crashed = make_desk(qtbot, home)
    crashed.settings.unfinished_start = left.project  # as a start leaves it that ends too early
    crashed.close()
    desk = started(qtbot, home)
    assert desk.workspace.document is None
    assert Path(left.project).name in desk.window.banners.texts()[BANNER]
    banner_button(desk, "Open it again").click()
    painted(qtbot, desk)
    assert str(document_of(desk).project.path) == left.project
    assert BANNER not in desk.window.banners.texts()
    desk.close()


def test_that_a_project_that_is_gone_leaves_an_empty_window_that_says_so(
    qtbot: QtBot, home: Path, left: Place
) -> None:
    Path(left.project).unlink()
    desk = started(qtbot, home)
    assert desk.workspace.document is None
    assert desk.settings.unfinished_start == ""
    desk.close()


def test_that_a_project_that_cannot_be_opened_is_tried_again_next_time(
    qtbot: QtBot, home: Path, left: Place
) -> None:
    Path(left.project).write_bytes(b"no project")
    desk = started(qtbot, home)
    errors: list[str] = []
    desk.notices.error_requested.connect(lambda title, _text: errors.append(title))
    qtbot.waitUntil(lambda: bool(errors), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not desk.settings.unfinished_start, timeout=PATIENCE_MS)
    desk.close()


def test_that_the_place_is_kept_while_one_works_not_only_at_the_end(
    qtbot: QtBot, shown: Desk
) -> None:
    second = shown.workspace.image_ids[1]
    shown.workspace.show_image(second)
    qtbot.waitUntil(lambda: second in shown.settings.place, timeout=PATIENCE_MS)


@given(
    st.builds(
        Place,
        project=st.text(min_size=1),
        image_id=st.text(),
        view=st.builds(
            View,
            z=st.integers(0, 99),
            threshold=st.floats(0, 1),
            is_projected=st.booleans(),
            looks=st.tuples(
                st.builds(
                    ChannelLook,
                    window=st.none() | st.tuples(st.floats(0, 9), st.floats(10, 99)),
                    gamma=st.floats(0.2, 5),
                )
            ),
        ),
        seen=st.none() | st.just(Box(1.5, 2, 30, 40)),
        selected=st.lists(st.text(), max_size=3).map(tuple),
        page=st.sampled_from(["", "image", "gallery"]),
    )
)
def test_that_a_place_written_and_read_is_the_same(place: Place) -> None:
    assert from_text(to_text(place)) == place


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"project": "a", "view": 3}', "{"])
def test_that_what_is_no_place_counts_as_none(text: str) -> None:
    assert from_text(text) is None


def test_that_fields_of_another_version_are_left_out() -> None:
    place = from_text('{"project": "a", "new": 1, "view": {"z": 3, "later": true}}')
    assert place == Place("a", view=View(z=3))
