"""What holds for every walk over an image."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.annotation import Annotation, ReviewedRegion
from spinegui.domain.geometry import Box
from spinegui.domain.tiles import is_covered, looked_at, tile_grid
from spinegui.imaging.structure import holds_structure

sides = st.integers(1, 900)
tiles = st.floats(20, 400)
overlaps = st.floats(0, 0.5)


@given(sides, sides, tiles, tiles, overlaps)
def test_that_tiles_cover_the_image_and_nothing_else(width, height, across, down, overlap):
    grid = tile_grid((width, height), (across, down), overlap=overlap)
    whole = Box(0, 0, width, height)
    assert is_covered(whole, [tile.box for tile in grid])
    assert all(tile.box.intersection(whole) == tile.box for tile in grid)


@given(sides, sides, tiles, tiles, overlaps)
def test_that_each_tile_lies_beside_the_one_before(width, height, across, down, overlap):
    grid = tile_grid((width, height), (across, down), overlap=overlap)
    for a, b in itertools.pairwise(grid):
        assert abs(a.row - b.row) + abs(a.column - b.column) == 1
        assert a.box.grown(1).intersection(b.box) is not None


@given(sides, sides, tiles, tiles, overlaps)
def test_that_no_tile_is_larger_than_the_view_and_neighbours_share_enough(
    width, height, across, down, overlap
):
    grid = tile_grid((width, height), (across, down), overlap=overlap)
    first_row = sorted((t.box for t in grid if t.row == 0), key=lambda box: box.x0)
    assert all(box.width <= max(across, 1) for box in first_row)
    for a, b in itertools.pairwise(first_row):
        assert a.x1 - b.x0 >= overlap * a.width - 2  # starts are whole pixels


@pytest.mark.parametrize(
    ("image", "tile", "overlap"),
    [((0, 5), (5, 5), 0.1), ((5, 5), (0, 5), 0.1), ((5, 5), (5, 5), 0.95)],
)
def test_that_no_grid_is_made_of_nothing(image, tile, overlap):
    with pytest.raises(ValueError, match="No tiles"):
        tile_grid(image, tile, overlap=overlap)


def test_that_a_region_counts_for_the_slices_it_holds():
    def region(name: str, z_range: tuple[int, int] | None) -> ReviewedRegion:
        return ReviewedRegion(name, "image", Box(0, 0, len(name), 1), z_range)

    found = [region("a", None), region("bb", (2, 5)), region("ccc", (0, 9))]
    annotation = Annotation("image", regions={r.id: r for r in found})
    assert [box.width for box in looked_at(annotation, (3, 4))] == [1, 2, 3]
    assert [box.width for box in looked_at(annotation, (5, 6))] == [1, 3]
    # Whether slices 0 to 9 are all of them is not known here.
    assert [box.width for box in looked_at(annotation, None)] == [1]


def test_that_only_what_outshines_the_background_is_structure():
    rng = np.random.default_rng(4)
    plane = rng.normal(100, 8, (200, 300)).clip(0).astype(np.uint16)
    plane[20:26, 10:90] += 90
    boxes = [Box(0, 0, 100, 100), Box(100, 0, 200, 100), Box(0, 100, 300, 200)]
    assert holds_structure(plane, boxes).tolist() == [True, False, False]
    cut_out = np.zeros((200, 300), np.uint8)
    cut_out[150:160, 150:190] = 30
    assert holds_structure(cut_out, boxes).tolist() == [False, False, True]
    assert not holds_structure(np.zeros((3, 2), np.uint8), [Box(0, 0, 2, 3)]).any()
