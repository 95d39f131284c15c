"""Over the image tile by tile: every tile seen is a reviewed region and one step of undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from spinegui.domain.detection import Origin, ReviewState
from spinegui.domain.geometry import Box
from spinegui.gui.hunt.story import Hunt
from tests.gui.stories.driving import choose as choose_in_menu
from tests.support.desks import choose, document_of, open_images, press
from tests.support.gestures import ALT, CTRL, SHIFT, click

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.hunt.lawnmower import Lawnmower
    from spinegui.gui.hunt.tiles_part import TilesPart

Key = Qt.Key


def hunt(desk: Desk) -> Hunt:
    return next(story for story in desk.stories.instrument if isinstance(story, Hunt))


def walking(desk: Desk) -> Lawnmower:
    """A walk in tiles of about a third of the image, begun at the first tile."""
    desk.canvas.zoom_to(Box(20, 20, 40, 40))
    while desk.canvas.view.visible().height > 60:
        desk.canvas.zoom(1.1)
    while desk.canvas.view.visible().height < 45:
        desk.canvas.zoom(0.9)
    choose(desk, "tile_next")
    mower = hunt(desk).mower
    assert mower.is_on
    assert len(mower.walk.tiles) > 4
    return mower


def by_key(qtbot: QtBot, desk: Desk) -> None:
    press(qtbot, desk, Key.Key_T)


def by_menu(qtbot: QtBot, desk: Desk) -> None:
    choose_in_menu(desk, "Review", "Tile seen, next tile")


def by_button(qtbot: QtBot, desk: Desk) -> None:
    qtbot.mouseClick(part(desk).next, Qt.MouseButton.LeftButton)


def part(desk: Desk) -> TilesPart:
    return hunt(desk).tiles


@pytest.mark.parametrize("door", [by_key, by_menu, by_button])
def test_that_a_tile_seen_is_reviewed_in_one_step_and_the_next_is_shown(
    qtbot: QtBot, shown: Desk, door: object
) -> None:
    mower = walking(shown)
    first, before = mower.tile, shown.workspace.annotation
    assert first is not None
    door(qtbot, shown)  # type: ignore[operator]
    annotation = shown.workspace.annotation
    assert [region.box for region in annotation.regions.values()] == [first.box]
    assert mower.tile != first
    assert mower.n_seen == 1
    press(qtbot, shown, Key.Key_Z, CTRL)
    assert shown.workspace.annotation == before
    assert (mower.tile, mower.n_seen) == (first, 0)
    press(qtbot, shown, Key.Key_Y, CTRL)
    assert shown.workspace.annotation == annotation
    assert mower.n_seen == 1


def test_that_the_view_shows_the_whole_tile(qtbot: QtBot, shown: Desk) -> None:
    mower = walking(shown)
    for _ in range(3):
        assert mower.tile is not None
        seen = shown.canvas.view.visible().grown(0.01)
        assert seen.intersection(mower.tile.box) == mower.tile.box
        press(qtbot, shown, Key.Key_T)


def test_that_what_is_shown_in_a_seen_tile_is_accepted_and_the_rest_is_left(
    qtbot: QtBot, shown: Desk
) -> None:
    mower = walking(shown)
    tile = mower.tile
    assert tile is not None
    press(qtbot, shown, Key.Key_T)
    threshold = shown.workspace.view.threshold
    for d in shown.workspace.annotation.detections.values():
        is_in = tile.box.contains(*d.box.center) and (d.score or 0) >= threshold
        assert (d.state is ReviewState.ACCEPTED) == is_in


def test_that_seen_neighbours_become_one_region_and_the_last_tile_offers_the_whole_image(
    qtbot: QtBot, shown: Desk
) -> None:
    mower = walking(shown)
    n = mower.n_walked
    most = 0
    for _ in range(n):
        press(qtbot, shown, Key.Key_T)
        most = max(most, len(shown.workspace.annotation.regions))
    assert mower.n_seen == n
    assert most < n / 2 + 2
    (region,) = shown.workspace.annotation.regions.values()
    assert region.box.as_xyxy() == (0, 0, 128, 128)
    assert part(shown).next.text().startswith("Next image")
    assert part(shown).whole.isVisible()
    qtbot.mouseClick(part(shown).whole, Qt.MouseButton.LeftButton)
    assert shown.workspace.annotation.is_reviewed
    assert not part(shown).whole.isVisible()


def test_that_after_the_last_tile_the_walk_goes_on_with_the_next_image(
    qtbot: QtBot, shown: Desk
) -> None:
    first, second, *_ = shown.workspace.image_ids
    mower = walking(shown)
    while not mower.is_done:
        press(qtbot, shown, Key.Key_T)
    assert shown.workspace.image_id == first, "the end of an image is a place to stop"
    assert part(shown).next.text().startswith("Next image")
    press(qtbot, shown, Key.Key_T)
    qtbot.waitUntil(lambda: mower.is_on and shown.workspace.image_id == second)
    assert (mower.at, mower.n_seen) == (0, 0)


def test_that_back_and_the_map_go_to_other_tiles_and_leave_ends_the_walk(
    qtbot: QtBot, shown: Desk
) -> None:
    mower = walking(shown)
    press(qtbot, shown, Key.Key_T)
    press(qtbot, shown, Key.Key_T, SHIFT)
    assert mower.at == 0
    at = part(shown).map.cell(3).center()
    qtbot.mouseClick(part(shown).map, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert mower.at == 3
    before = shown.workspace.annotation
    press(qtbot, shown, Key.Key_T, ALT)
    assert not mower.is_on
    assert shown.canvas.view.is_fitted
    assert shown.workspace.annotation == before
    press(qtbot, shown, Key.Key_T)
    assert mower.is_on
    assert shown.workspace.annotation == before


def test_that_back_and_leave_say_that_the_walk_has_not_begun(qtbot: QtBot, shown: Desk) -> None:
    for name in ("tile_back", "tile_leave"):
        assert not shown.actions[name].isEnabled()
        assert "Start the walk" in shown.actions[name].toolTip()
    walking(shown)
    assert shown.actions["tile_back"].isEnabled()
    choose(shown, "tile_leave")
    assert not shown.actions["tile_leave"].isEnabled()


def test_that_a_missed_spine_is_added_with_shift_click_on_the_way(
    qtbot: QtBot, shown: Desk
) -> None:
    mower = walking(shown)
    assert mower.tile is not None
    n = len(shown.workspace.annotation.detections)
    x, y = mower.tile.box.x0 + 6, mower.tile.box.y0 + 6
    click(shown.canvas, (x, y), modifiers=SHIFT)
    qtbot.waitUntil(lambda: len(shown.workspace.annotation.detections) == n + 1)
    (added,) = [
        d for d in shown.workspace.annotation.detections.values() if d.origin is Origin.USER
    ]
    assert len(shown.workspace.annotation.detections) == n + 1
    assert added.state is ReviewState.ACCEPTED
    assert mower.is_on


def test_that_dark_tiles_come_last_and_can_be_skipped(qtbot: QtBot, shown: Desk) -> None:
    press(qtbot, shown, Key.Key_Z, CTRL)  # a detection says more than darkness does
    plane = shown.display.plane
    assert plane is not None
    dark = plane.copy()
    dark[:, 64:] = np.median(plane)
    shown.workspace.loader.plane_ready.emit(dark)
    mower = walking(shown)
    assert 0 < mower.walk.n_structured < len(mower.walk.tiles)
    first_dark = mower.walk.tiles[mower.walk.n_structured]
    assert "come last" in part(shown).text.text()
    assert str(mower.n_empty) in part(shown).empty.text()
    part(shown).empty.click()
    for _ in range(mower.walk.n_structured):
        press(qtbot, shown, Key.Key_T)
    assert mower.n_seen == mower.n_walked == mower.walk.n_structured
    # What was left out is not called reviewed.
    assert not mower.seen[mower.walk.tiles.index(first_dark)]


def test_that_an_image_reviewed_before_can_be_walked_again(qtbot: QtBot, shown: Desk) -> None:
    press(qtbot, shown, Key.Key_Return, CTRL)
    before = shown.workspace.annotation
    mower = walking(shown)
    assert mower.n_seen == mower.n_walked
    press(qtbot, shown, Key.Key_T)
    assert mower.at == 1
    assert shown.workspace.annotation == before


def test_that_in_a_stack_the_slices_looked_at_are_kept(
    qtbot: QtBot, desk: Desk, stack: Path
) -> None:
    open_images(qtbot, desk, stack)
    mower = hunt(desk).mower
    choose(desk, "tile_next")
    z = desk.workspace.view.z
    press(qtbot, desk, Key.Key_Up)
    press(qtbot, desk, Key.Key_Up)
    press(qtbot, desk, Key.Key_T)
    (region,) = desk.workspace.annotation.regions.values()
    assert region.z_range == (z, z + 2)
    choose(desk, "projection")
    # All slices were not looked at yet.
    assert mower.n_seen == 0
    press(qtbot, desk, Key.Key_T)
    assert {r.z_range for r in desk.workspace.annotation.regions.values()} == {(z, z + 2), None}
    assert mower.n_seen >= 1


def test_that_a_slab_counts_as_its_slices(qtbot: QtBot, desk: Desk, stack: Path) -> None:
    open_images(qtbot, desk, stack)
    choose(desk, "tile_next")
    z = desk.workspace.view.z
    press(qtbot, desk, Key.Key_E, SHIFT)
    press(qtbot, desk, Key.Key_T)
    (region,) = desk.workspace.annotation.regions.values()
    assert region.z_range == (z - 1, z + 1)


def test_that_another_image_ends_the_walk(qtbot: QtBot, shown: Desk) -> None:
    mower = walking(shown)
    press(qtbot, shown, Key.Key_D)
    assert not mower.is_on
    assert not shown.canvas.scene.minimap.hatched


def test_that_a_read_only_project_is_not_walked(qtbot: QtBot, shown: Desk) -> None:
    path = document_of(shown).project.path
    shown.open_project.run(path, mode="read_only")
    qtbot.waitUntil(lambda: document_of(shown).is_read_only)
    assert not shown.actions["tile_next"].isEnabled()
    assert "read-only" in shown.actions["tile_next"].toolTip()


def test_that_the_dock_is_closed_until_asked_for_and_says_what_it_is_for(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    dock = hunt(desk).dock
    assert not dock.isVisible()
    open_images(qtbot, desk, images[0])
    press(qtbot, desk, Key.Key_M, CTRL | SHIFT)
    assert dock.isVisible()
    assert "tiles as large as the view" in part(desk).text.text()
