"""Filters, counts and ranks of crops."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from spinegui.domain.crop_list import NO_LABEL, CropFilter, Wanted, label_of, ranked
from spinegui.domain.detection import Detection, ReviewState
from spinegui.domain.geometry import Box

states = st.sampled_from(ReviewState)
labels = st.sampled_from(["mushroom", "thin", None])
detections = st.builds(
    lambda i, state, score, label: Detection(
        id=str(i), image_id="a", box=Box(0, 0, 4, 4), state=state, score=score,
        class_scores=((label, 1.0),) if label else (),
    ),
    st.integers(), states, st.none() | st.floats(0, 1), labels,
)  # fmt: skip
filters = st.builds(
    CropFilter,
    label=st.sampled_from([None, "mushroom", "thin", NO_LABEL]),
    wanted=st.sampled_from(Wanted),
    threshold=st.floats(0, 1),
)


@given(st.lists(detections), filters)
def test_that_the_count_of_a_label_is_what_choosing_it_would_show(found, wanted) -> None:
    counts = Counter(map(wanted.label_shown, found))
    del counts[None]
    for label in ("mushroom", "thin", NO_LABEL):
        chosen = CropFilter(label, wanted.wanted, wanted.threshold)
        assert counts[label] == sum(map(chosen.admits, found))
    everything = CropFilter(None, wanted.wanted, wanted.threshold)
    assert counts.total() == sum(map(everything.admits, found))


@given(detections, st.floats(0, 1))
def test_that_predictions_decisions_and_rejections_part_what_there_is(found, threshold) -> None:
    parts = [Wanted.PREDICTIONS, Wanted.DECIDED, Wanted.REJECTED]
    admitted = [CropFilter(None, part, threshold).admits(found) for part in parts]
    below = found.state is ReviewState.PREDICTED and (found.score or 0) < threshold
    assert sum(admitted) == (0 if below else 1)
    shown = CropFilter(None, Wanted.ALL, threshold).admits(found)
    assert shown == (admitted[0] or admitted[1])


@given(st.lists(st.floats(-9, 9) | st.just(float("nan"))), st.booleans())
def test_that_ranks_sort_stably_with_the_unknown_last(keys, descending) -> None:
    rows = ranked(np.array(keys, float), descending=descending)
    ordered = [keys[row] for row in rows]
    known = [key for key in ordered if not math.isnan(key)]
    assert known == sorted(known, reverse=descending)
    assert all(math.isnan(key) for key in ordered[len(known) :])
    for a, b in itertools.pairwise(rows):
        if keys[a] == keys[b]:
            assert a < b


@pytest.mark.parametrize(("scores", "expected"), [((), NO_LABEL), ((("thin", 0.6),), "thin")])
def test_that_a_spine_without_a_word_has_no_label(scores, expected) -> None:
    found = Detection(id="a", image_id="b", box=Box(0, 0, 1, 1), class_scores=scores)
    assert label_of(found) == expected
