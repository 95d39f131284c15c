from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.folds import deal_folds

names = st.lists(
    st.frozensets(st.sampled_from("abcdefghij"), min_size=1, max_size=2), min_size=1, max_size=25
)


@given(names=names, folds=st.integers(2, 6), seed=st.integers(0, 3))
def test_that_images_that_share_a_name_are_never_parted(names, folds, seed):
    dealt = deal_folds(names, folds, seed=seed)
    for i, own in enumerate(names):
        for j, other in enumerate(names):
            if own & other:
                assert dealt[i] == dealt[j]


@given(names=names, folds=st.integers(2, 6), seed=st.integers(0, 3))
def test_that_every_fold_has_images_and_none_is_much_larger(names, folds, seed):
    dealt = deal_folds(names, folds, seed=seed)
    assert set(dealt) == set(range(max(dealt) + 1))
    assert max(dealt) < folds
    sizes = [dealt.count(fold) for fold in set(dealt)]
    largest_group = max(len(group) for group in _groups(names).values())
    assert max(sizes) - min(sizes) <= largest_group


@given(names=names, folds=st.integers(2, 6), rnd=st.randoms(use_true_random=False))
def test_that_the_order_of_the_images_does_not_matter(names, folds, rnd):
    order = list(range(len(names)))
    rnd.shuffle(order)
    dealt = deal_folds(names, folds)
    assert deal_folds([names[i] for i in order], folds) == tuple(dealt[i] for i in order)


def test_that_another_seed_deals_otherwise():
    images = [{f"image {i}"} for i in range(12)]
    assert deal_folds(images, 3, seed=0) == deal_folds(images, 3, seed=0)
    assert len({deal_folds(images, 3, seed=seed) for seed in range(5)}) == 5


def test_that_there_are_no_more_folds_than_groups():
    assert max(deal_folds([{"a"}, {"b"}, {"a", "c"}], 5)) == 1
    assert deal_folds([{"a"}, {"a"}], 5) == (0, 0)
    assert deal_folds([], 5) == ()


def _groups(names):
    """The connected groups, found another way: by spreading the least position."""
    root = list(range(len(names)))
    for _ in names:
        for i, own in enumerate(names):
            for j, other in enumerate(names):
                if own & other:
                    root[i] = root[j] = min(root[i], root[j])
    groups: dict[int, list[int]] = {}
    for i, r in enumerate(root):
        groups.setdefault(r, []).append(i)
    return groups
