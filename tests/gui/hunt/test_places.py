"""Places to look at along the shafts of a real synthetic image, traced by a real worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from spinegui.domain.detection import Detection, Origin, ReviewState
from spinegui.domain.edits import Change, Edit
from spinegui.domain.shafts import measured, nearest_on, unit_of
from spinegui.gui.hunt.story import Hunt
from spinegui.jobs.spec import JobKind
from spinegui.synthesis.image_file import write_image
from spinegui.synthesis.scene import SyntheticImage, make_image
from spinegui.synthesis.settings import FRAME
from tests.gui.stories.driving import choose as choose_in_menu
from tests.gui.stories.driving import toast_text
from tests.support.desks import (
    PATIENCE_MS,
    add_predictions,
    choose,
    detection,
    document_of,
    make_desk,
    open_images,
    press,
)
from tests.support.gestures import CTRL, SHIFT, click, drag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from tests.support.desks import KeptEngine

Key = Qt.Key


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SyntheticImage]:
    """One calibrated image of about 40 spines, with its truth."""
    image, file = make_image(2, FRAME), tmp_path_factory.mktemp("hunt") / "scene.tif"
    write_image(file, image)
    return file, image


@pytest.fixture
def open_desk(
    qtbot: QtBot, home: Path, engine: KeptEngine, scene: tuple[Path, SyntheticImage]
) -> Iterator[Desk]:
    """A desk on that image with a worker, nothing detected."""
    made = make_desk(qtbot, home, engine)
    open_images(qtbot, made, scene[0])
    yield made
    made.close()


def hunt(desk: Desk) -> Hunt:
    return next(story for story in desk.stories.instrument if isinstance(story, Hunt))


def opened(qtbot: QtBot, desk: Desk) -> Hunt:
    """Open the hunt and wait for its first answer."""
    choose_in_menu(desk, "Review", "Missed spines")
    story = hunt(desk)
    qtbot.waitUntil(lambda: story.hunting.findings is not None, timeout=PATIENCE_MS)
    return story


def propose(desk: Desk, image: SyntheticImage, scores: list[float]) -> list[Detection]:
    """Bring the first spines of the truth in as predictions with these scores."""
    spines = image.visible[: len(scores)]
    found = np.array([spine.box.as_xyxy() for spine in spines])
    return add_predictions(desk, found, np.array(scores))


def accept_truth(desk: Desk, image: SyntheticImage, leave: set[int] | None = None) -> None:
    """Bring the truth in as accepted predictions, but for some."""
    spines = [s for i, s in enumerate(image.visible) if i not in (leave or set())]
    made = [
        Detection(
            f"t{i}", desk.workspace.image_id, s.box, origin=Origin.MODEL,
            state=ReviewState.ACCEPTED, score=0.9, proposed_box=s.box,
        )
        for i, s in enumerate(spines)
    ]  # fmt: skip
    assert document_of(desk).push(Edit("Truth", tuple(Change(None, d) for d in made)))


def test_that_a_key_that_leads_nowhere_says_why(qtbot: QtBot, open_desk: Desk) -> None:
    press(qtbot, open_desk, Key.Key_J)
    assert toast_text(open_desk) == "The shafts are not traced yet."
    qtbot.waitUntil(lambda: hunt(open_desk).hunting.findings is not None, timeout=PATIENCE_MS)
    press(qtbot, open_desk, Key.Key_J)
    assert "No faint candidate" in toast_text(open_desk)
    press(qtbot, open_desk, Key.Key_J, SHIFT)
    assert "No stretch" in toast_text(open_desk)


def test_that_opening_the_hunt_traces_the_shafts_once(
    qtbot: QtBot, open_desk: Desk, scene: tuple[Path, SyntheticImage]
) -> None:
    story = hunt(open_desk)
    assert story.tracing.lines is None
    assert "not traced yet" in story.faint.text.text()
    opened(qtbot, open_desk)
    image = scene[1]
    lines = story.tracing.lines
    assert lines
    truth = measured([path[:, ::-1] for path in image.shafts], unit_of(image.pixel_size))
    places = np.concatenate(lines)[:, :2]
    assert np.mean(nearest_on(truth, places, unit_of(image.pixel_size)).distance < 0.5) > 0.9
    n_jobs = len(open_desk.jobs.all)
    open_desk.workspace.show_image(open_desk.workspace.image_id)
    qtbot.waitUntil(lambda: story.hunting.findings is not None, timeout=PATIENCE_MS)
    assert len(open_desk.jobs.all) == n_jobs
    assert all(not job.folder.exists() for job in open_desk.jobs.all)


def test_that_space_and_x_walk_the_faint_candidates_in_one_step_of_undo_each(
    qtbot: QtBot, open_desk: Desk, scene: tuple[Path, SyntheticImage]
) -> None:
    propose(open_desk, scene[1], [0.9, 0.45, 0.4, 0.35, 0.3, 0.01])
    story = opened(qtbot, open_desk)
    findings = story.hunting.findings
    assert findings is not None
    order = [f.detection_id for f in findings.faint]
    assert [round(f.score, 2) for f in findings.faint] == [0.45, 0.4, 0.35, 0.3]
    press(qtbot, open_desk, Key.Key_J)
    selection = open_desk.workspace.selection
    assert selection.single == order[0]
    assert story.faint.table.current == order[0]
    before = open_desk.workspace.annotation
    press(qtbot, open_desk, Key.Key_Space)
    assert detection(open_desk, order[0]).state is ReviewState.ACCEPTED
    assert selection.single == order[1]
    press(qtbot, open_desk, Key.Key_X)
    assert detection(open_desk, order[1]).state is ReviewState.REJECTED
    assert selection.single == order[2]
    press(qtbot, open_desk, Key.Key_Space, SHIFT)
    assert selection.single == order[1] or selection.single == order[2]
    choose(open_desk, "undo")
    choose(open_desk, "undo")
    assert open_desk.workspace.annotation == before
    press(qtbot, open_desk, Key.Key_Escape)
    assert open_desk.decide.walk is open_desk.navigate


def test_that_a_row_of_faint_candidates_is_decided_by_the_keys_of_the_review(
    qtbot: QtBot, open_desk: Desk, scene: tuple[Path, SyntheticImage]
) -> None:
    propose(open_desk, scene[1], [0.45, 0.4, 0.35])
    table = opened(qtbot, open_desk).faint.table
    at = table.visualRect(table.places.index(1, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    chosen = open_desk.workspace.selection.single
    assert chosen == table.places.rows[1].key
    qtbot.keyClick(table, Key.Key_Down)
    following = open_desk.workspace.selection.single
    assert following == table.places.rows[2].key
    qtbot.keyClick(table, Key.Key_3)
    assert detection(open_desk, following or "").label == "stubby"
    # A click on another spine ends the walk; the keys then lead through the image again.
    open_desk.workspace.selection.replace([chosen or ""])
    assert open_desk.decide.walk is open_desk.navigate


def test_that_the_distance_and_the_threshold_say_which_candidates_count(
    qtbot: QtBot, open_desk: Desk, scene: tuple[Path, SyntheticImage]
) -> None:
    propose(open_desk, scene[1], [0.45, 0.4, 0.35])
    story = opened(qtbot, open_desk)
    assert story.faint.reach.value() == 2.5
    story.faint.reach.setValue(0.5)

    def n_faint() -> int:
        return len(story.hunting.findings.faint) if story.hunting.findings else -1

    qtbot.waitUntil(lambda: n_faint() < 3)
    story.faint.reach.setValue(50.0)
    qtbot.waitUntil(lambda: n_faint() == 3)
    for _ in range(2):
        press(qtbot, open_desk, Key.Key_BracketLeft)
    qtbot.waitUntil(lambda: n_faint() == 1)
    assert "0.40" in story.faint.text.text()


def test_that_a_stretch_without_its_spines_is_outlined_and_listed(
    qtbot: QtBot, open_desk: Desk, scene: tuple[Path, SyntheticImage]
) -> None:
    image = scene[1]
    unit = unit_of(image.pixel_size)
    truth = measured([path[:, ::-1] for path in image.shafts[:1]], unit)
    heads = np.array([s.box.center for s in image.visible])
    on = nearest_on(truth, heads, unit)
    middle = np.median(on.along[on.distance < 2])
    hole = set(np.flatnonzero((np.abs(on.along - middle) < 8) & (on.distance < 3)).tolist())
    assert len(hole) > 8
    accept_truth(open_desk, image, leave=hole)
    story = opened(qtbot, open_desk)
    findings = story.hunting.findings
    assert findings is not None
    best = findings.sparse.stretches[0]
    assert best.p_anywhere < 0.05
    places = nearest_on(truth, best.points[:, :2], unit).along
    assert np.mean(np.abs(places - middle) < 9) > 0.8
    table = story.sparse.table
    row = table.places.rows[0]
    assert row.words[0] == f"{best.length:.1f}"
    assert row.words[3].endswith("*")
    assert f"{best.expected:.1f} expected" in row.tip
    press(qtbot, open_desk, Key.Key_J, SHIFT)
    assert table.current == "0"
    x, y = best.points[len(best.points) // 2, :2]
    assert open_desk.canvas.view.visible().contains(x, y)


def test_that_the_outlines_leave_with_the_hunt(
    qtbot: QtBot, open_desk: Desk, scene: tuple[Path, SyntheticImage]
) -> None:
    accept_truth(open_desk, scene[1], leave=set(range(0, 60, 2)))
    story = opened(qtbot, open_desk)
    layer = story._stretches
    assert len(layer.stretches) == len(story.sparse.table.places.rows)
    story.dock.close()
    assert layer.stretches == ()


def test_that_the_estimate_waits_until_enough_was_looked_at(
    qtbot: QtBot, open_desk: Desk, scene: tuple[Path, SyntheticImage]
) -> None:
    image = scene[1]
    story = opened(qtbot, open_desk)
    assert "Not enough looked at yet" in story.missing.text.text()
    assert not story.missing.number.isVisible()
    accept_truth(open_desk, image, leave={0, 9, 19})
    spot = image.visible[0].box.center
    click(open_desk.canvas, spot, modifiers=SHIFT)
    press(qtbot, open_desk, Key.Key_W)
    drag(open_desk.canvas, (2, 2), (420, 510))
    qtbot.waitUntil(story.missing.number.isVisible, timeout=PATIENCE_MS)
    findings = story.hunting.findings
    assert findings is not None
    assert findings.missing is not None
    total = findings.missing.total
    assert f"{total.low:.0f}–{total.high:.0f}" in story.missing.number.text()
    assert "you missed nothing" in story.missing.assumed.text()
    assert f"{total.high:.0f}" in story.missing.bar.accessibleDescription()
    press(qtbot, open_desk, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: not story.missing.number.isVisible(), timeout=PATIENCE_MS)


def test_that_a_look_before_the_boxes_is_compared_and_kept_apart(
    qtbot: QtBot, open_desk: Desk, scene: tuple[Path, SyntheticImage]
) -> None:
    theirs = propose(open_desk, scene[1], [0.9] * 6)
    story = hunt(open_desk)
    story.mower.look_first(on=True)
    open_desk.canvas.fit()
    while open_desk.canvas.view.visible().width <= 512:
        open_desk.canvas.zoom(0.9)
    before = open_desk.workspace.annotation
    press(qtbot, open_desk, Key.Key_T)
    while not any(story.mower.tile.box.contains(*d.box.center) for d in theirs):  # type: ignore[union-attr]
        press(qtbot, open_desk, Key.Key_T, SHIFT)
    tile = story.mower.tile
    assert tile is not None
    mine = next(d for d in theirs if tile.box.contains(*d.box.center))
    canvas = open_desk.canvas
    assert story.mower.is_hiding
    assert canvas.scene.showing.decided_only
    assert story.tiles.next.text() == "Compare with the model"
    click(canvas, mine.box.center, modifiers=SHIFT)
    press(qtbot, open_desk, Key.Key_T)
    assert not canvas.scene.showing.decided_only
    assert story.mower.tile == tile
    (both,) = [
        d
        for d in open_desk.workspace.annotation.detections.values()
        if d.origin is Origin.USER and d.proposed_box is not None
    ]
    assert both.proposed_box == mine.box
    press(qtbot, open_desk, Key.Key_T)
    (region,) = open_desk.workspace.annotation.regions.values()
    assert region.is_unaided
    assert region.box == tile.box
    for _ in range(3):  # the tile, the comparison, the click
        choose(open_desk, "undo")
    assert open_desk.workspace.annotation == before


def test_that_a_tracing_that_fails_says_why_and_can_be_tried_again(
    qtbot: QtBot, home: Path, engine: KeptEngine, tmp_path: Path
) -> None:
    file = tmp_path / "gone.tif"
    write_image(file, make_image(0, FRAME))
    made = make_desk(qtbot, home, engine)
    try:
        open_images(qtbot, made, file)
        kept = file.read_bytes()
        file.unlink()
        story = hunt(made)
        story.open()
        qtbot.waitUntil(lambda: bool(story.tracing.error), timeout=PATIENCE_MS)
        assert "gone.tif" in story.faint.text.text()
        file.write_bytes(kept)
        qtbot.mouseClick(story.faint.again, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bool(story.tracing.lines), timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: not made.jobs.is_running(JobKind.SHAFTS), timeout=PATIENCE_MS)
    finally:
        made.close()
