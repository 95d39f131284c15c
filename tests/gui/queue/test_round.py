"""A round of the queue: a fixed order from which items leave and to which they come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from spinegui.gui.queue.round import Place, Round
from spinegui.gui.queue.sources import QueueItem

if TYPE_CHECKING:
    from collections.abc import Callable

IDS = tuple("abcdefgh")
ACTS: dict[str, Callable[[Round, str], object]] = {
    "decide": lambda found, name: found.settle(name, is_wanted=False),
    "undo": lambda found, name: found.settle(name, is_wanted=True),
    "skip": Round.skip,
    "later": Round.put_off,
    "drop": lambda found, name: found.drop([name]),
    "rank": lambda found, _name: found.rank(found.waiting(), lambda _item: True),
    "walk": lambda found, name: setattr(found, "current", found.next_after(name)),
}
acts = st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from(IDS)), max_size=25)


def items(ids: str) -> list[QueueItem]:
    return [QueueItem(i, "image", ("reason",)) for i in ids]


def round_of(ids: str) -> Round:
    made = Round()
    made.rank(items(ids), lambda _item: True)
    return made


def waiting(found: Round) -> str:
    return "".join(item.detection_id for item in found.waiting())


def test_that_what_is_decided_leaves_and_an_undo_brings_it_back_to_its_place() -> None:
    found = round_of("abc")
    assert found.settle("b", is_wanted=False) is Place.WAITING
    assert waiting(found) == "ac"
    assert found.settle("b", is_wanted=True) is Place.DONE
    assert waiting(found) == "abc"


def test_that_a_new_order_moves_neither_what_is_done_nor_the_current_item() -> None:
    found = round_of("abcd")
    found.settle("a", is_wanted=False)
    found.current = "b"
    found.rank(items("dcbe"), lambda _item: True)
    assert waiting(found) == "bdce"
    assert [item.detection_id for item in found.done()] == ["a"]
    found.settle("a", is_wanted=True)
    assert waiting(found) == "abdce"


def test_that_what_was_decided_while_the_order_was_made_does_not_wait() -> None:
    found = Round()
    found.rank(items("abc"), lambda item: item.detection_id != "b")
    assert (waiting(found), found.count(Place.DONE)) == ("ac", 1)


def test_that_later_outlives_a_new_order_but_not_the_round() -> None:
    found = round_of("abc")
    found.put_off("a")
    found.rank(items("cab"), lambda _item: True)
    assert waiting(found) == "cb"
    found.begin_again()
    assert waiting(found) == "cab"


def test_that_the_walk_goes_round_the_end() -> None:
    found = round_of("abc")
    assert [found.next_after(i) for i in ("", "a", "c", "unknown")] == ["a", "b", "a", "a"]
    assert [i.detection_id for i in found.waiting_after("b", 9)] == ["c", "a", "b"]


@settings(max_examples=40)
@given(acts)
def test_that_whatever_happens_each_item_stands_in_one_place(done: list[tuple[str, str]]) -> None:
    found = round_of("".join(IDS))
    for act, name in done:
        before = waiting(found)
        ACTS[act](found, name)
        assert sum(found.count(place) for place in Place) == sum(i in found for i in IDS)
        assert set(waiting(found)) == {i for i in IDS if found.place(i) is Place.WAITING}
        assert found.current == "" or found.current in found
        assert found.next_after(found.current) in (*waiting(found), "")
        if act in ("decide", "undo", "later", "drop"):
            assert order_kept(before, waiting(found))


def order_kept(before: str, after: str) -> bool:
    """Whether what waits before and after stands in the same order."""
    both = set(before) & set(after)
    return [i for i in before if i in both] == [i for i in after if i in both]
