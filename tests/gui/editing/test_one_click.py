"""One click adds a spine: a fitted box at once, its class from the real worker, one edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from spinegui.domain.detection import Origin, ReviewState
from spinegui.engine.local import LocalEngine
from spinegui.gui.canvas.tools import Tool
from tests.gui.stories.driving import choose
from tests.support.desks import (
    PATIENCE_MS,
    add_predictions,
    detection,
    document_of,
    make_desk,
    open_images,
    predict,
    press,
    saved,
)
from tests.support.gestures import SHIFT, click
from tests.support.images import write_imagej

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.domain.detection import Detection
    from spinegui.gui.desk import Desk
    from spinegui.gui.editing.one_click import OneClick
    from spinegui.gui.editing.story import Editing
    from tests.support.desks import KeptEngine

Key = Qt.Key
AT = (100.0, 12.0)


def one_click(desk: Desk) -> OneClick:
    story: Editing = next(s for s in desk.stories.instrument if hasattr(s, "one_click"))  # type: ignore[assignment]
    return story.one_click


@pytest.fixture
def bare(qtbot: QtBot, home: Path, engine: KeptEngine) -> Iterator[Desk]:
    """A desk with the real worker, that waits for classes as long as it takes."""
    desk = make_desk(qtbot, home, engine)
    one_click(desk).patience_ms = PATIENCE_MS
    yield desk
    desk.close()


@pytest.fixture
def ready(qtbot: QtBot, bare: Desk, images: tuple[Path, ...]) -> Desk:
    """The same with three images, and four predictions on the first."""
    open_images(qtbot, bare, *images[:3])
    predict(bare)
    return bare


def by_shift(_qtbot: QtBot, desk: Desk) -> None:
    click(desk.canvas, AT, modifiers=SHIFT)


def by_tool(qtbot: QtBot, desk: Desk) -> None:
    press(qtbot, desk, Key.Key_N)
    assert desk.canvas.tool is Tool.ADD
    click(desk.canvas, AT)


def by_menu(_qtbot: QtBot, desk: Desk) -> None:
    choose(desk, "Review", "Add spine")
    click(desk.canvas, AT)


DOORS = pytest.mark.parametrize("add", [by_shift, by_tool, by_menu])


def arrived(qtbot: QtBot, desk: Desk, known: int = 4) -> Detection:
    """Wait for the next spine and return it; it is the one selected."""
    items = desk.workspace.annotation.detections
    qtbot.waitUntil(lambda: len(desk.workspace.annotation.detections) > known, timeout=PATIENCE_MS)
    assert len(items) == known
    return detection(desk, desk.workspace.selection.single or "")


@DOORS
def test_that_a_click_adds_a_box_and_a_class_in_one_step_of_undo(
    qtbot: QtBot, ready: Desk, add: Callable[[QtBot, Desk], None]
) -> None:
    before, steps = ready.workspace.annotation, document_of(ready).undo_stack.count()
    add(qtbot, ready)
    assert one_click(ready).is_proposing
    (sketched,) = ready.canvas.scene.proposals
    assert ready.workspace.annotation == before, "the box is a sketch until its class is there"
    spine = arrived(qtbot, ready)
    assert (spine.origin, spine.state, spine.votes) == (Origin.USER, ReviewState.ACCEPTED, ())
    assert spine.box == sketched
    assert spine.label in document_of(ready).label_set.ids
    assert sum(share for _, share in spine.class_scores) == pytest.approx(1)
    assert spine.model
    assert ready.canvas.scene.proposals == ()
    assert document_of(ready).undo_stack.count() == steps + 1
    choose(ready, "Edit", "Undo")
    assert ready.workspace.annotation == before
    saved(qtbot, ready)


def test_that_a_key_pressed_meanwhile_means_the_new_spine(qtbot: QtBot, ready: Desk) -> None:
    by_shift(qtbot, ready)
    press(qtbot, ready, Key.Key_3)
    spine = detection(ready, ready.workspace.selection.single or "")
    assert (spine.label, spine.class_scores) == ("stubby", ())
    assert not one_click(ready).is_proposing


def test_that_several_clicks_in_a_row_each_add_a_spine(qtbot: QtBot, ready: Desk) -> None:
    steps = document_of(ready).undo_stack.count()
    for x in (60, 100, 120):
        click(ready.canvas, (x, 118), modifiers=SHIFT)
    assert len(ready.canvas.scene.proposals) == 3
    qtbot.waitUntil(lambda: not one_click(ready).is_proposing, timeout=PATIENCE_MS)
    added = list(ready.workspace.annotation.detections.values())[4:]
    assert len(added) == 3
    assert all(d.class_scores for d in added)
    assert document_of(ready).undo_stack.count() == steps + 3


def test_that_an_image_shown_meanwhile_gets_nothing_and_the_first_one_keeps_its_spine(
    qtbot: QtBot, ready: Desk
) -> None:
    first, second, _ = ready.workspace.image_ids
    by_shift(qtbot, ready)
    ready.workspace.show_image(second)
    assert ready.canvas.scene.proposals == ()
    qtbot.waitUntil(lambda: not one_click(ready).is_proposing, timeout=PATIENCE_MS)
    assert len(document_of(ready).annotation(first).detections) == 5
    assert not document_of(ready).annotation(second).detections
    assert ready.workspace.image_id == second
    assert ready.workspace.selection.ids == ()


def test_that_a_project_closed_meanwhile_keeps_the_spine(qtbot: QtBot, ready: Desk) -> None:
    path, first = document_of(ready).project.path, ready.workspace.image_id
    by_shift(qtbot, ready)
    ready.open_project.close_current()
    assert not one_click(ready).is_proposing
    ready.open([path])
    qtbot.waitUntil(lambda: ready.workspace.document is not None, timeout=PATIENCE_MS)
    assert len(document_of(ready).annotation(first).detections) == 5


def test_that_without_an_answer_the_box_comes_without_a_class(qtbot: QtBot, ready: Desk) -> None:
    one_click(ready).patience_ms = 0
    by_shift(qtbot, ready)
    spine = arrived(qtbot, ready)
    assert spine.class_scores == ()
    # The answer that is on its way is heard too late to be a second step.
    steps = document_of(ready).undo_stack.count()
    one_click(ready).patience_ms = PATIENCE_MS
    click(ready.canvas, (60, 118), modifiers=SHIFT)
    qtbot.waitUntil(lambda: not one_click(ready).is_proposing, timeout=PATIENCE_MS)
    assert document_of(ready).undo_stack.count() == steps + 1
    assert detection(ready, spine.id) == spine


def test_that_a_worker_that_cannot_read_the_image_costs_the_class_only(
    qtbot: QtBot, ready: Desk, images: tuple[Path, ...], tmp_path: Path
) -> None:
    copy = tmp_path / "gone.tif"
    copy.write_bytes(images[0].read_bytes())
    open_images(qtbot, ready, copy)
    ready.workspace.show_image(ready.workspace.image_ids[-1])
    qtbot.waitUntil(lambda: ready.display.plane is not None)
    copy.unlink()
    by_shift(qtbot, ready)
    assert arrived(qtbot, ready, known=0).class_scores == ()


def test_that_a_worker_that_dies_takes_no_spine_with_it(
    qtbot: QtBot, home: Path, images: tuple[Path, ...]
) -> None:
    engine = LocalEngine()
    desk = make_desk(qtbot, home, engine)
    try:
        open_images(qtbot, desk, images[0])
        one_click(desk).patience_ms = PATIENCE_MS
        by_shift(qtbot, desk)
        child = engine._warm._child
        assert child is not None
        child.kill()
        arrived(qtbot, desk, known=0)
        assert document_of(desk).undo_stack.count() == 1
    finally:
        desk.close()


def test_that_an_image_that_is_a_link_gets_its_class_too(
    qtbot: QtBot, bare: Desk, images: tuple[Path, ...], tmp_path: Path
) -> None:
    link = tmp_path / "linked.tif"
    link.symlink_to(images[0])
    open_images(qtbot, bare, link)
    by_shift(qtbot, bare)
    assert arrived(qtbot, bare, known=0).class_scores


def test_that_a_candidate_below_the_threshold_is_taken_as_it_is(qtbot: QtBot, ready: Desk) -> None:
    low = list(ready.workspace.annotation.detections.values())[3]
    assert low.score is not None
    assert low.score < ready.workspace.view.threshold
    by_menu_at = low.box.center
    choose(ready, "Review", "Add spine")
    click(ready.canvas, by_menu_at)
    after = detection(ready, low.id)
    assert (after.state, after.votes) == (ReviewState.ACCEPTED, ())
    assert ready.workspace.selection.single == low.id
    choose(ready, "Edit", "Undo")
    assert detection(ready, low.id) == low


# -- stacks ------------------------------------------------------------------------------------


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    """A stack of 7 slices with a head at (60, 40) that is sharpest in slice 4."""
    rows, columns = np.mgrid[0:80, 0:100]
    head = 900 * np.exp(-((columns + 0.5 - 60) ** 2 + (rows + 0.5 - 40) ** 2) / 18)
    rng = np.random.default_rng(2)
    planes = [rng.normal(200, 8, rows.shape) + head * np.exp(-((z - 4) ** 2) / 2) for z in range(7)]
    pixels = np.array(planes).astype(np.uint16)
    return write_imagej(
        tmp_path / "deep.tif", pixels, "ZYX", per_unit=(12.5, 12.5), metadata={"unit": "um"}
    )


@pytest.mark.parametrize("projected", [False, True], ids=["slice", "projection"])
def test_that_in_a_stack_the_sharpest_slice_and_its_neighbours_are_proposed(
    qtbot: QtBot, bare: Desk, deep: Path, projected: bool
) -> None:
    open_images(qtbot, bare, deep)
    bare.workspace.go_to_slice(3)
    if projected:
        choose(bare, "View", "Maximum projection")
    # The head's middle, at 740 in slice 3 and at 1100 in the projection.
    qtbot.waitUntil(lambda: (float(bare.display.plane[40, 60]) > 1000) is projected)  # type: ignore[index]
    click(bare.canvas, (58, 42), modifiers=SHIFT)
    spine = arrived(qtbot, bare, known=0)
    assert (spine.z, spine.z_range) == (4.0, (3, 5))
    assert spine.box.center == pytest.approx((60, 40), abs=2)
    assert spine.class_scores


def test_that_the_size_follows_the_other_boxes_of_the_image(qtbot: QtBot, ready: Desk) -> None:
    boxes = np.array([(x, 2, x + 7, 11) for x in range(0, 120, 10)], float)
    add_predictions(ready, boxes, np.full(len(boxes), 0.9))
    known = len(ready.workspace.annotation.detections)
    click(ready.canvas, (40, 110), modifiers=SHIFT)
    spine = arrived(qtbot, ready, known)
    assert (spine.box.width, spine.box.height) == pytest.approx((7, 9))
