"""What holds for conditions: they mean what they say, and never what nobody knows."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.annotation import Annotation
from spinegui.domain.conditions import (
    Ground,
    LabelCondition,
    Measure,
    NumberCondition,
    StateCondition,
    matching,
    measured,
)
from spinegui.domain.detection import Detection, ReviewState
from spinegui.domain.geometry import Box
from spinegui.domain.image_ref import ImageRef, PixelSize
from tests.support.items import detections

IMAGE = ImageRef("image", "/i.tif", "ff", 1, 400, 300, 9, 1, 1, "uint8", "ZYX", None)
SIZES = st.sampled_from([None, PixelSize(0.1, 0.2, None, "user")])
found = st.lists(detections(), max_size=6, unique_by=lambda d: d.id)
numbers = st.builds(
    NumberCondition,
    measure=st.sampled_from(Measure),
    is_below=st.booleans(),
    value=st.floats(-50, 300),
)
conditions = st.one_of(
    numbers,
    st.builds(LabelCondition, st.sampled_from(["thin", "mushroom", None]), st.booleans()),
    st.builds(StateCondition, st.sampled_from([ReviewState.PREDICTED, ReviewState.ACCEPTED])),
)


def annotation(items) -> Annotation:
    return Annotation("image", {d.id: d for d in items})


def plain(measure: Measure, d: Detection, all_of: list[Detection], size: PixelSize | None) -> float:
    """Measure one spine in the simplest words, to compare with."""
    w, h = d.box.width, d.box.height
    um = (w * size.x_um, h * size.y_um) if size else (math.nan, math.nan)
    b = d.box
    others = [
        o
        for o in all_of
        if o.id != d.id
        and not (
            o.z_range and d.z_range and (o.z_range[1] < d.z_range[0] or d.z_range[1] < o.z_range[0])
        )
    ]
    return {
        Measure.LONGER_UM: max(um),
        Measure.SHORTER_UM: min(um),
        Measure.LONGER_PX: max(w, h),
        Measure.SHORTER_PX: min(w, h),
        Measure.SCORE: math.nan if d.score is None else d.score,
        Measure.SHARE: max((p for _, p in d.class_scores), default=math.nan),
        Measure.OVERLAP: max((b.iou(o.box) for o in others), default=0.0),
        Measure.EDGE_PX: min(b.x0, b.y0, 400 - b.x1, 300 - b.y1),
        Measure.SLICES: math.nan if d.z_range is None else d.z_range[1] - d.z_range[0] + 1,
    }[measure]


@given(found, SIZES, st.sampled_from(Measure))
def test_that_each_measure_agrees_with_its_plain_words(items, size, measure):
    values = measured(measure, items, Ground(IMAGE, size)).tolist()
    wanted = [plain(measure, d, items, size) for d in items]
    assert values == pytest.approx(wanted, nan_ok=True, abs=1e-9)


@given(found, SIZES, st.lists(conditions, min_size=1, max_size=3))
def test_that_several_conditions_mean_what_each_of_them_means(items, size, several):
    ground = Ground(IMAGE, size)
    together = matching(annotation(items), ground, several)
    alone = [{d.id for d in matching(annotation(items), ground, [c])} for c in several]
    assert {d.id for d in together} == set.intersection(*alone)
    assert all(d.is_visible for d in together)


@given(found, SIZES, numbers)
def test_that_below_and_above_share_nothing_and_leave_out_what_is_unknown(items, size, condition):
    ground, shown = Ground(IMAGE, size), annotation(items)
    below, above = (
        {
            d.id
            for d in matching(
                shown, ground, [NumberCondition(condition.measure, is_below, condition.value)]
            )
        }
        for is_below in (True, False)
    )
    assert not below & above
    visible = list(shown.visible())
    values = measured(condition.measure, visible, ground)
    unknown = {d.id for d, v in zip(visible, values, strict=True) if math.isnan(v)}
    assert not unknown & (below | above)


def test_that_no_condition_means_nothing():
    spine = Detection("a", "image", Box(0, 0, 1, 1))
    assert matching(annotation([spine]), Ground(IMAGE, None), []) == []
