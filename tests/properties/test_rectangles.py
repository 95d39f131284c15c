"""What holds for areas made of rectangles, whatever a hand paints."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.annotation import Annotation, ReviewedRegion
from spinegui.domain.edits import Edit, apply, inverse
from spinegui.domain.geometry import Box
from spinegui.domain.rectangles import cell_blocks, covered_area, touching, united, without
from spinegui.domain.reviewed import reviewed_but_for, with_reviewed, without_reviewed

SIZE = 12
edges = st.tuples(st.integers(0, SIZE), st.integers(0, SIZE)).filter(lambda e: e[0] != e[1])
cells = st.builds(lambda x, y: Box.spanning(x[0], y[0], x[1], y[1]), edges, edges)
many = st.lists(cells, max_size=6)


def mask(boxes) -> np.ndarray:
    """Draw boxes of whole pixels: the plain way that the arithmetic has to agree with."""
    found = np.zeros((SIZE, SIZE), bool)
    for box in boxes:
        found[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = True
    return found


def are_disjoint(boxes) -> bool:
    return not any(a.intersection(b) for a, b in itertools.combinations(boxes, 2))


@given(many)
def test_that_a_union_covers_what_went_in_and_nothing_twice(boxes):
    found = united(boxes)
    assert (mask(found) == mask(boxes)).all()
    assert are_disjoint(found)
    assert covered_area(boxes) == mask(boxes).sum()


@given(many)
def test_that_a_union_of_a_union_is_itself(boxes):
    assert united(united(boxes)) == united(boxes)


@given(many, many)
def test_that_what_is_taken_away_is_gone_and_the_rest_stays(boxes, taken):
    found = without(boxes, taken)
    assert (mask(found) == (mask(boxes) & ~mask(taken))).all()
    assert are_disjoint(found)


@given(many)
def test_that_boxes_that_do_not_touch_stay_apart(boxes):
    for seed in boxes:
        near = touching(boxes, [seed])
        assert seed in near
        assert not any(a.grown(0.25).intersection(b) for a in near for b in set(boxes) - set(near))


def test_that_a_cross_needs_three_boxes_and_a_frame_four():
    assert len(united([Box(4, 0, 6, 10), Box(0, 4, 10, 6)])) == 3
    assert len(without([Box(0, 0, 9, 9)], [Box(3, 3, 6, 6)])) == 4
    assert united([]) == ()


@given(st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=5))
def test_that_blocks_hold_every_cell_once(rows):
    is_in = np.array(rows)
    count = np.zeros(is_in.shape, int)
    for x0, y0, x1, y1 in cell_blocks(is_in):
        count[y0:y1, x0:x1] += 1
    assert (count == is_in).all()


# -- reviewed regions ---------------------------------------------------------------------------


def counter(prefix: str):
    return (f"{prefix}{i}" for i in itertools.count()).__next__


def reviewed(annotations, z: int | None = None) -> np.ndarray:
    regions = annotations.get("i", Annotation("i")).regions.values()
    return mask(r.box for r in regions if z is None or r.contains(*r.box.center, z))


z_ranges = st.sampled_from([None, (0, 2), (2, 3)])
strokes = st.lists(st.tuples(st.booleans(), many, z_ranges), max_size=6)


@given(strokes)
def test_that_strokes_mark_what_they_cover_and_erase_what_they_pass(strokes):
    annotations, new_id = {}, counter("r")
    wanted = {z: np.zeros((SIZE, SIZE), bool) for z in range(5)}
    for is_added, boxes, z_range in strokes:
        now = annotations.get("i", Annotation("i"))
        if is_added:
            changes = with_reviewed(now, boxes, new_id=new_id, z_range=z_range)
        else:
            changes = without_reviewed(now, boxes, new_id=new_id)
        annotations = apply(annotations, Edit("stroke", changes))
        for z in wanted:
            if not is_added:
                wanted[z] &= ~mask(boxes)
            elif z_range is None or z_range[0] <= z <= z_range[1]:
                wanted[z] |= mask(boxes)
    for z, area in wanted.items():
        assert (reviewed(annotations, z) == area).all()


@given(many, many)
def test_that_erasing_what_was_painted_alone_and_undo_both_lead_back(before, boxes):
    new_id = counter("r")
    old = apply({}, Edit("b", with_reviewed(Annotation("i"), before, new_id=new_id)))
    annotation = old.get("i", Annotation("i"))
    edit = Edit("paint", with_reviewed(annotation, boxes, new_id=new_id))
    new = apply(old, edit)
    assert apply(new, inverse(edit)).get("i", annotation) == annotation
    fresh = without(boxes, before)
    erased = apply(new, Edit("e", without_reviewed(new.get("i", annotation), fresh, new_id=new_id)))
    assert (reviewed(erased) == mask(before)).all()


@given(many)
def test_that_painting_the_same_again_changes_nothing(boxes):
    new_id = counter("r")
    painted = apply({}, Edit("a", with_reviewed(Annotation("i"), boxes, new_id=new_id)))
    again = with_reviewed(painted.get("i", Annotation("i")), boxes, new_id=new_id)
    assert again == ()


@given(strokes, many)
def test_that_of_a_reviewed_image_only_what_is_erased_is_lost(strokes, erased):
    annotations, new_id = {}, counter("r")
    for _, boxes, z_range in strokes:
        now = annotations.get("i", Annotation("i"))
        changes = with_reviewed(now, boxes, new_id=new_id, z_range=z_range)
        annotations = apply(annotations, Edit("stroke", changes))
    now = annotations.get("i", Annotation("i"))
    changes = reviewed_but_for(now, Box(0, 0, SIZE, SIZE), erased, new_id=new_id)
    after = apply(annotations, Edit("erase", changes))
    assert (reviewed(after) == ~mask(erased)).all()
    assert (reviewed(after, 4) == ~mask(erased)).all()


def test_that_a_region_far_away_and_one_of_other_slices_keep_their_identity():
    far = ReviewedRegion("far", "i", Box(50, 50, 60, 60))
    deep = ReviewedRegion("deep", "i", Box(0, 0, 10, 10), (3, 4))
    annotation = Annotation("i", {}, {"far": far, "deep": deep})
    changes = with_reviewed(annotation, [Box(5, 5, 15, 15)], new_id=counter("r"))
    assert [(c.before, c.after and c.after.box) for c in changes] == [(None, Box(5, 5, 15, 15))]


@pytest.mark.parametrize(("z", "is_left"), [(0, True), (3, False), (None, False)])
def test_that_a_slice_s_eraser_leaves_regions_of_other_slices(z, is_left):
    deep = ReviewedRegion("deep", "i", Box(0, 0, 10, 10), (3, 4))
    annotation = Annotation("i", {}, {"deep": deep})
    changes = without_reviewed(annotation, [Box(-1, -1, 20, 20)], new_id=counter("r"), z=z)
    assert (changes == ()) is is_left
