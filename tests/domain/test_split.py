from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.split import Part, split_images

groupings = st.dictionaries(st.text(max_size=3), st.sampled_from("abcdefgh"), max_size=20)


def one_each(n: int) -> dict[str, str]:
    return {str(i): f"g{i}" for i in range(n)}


def test_that_two_images_are_too_few_to_hold_one_out():
    assert set(split_images(one_each(2), fixed={}).values()) == {Part.TRAIN}


def test_that_three_images_hold_one_out_for_the_test():
    assert sorted(split_images(one_each(3), fixed={}).values()) == ["test", "train", "train"]


def test_that_shares_are_near_70_15_15():
    parts = list(split_images(one_each(100), fixed={}).values())
    assert [parts.count(p) for p in Part] == [70, 15, 15]


def test_that_another_seed_draws_other_images():
    assert split_images(one_each(40), fixed={}, seed=1) != split_images(one_each(40), fixed={})


@given(groupings, groupings, st.integers(0, 3))
def test_that_a_part_once_given_stays_when_images_come(first, more, seed):
    before = split_images(first, fixed={}, seed=seed)
    after = split_images(more | first, fixed=before, seed=seed)
    assert after | before == after
    assert set(after) == set(more | first)


@given(groupings, groupings)
def test_that_a_group_is_never_in_two_parts(first, more):
    before = split_images(first, fixed={})
    after = split_images(more | first, fixed=before)
    groups = more | first
    for group in set(groups.values()):
        assert len({after[i] for i, g in groups.items() if g == group}) == 1


def test_that_a_held_out_image_holds_out_the_group_it_is_moved_into():
    fixed = {"a": Part.TRAIN, "b": Part.TEST}
    parts = split_images({"a": "g", "b": "g", "c": "g"}, fixed=fixed)
    assert (parts["b"], parts["c"]) == (Part.TEST, Part.TEST)
