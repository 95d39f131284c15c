"""A spine through z is one spine: its slices and its box are changed once, in one edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from PySide6.QtCore import Qt

from tests.gui.stories.driving import choose
from tests.support.desks import detection, document_of, open_images, predict, predictions, press
from tests.support.gestures import SHIFT, click, drag

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.domain.detection import Detection
    from spinegui.gui.desk import Desk
    from spinegui.gui.editing.slice_extent import SliceExtent

Key = Qt.Key


def extent(desk: Desk) -> SliceExtent:
    story = next(s for s in desk.stories.instrument if hasattr(s, "slices"))
    return story.slices  # type: ignore[no-any-return]


@pytest.fixture
def spine(qtbot: QtBot, desk: Desk, stack: Path) -> Detection:
    """The first of four predictions in a stack of 6 slices: slice 2, spanning 1 to 3."""
    open_images(qtbot, desk, stack)
    predict(desk, z=2.0)
    desk.workspace.go_to_slice(2)
    found = predictions(desk)[0]
    click(desk.canvas, found.box.center)
    assert desk.workspace.selection.single == found.id
    return found


class Case(NamedTuple):
    """A key and its menu entry, pressed in slice `z`, and what the spine spans then."""

    key: Key
    words: str
    z: int
    z_range: tuple[int, int]
    best: float


CASES = (
    Case(Key.Key_Down, "Seen from this slice on", 0, (0, 3), 2.0),
    Case(Key.Key_Up, "Seen up to this slice", 5, (1, 5), 2.0),
    Case(Key.Key_Up, "Seen up to this slice", 1, (1, 1), 1.0),
    Case(Key.Key_B, "Sharpest in this slice", 4, (1, 4), 4.0),
)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("by_key", [True, False], ids=["key", "menu"])
def test_that_the_shown_slice_becomes_an_end_or_the_sharpest(
    qtbot: QtBot, desk: Desk, spine: Detection, case: Case, by_key: bool
) -> None:
    desk.workspace.go_to_slice(case.z)
    before, steps = desk.workspace.annotation, document_of(desk).undo_stack.index()
    if by_key:
        press(qtbot, desk, case.key, SHIFT)
    else:
        choose(desk, "Edit", case.words)
    after = detection(desk, spine.id)
    assert (after.z_range, after.z, after.box) == (case.z_range, case.best, spine.box)
    assert document_of(desk).undo_stack.index() == steps + 1
    choose(desk, "Edit", "Undo")
    assert desk.workspace.annotation == before


def test_that_the_panel_s_numbers_follow_and_change_the_spine(
    qtbot: QtBot, desk: Desk, spine: Detection
) -> None:
    fields = extent(desk).fields
    assert [field.value() for field in fields.values()] == [2, 3, 4]
    last = fields["last_slice"]
    last.setFocus()
    last.selectAll()
    qtbot.keyClicks(last, "6")
    assert detection(desk, spine.id) == spine, "a number half typed is no slice yet"
    qtbot.keyClick(last, Key.Key_Return)
    assert detection(desk, spine.id).z_range == (1, 5)
    qtbot.keyClick(fields["first_slice"], Key.Key_Down)
    assert detection(desk, spine.id).z_range == (0, 5)
    choose(desk, "Edit", "Undo")
    assert [field.value() for field in fields.values()] == [2, 3, 6]


def test_that_moving_the_box_in_any_slice_moves_the_one_spine(
    qtbot: QtBot, desk: Desk, spine: Detection
) -> None:
    desk.workspace.go_to_slice(3)
    steps = document_of(desk).undo_stack.index()
    x, y = spine.box.center
    drag(desk.canvas, (x, y), (x + 5, y + 4))
    desk.workspace.go_to_slice(1)
    after = detection(desk, spine.id)
    assert (after.z_range, after.z) == (spine.z_range, spine.z)
    assert after.box.x0 == pytest.approx(spine.box.x0 + 5, abs=0.1)
    assert document_of(desk).undo_stack.index() == steps + 1


def test_that_an_image_of_one_slice_has_no_extent(qtbot: QtBot, shown: Desk) -> None:
    shown.workspace.selection.replace([predictions(shown)[0].id])
    assert extent(shown).isHidden()
    assert "one slice" in shown.actions["first_slice"].toolTip()
