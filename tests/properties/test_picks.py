"""Whatever is clicked and whatever leaves the list, the picks stay true to it."""

from __future__ import annotations

import itertools

import hypothesis.strategies as st
from hypothesis import given
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from spinegui.gui.gallery.grid_layout import CAPTION, GridLayout
from spinegui.gui.gallery.picks import Picks

IDS = [f"s{i}" for i in range(12)]


class PicksMachine(RuleBasedStateMachine):
    """Clicks, steps and edits in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.picks = Picks()
        self.picks.follow(IDS)

    @precondition(lambda self: self.picks.ids)
    @rule(place=st.integers(0, 99))
    def click(self, place: int) -> None:
        index = place % len(self.picks.ids)
        self.picks.choose(index)
        assert self.picks.chosen == {self.picks.ids[index]}

    @precondition(lambda self: self.picks.ids)
    @rule(place=st.integers(0, 99))
    def toggle(self, place: int) -> None:
        index = place % len(self.picks.ids)
        before = self.picks.chosen
        self.picks.toggle(index)
        assert self.picks.chosen ^ before == {self.picks.ids[index]}

    @precondition(lambda self: self.picks.ids)
    @rule(place=st.integers(0, 99), keep=st.booleans())
    def reach(self, place: int, keep: bool) -> None:
        index = place % len(self.picks.ids)
        before, anchor = self.picks.chosen, max(0, self.picks.index_of(self.picks.anchor))
        self.picks.extend(index, keep=keep)
        low, high = min(anchor, index), max(anchor, index)
        reached = set(self.picks.ids[low : high + 1])
        assert self.picks.chosen == (reached | before if keep else reached)
        assert self.picks.index_of(self.picks.anchor) == anchor

    @rule(steps=st.integers(-15, 15), extend=st.booleans())
    def step(self, steps: int, extend: bool) -> None:
        self.picks.step(steps, extend=extend)
        if self.picks.ids:
            assert self.picks.current in self.picks.chosen

    @rule()
    def everything(self) -> None:
        self.picks.choose_all()
        assert self.picks.chosen == set(self.picks.ids)

    @rule(kept=st.sets(st.sampled_from(IDS)), moves_on=st.booleans())
    def lose(self, kept: set[str], moves_on: bool) -> None:
        before, chosen = self.picks.ids, self.picks.chosen
        at = self.picks.index_of(self.picks.current)
        self.picks.follow([i for i in IDS if i in kept], moves_on=moves_on)
        assert self.picks.chosen >= chosen & kept
        all_gone = chosen and not chosen & kept
        if moves_on and all_gone and at >= 0 and before[at] not in kept:
            left = [i for i in (*before[at + 1 :], *reversed(before[:at])) if i in kept]
            assert self.picks.chosen == set(left[:1])

    @rule()
    def restore(self) -> None:
        chosen = self.picks.chosen
        self.picks.follow(IDS)
        assert self.picks.chosen == chosen

    @invariant()
    def what_is_chosen_is_in_the_list(self) -> None:
        assert self.picks.chosen <= set(self.picks.ids)
        assert self.picks.current in {"", *self.picks.ids}
        order = self.picks.in_order()
        assert order == [i for i in self.picks.ids if i in self.picks.chosen]


TestPicks = PicksMachine.TestCase

layouts = st.builds(
    GridLayout, width=st.integers(40, 2000), side=st.integers(48, 240), n=st.integers(0, 200)
)


@given(layouts)
def test_that_each_cell_is_found_where_it_lies(layout: GridLayout) -> None:
    for index in range(layout.n):
        left, top = layout.corner(index)
        assert layout.at(left + layout.side / 2, top + layout.side / 2) == index
        assert index in layout.in_rows(top, top + 1)


@given(layouts)
def test_that_cells_do_not_overlap_and_stay_inside(layout: GridLayout) -> None:
    if not layout.n:
        return
    columns = layout.columns
    lefts = [layout.corner(i)[0] for i in range(min(columns, layout.n))]
    assert all(b - a >= layout.side for a, b in itertools.pairwise(lefts))
    if columns > 1:
        assert lefts[-1] + layout.side <= layout.width
    assert layout.corner(layout.n - 1)[1] + layout.side + CAPTION <= layout.height


@given(layouts, st.tuples(*[st.floats(-50, 3000)] * 4))
def test_that_a_rubber_band_touches_just_the_cells_it_overlaps(
    layout: GridLayout, ends: tuple[float, float, float, float]
) -> None:
    (x0, x1), (y0, y1) = sorted(ends[:2]), sorted(ends[2:])
    expected = []
    for index in range(layout.n):
        left, top = layout.corner(index)
        if (
            left <= x1
            and left + layout.side >= x0
            and top <= y1
            and top + layout.side + CAPTION >= y0
        ):
            expected.append(index)
    assert layout.touched(x0, y0, x1, y1) == expected
