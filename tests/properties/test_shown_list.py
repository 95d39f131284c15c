"""The list of shown spines, kept up edit by edit, is what reading everything anew would give."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.annotation import Annotation
from spinegui.domain.detection import Detection, Origin, ReviewState
from spinegui.domain.geometry import Box
from spinegui.gui.shown_list import ShownList, is_shown, reading_order

SPINES = st.builds(
    lambda number, x, y, state, score: Detection(
        f"d{number}", "a", Box(x, y, x + 8, y + 8), origin=Origin.MODEL, state=state, score=score
    ),
    st.integers(0, 9),
    st.integers(0, 90),
    st.integers(0, 90),
    st.sampled_from(ReviewState),
    st.sampled_from((0.1, 0.5, 0.9)),
)
STATES = st.lists(st.tuples(st.lists(SPINES, max_size=8), st.sampled_from((0.0, 0.5))), max_size=8)


@given(STATES)
def test_that_the_kept_list_equals_one_made_anew(states: list) -> None:
    kept = ShownList()
    for spines, threshold in states:
        annotation = Annotation("a", {d.id: d for d in spines})
        expected = [d for d in annotation.detections.values() if is_shown(d, threshold)]
        assert kept.of(annotation, threshold) == sorted(expected, key=reading_order)
