"""Merge and split by key, menu and context menu: one step of undo, the result selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from spinegui.domain.detection import ReviewState
from tests.gui.stories.driving import choose, toast_text
from tests.support.desks import add_predictions, detection, document_of, predictions, press
from tests.support.gestures import CTRL, SHIFT, click

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from spinegui.domain.detection import Detection
    from spinegui.gui.desk import Desk

Key = Qt.Key


def by_key(qtbot: QtBot, desk: Desk, what: str) -> None:
    press(qtbot, desk, Key.Key_G, *([SHIFT] if what == "Split" else []))


def by_menu(_qtbot: QtBot, desk: Desk, what: str) -> None:
    choose(desk, "Edit", what)


DOORS = pytest.mark.parametrize("door", [by_key, by_menu], ids=["key", "menu"])


@pytest.fixture
def two(shown: Desk) -> list[Detection]:
    """Two predictions that lie on one spine, besides those that are there."""
    boxes = np.array([(90, 20, 102, 34), (99, 22, 112, 36)], float)
    add_predictions(shown, boxes, np.array([0.9, 0.6]))
    return sorted(predictions(shown), key=lambda d: d.box.x0)[-2:]


def pick(desk: Desk, *found: Detection) -> None:
    for spine in found:
        click(desk.canvas, spine.box.center, modifiers=CTRL)
    assert set(desk.workspace.selection.ids) == {d.id for d in found}


@DOORS
def test_that_two_boxes_on_one_spine_become_one(
    qtbot: QtBot, shown: Desk, two: list[Detection], door: Callable[[QtBot, Desk, str], None]
) -> None:
    pick(shown, *two)
    before, steps = shown.workspace.annotation, document_of(shown).undo_stack.count()
    door(qtbot, shown, "Merge")
    best, other = (detection(shown, d.id) for d in two)
    assert best.box.as_xyxy() == (90, 20, 112, 36)
    assert (best.state, other.state) == (ReviewState.ACCEPTED, ReviewState.REJECTED)
    assert shown.workspace.selection.single == best.id
    assert document_of(shown).undo_stack.count() == steps + 1
    choose(shown, "Edit", "Undo")
    assert shown.workspace.annotation == before


def test_that_boxes_far_apart_are_not_merged(qtbot: QtBot, shown: Desk) -> None:
    a, _, _, low = predictions(shown)
    shown.workspace.selection.replace([a.id, low.id])
    before = shown.workspace.annotation
    by_key(qtbot, shown, "Merge")
    assert shown.workspace.annotation == before
    assert "too far apart" in toast_text(shown)


@DOORS
def test_that_one_box_becomes_two_that_are_selected(
    qtbot: QtBot, shown: Desk, door: Callable[[QtBot, Desk, str], None]
) -> None:
    (spine, *_) = predictions(shown)
    click(shown.canvas, spine.box.center)
    before, steps = shown.workspace.annotation, document_of(shown).undo_stack.count()
    door(qtbot, shown, "Split")
    ids = shown.workspace.selection.ids
    assert len(ids) == 2
    assert spine.id in ids
    for part in (detection(shown, i) for i in ids):
        assert part.state is ReviewState.ACCEPTED
        assert part.box.area < spine.box.area
        assert part.box.intersection(spine.box) == part.box
    assert document_of(shown).undo_stack.count() == steps + 1
    choose(shown, "Edit", "Undo")
    assert shown.workspace.annotation == before


def test_that_each_says_what_it_needs(shown: Desk) -> None:
    a, b, *_ = predictions(shown)
    merge, split = shown.actions["merge"], shown.actions["split"]
    for chosen, can_merge, can_split in (((), False, False), ((a,), False, True)):
        shown.workspace.selection.replace(d.id for d in chosen)
        assert (merge.isEnabled(), split.isEnabled()) == (can_merge, can_split)
    assert "two or more" in merge.toolTip()
    shown.workspace.selection.replace([a.id, b.id])
    assert (merge.isEnabled(), split.isEnabled()) == (True, False)
    assert "Select one spine first" in split.toolTip()
