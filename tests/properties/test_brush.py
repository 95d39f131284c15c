"""What a brush covers: whole cells it passed over, shown and kept alike; erasing is its inverse."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.annotation import Annotation
from spinegui.domain.brush import MOST_CELLS, Stroke, cell_size
from spinegui.domain.edits import Edit, apply
from spinegui.domain.rectangles import covered_area
from spinegui.domain.reviewed import with_reviewed, without_reviewed

WIDTH, HEIGHT = 90, 70
points = st.tuples(st.floats(-20, 110), st.floats(-20, 90))
paths = st.lists(points, min_size=1, max_size=5)
radii = st.floats(1, 40)


def stroke(path, radius) -> Stroke:
    made = Stroke(WIDTH, HEIGHT)
    for x, y in path:
        made.pass_over(x, y, radius)
    return made


@given(paths, radii)
def test_that_boxes_cover_exactly_the_painted_cells_within_the_image(path, radius):
    made = stroke(path, radius)
    mask = np.repeat(np.repeat(made.covered, made.cell, 0), made.cell, 1)[:HEIGHT, :WIDTH]
    boxes = made.boxes()
    assert covered_area(boxes) == sum(box.area for box in boxes) == mask.sum()
    for box in boxes:
        assert 0 <= box.x0 < box.x1 <= WIDTH
        assert 0 <= box.y0 < box.y1 <= HEIGHT
        assert mask[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)].all()


@given(paths, radii)
def test_that_a_cell_is_covered_where_the_brush_passed_over_its_middle(path, radius):
    made = stroke(path, radius)
    fine = [
        np.add(a, np.subtract(b, a) * t)
        for a, b in itertools.pairwise([path[0], *path])
        for t in np.linspace(0, 1, 40)
    ]
    rows, columns = np.indices(made.covered.shape)
    middle = np.stack([(columns + 0.5) * made.cell, (rows + 0.5) * made.cell], axis=-1)
    away = np.min([np.hypot(*(middle - p).transpose(2, 0, 1)) for p in fine], axis=0)
    step = max(np.hypot(*np.subtract(b, a)) for a, b in itertools.pairwise([path[0], *path])) / 39
    assert made.covered[away <= radius - step].all()
    beyond = radius + step + made.cell  # the cell under the brush's middle always counts
    assert not made.covered[away > beyond].any()


@given(paths, radii, paths, radii)
def test_that_painting_and_erasing_the_same_stroke_leaves_what_it_did_not_touch(a, ra, b, rb):
    new_id = (f"r{i}" for i in itertools.count()).__next__
    first, second = stroke(a, ra), stroke(b, rb)
    annotations = apply({}, Edit("a", with_reviewed(Annotation("i"), first.boxes(), new_id=new_id)))
    for change in (with_reviewed, without_reviewed):
        now = annotations.get("i", Annotation("i"))
        annotations = apply(annotations, Edit("b", change(now, second.boxes(), new_id=new_id)))
    left = annotations.get("i", Annotation("i")).regions.values()
    kept = first.covered & ~second.covered
    mask = np.repeat(np.repeat(kept, first.cell, 0), first.cell, 1)[:HEIGHT, :WIDTH]
    assert covered_area(r.box for r in left) == mask.sum()


@pytest.mark.parametrize("longer", [1, 64, 512, 1025, 8192, 100_000])
def test_that_a_grid_is_coarse_enough_for_any_image(longer):
    cell = cell_size(longer, longer // 2 + 1)
    assert longer / cell <= MOST_CELLS
    assert cell & (cell - 1) == 0


def test_that_a_brush_finer_than_the_grid_still_marks_where_it_was():
    assert stroke([(10, 10)], 0.1).covered.sum() == 1
